package dev.weft.examples.bookstore;

import com.google.common.collect.ImmutableList;
import dev.weft.examples.bookstore.WebServer.Answer;
import dev.weft.examples.bookstore.WebServer.Asked;
import java.io.IOException;
import java.util.Optional;

/**
 * What readers say: {@code GET /reviews/BOOK}. Version v1 knows no stars; v2 shows black ones and v3 red ones, which both ask the
 * ratings service for. Reviews without ratings are still reviews: if ratings fail, the answer says so and has no stars.
 */
final class Reviews {
    private static final ImmutableList<Review> TEXTS = ImmutableList.of(
            new Review("ada", "Could not put it down; the chapter on tension is a joy.", 0),
            new Review("grace", "Dense in the middle, worth every page at the end.", 0));

    private final String version;
    private final Optional<RatingsClient> ratings;

    /** @param stars 1 to 5; 0 where there are none */
    record Review(String reader, String text, int stars) {}

    /**
     * @param version which version answered
     * @param color of the stars: none, black or red
     * @param ratings ok, none, or what failed
     */
    record Page(int book, String version, String color, String ratings, ImmutableList<Review> reviews) {}

    private Reviews(String version, Optional<RatingsClient> ratings) {
        this.version = version;
        this.ratings = ratings;
    }

    static Running start(Options options) throws IOException {
        String version = options.text("version", "v1");
        Optional<RatingsClient> ratings = switch (version) {
            case "v1" -> Optional.empty();
            case "v2", "v3" ->
                Optional.of(new RatingsClient(
                        Options.address("--ratings", options.text("ratings", "127.0.0.1:9090")),
                        options.text("ratings-authority", "ratings.bookstore.svc.cluster.local:9090")));
            default -> throw new IllegalArgumentException("--version: expected v1, v2 or v3, found " + version);
        };
        return WebServer.start("reviews-" + version, options.listen(), new Reviews(version, ratings)::answer);
    }

    private Answer answer(Asked asked) {
        int book = asked.numberAfter("/reviews/");
        if (book < 0) {
            return Answer.error(404, "expected /reviews/BOOK, found " + asked.path());
        }
        if (ratings.isEmpty()) {
            return Answer.json(new Page(book, version, "none", "none", TEXTS));
        }
        String color = version.equals("v2") ? "black" : "red";
        RatingsClient.Stars stars = ratings.get().fetch(book, asked.passed());
        ImmutableList<Review> reviews = TEXTS.stream()
                .map(review -> new Review(
                        review.reader(), review.text(), stars.byReader().getOrDefault(review.reader(), 0)))
                .collect(ImmutableList.toImmutableList());
        return Answer.json(new Page(book, version, color, stars.outcome(), reviews));
    }
}
