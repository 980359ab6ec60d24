package dev.weft.examples.bookstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableMap;
import dev.weft.examples.bookstore.MeshClient.Got;
import dev.weft.examples.bookstore.WebServer.Answer;
import dev.weft.examples.bookstore.WebServer.Asked;
import java.io.IOException;
import java.net.URI;

/**
 * What a reader opens: {@code GET /} and {@code GET /books/ID} as HTML, {@code GET /api/books/ID} as JSON. Asks catalog and reviews
 * through the sidecar and shows what it got: a part that fails is named on the page, and in the header {@code x-page-parts}
 * ({@code catalog=200,reviews=403,ratings=none}), and the rest of the page stays.
 */
final class FrontPage {
    private final MeshClient client;
    private final URI catalog;
    private final URI reviews;

    /** One page's parts as they came. */
    record Parts(Got catalog, Got reviews) {
        String summary() {
            String ratings =
                    reviews.ok() ? Json.read(reviews.body()).path("ratings").asText("none") : "none";
            return "catalog=" + catalog.status() + ",reviews=" + reviews.status() + ",ratings=" + ratings;
        }
    }

    private FrontPage(MeshClient client, URI catalog, URI reviews) {
        this.client = client;
        this.catalog = catalog;
        this.reviews = reviews;
    }

    static Running start(Options options) throws IOException {
        FrontPage page = new FrontPage(
                new MeshClient(options.httpProxy(System.getenv())),
                options.uri("catalog", "http://catalog.bookstore.svc.cluster.local:9080"),
                options.uri("reviews", "http://reviews.bookstore.svc.cluster.local:9080"));
        return WebServer.start("frontpage", options.listen(), page::answer);
    }

    private Answer answer(Asked asked) throws InterruptedException {
        if (asked.path().equals("/")) {
            return html(1, asked);
        }
        int shown = asked.numberAfter("/books/");
        if (shown >= 0) {
            return html(shown, asked);
        }
        int wanted = asked.numberAfter("/api/books/");
        if (wanted >= 0) {
            Parts parts = fetch(wanted, asked);
            return Answer.json(ImmutableMap.of("book", tree(parts.catalog()), "reviews", tree(parts.reviews())))
                    .withHeader("x-page-parts", parts.summary());
        }
        return Answer.error(404, "expected /, /books/ID or /api/books/ID, found " + asked.path());
    }

    private Answer html(int book, Asked asked) throws InterruptedException {
        Parts parts = fetch(book, asked);
        return Answer.html(PageHtml.render(tree(parts.catalog()), tree(parts.reviews())))
                .withHeader("x-page-parts", parts.summary());
    }

    private Parts fetch(int book, Asked asked) throws InterruptedException {
        return new Parts(
                client.fetch(catalog.resolve("/books/" + book), asked.passed()),
                client.fetch(reviews.resolve("/reviews/" + book), asked.passed()));
    }

    /** The JSON of a good answer; of a bad one an object with its status and reason. */
    private static JsonNode tree(Got got) {
        if (got.ok()) {
            return Json.read(got.body());
        }
        return JsonNodeFactory.instance
                .objectNode()
                .put("failed", got.status())
                .put("reason", got.body().strip());
    }
}
