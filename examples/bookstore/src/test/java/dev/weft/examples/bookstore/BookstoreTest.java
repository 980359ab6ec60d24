package dev.weft.examples.bookstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import dev.weft.examples.bookstore.MeshClient.Got;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The whole bookstore in one JVM, without a mesh: the programs call each other's ports directly. */
final class BookstoreTest {
    private final Deque<Running> running = new ArrayDeque<>();
    private final MeshClient client = new MeshClient(Optional.empty());

    @AfterEach
    void stop() {
        running.forEach(Running::close);
    }

    @Test
    void frontPageShowsBlackStarsOfVersionTwo() throws Exception {
        int front = startAll("v2");

        Got page = get(front, "/", ImmutableMap.of());
        JsonNode api = Json.read(get(front, "/api/books/2", ImmutableMap.of()).body());

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.parts()).isEqualTo("catalog=200,reviews=200,ratings=ok");
        assertThat(page.body()).contains("class=black").contains("&#9733;").doesNotContain("class=red");
        assertThat(api.at("/reviews/version").asText()).isEqualTo("v2");
        assertThat(api.at("/book/title").asText()).isEqualTo("A Short History of Knots");
    }

    @Test
    void versionOneHasNoStarsAndVersionThreeHasRedOnes() throws Exception {
        assertThat(get(startAll("v1"), "/", ImmutableMap.of()).body()).doesNotContain("&#9733;");
        assertThat(get(startAll("v3"), "/", ImmutableMap.of()).body()).contains("class=red");
    }

    @Test
    void faultHeaderBreaksOnePartFourHopsAway() throws Exception {
        int front = startAll("v2");

        Got noRatings = get(front, "/", ImmutableMap.of("x-fault-ratings", "status=503"));
        Got noReviews = get(front, "/", ImmutableMap.of("x-fault-reviews", "status=403"));
        Instant before = Instant.now();
        Got slow = get(front, "/api/books/1", ImmutableMap.of("x-fault-catalog", "delay=300ms"));

        assertThat(noRatings.parts()).isEqualTo("catalog=200,reviews=200,ratings=UNAVAILABLE");
        assertThat(noReviews.parts()).isEqualTo("catalog=200,reviews=403,ratings=none");
        assertThat(noReviews.body()).contains("The reviews cannot be shown: status 403");
        assertThat(slow.status()).isEqualTo(200);
        assertThat(Duration.between(before, Instant.now())).isGreaterThan(Duration.ofMillis(290));
    }

    @Test
    void allTogetherIsAFrontPageToo() throws Exception {
        int port = add(Together.start(Options.parse("together", "--version", "v3", "--rps", "50")));

        assertThat(get(port, "/", ImmutableMap.of()).parts()).isEqualTo("catalog=200,reviews=200,ratings=ok");
    }

    @Test
    void senselessFaultOrderIsNamed() throws Exception {
        Got got = get(startAll("v1"), "/", ImmutableMap.of("x-fault-frontpage", "delay=soon"));

        assertThat(got.status()).isEqualTo(400);
        assertThat(got.body()).contains("x-fault-frontpage").contains("delay=soon");
    }

    @Test
    void trafficBeginsWithTheFirstWholePageAndThenCountsWhatItGets() throws Exception {
        int ratings = add(Ratings.start(Options.parse("ratings")));
        Running reviews = Reviews.start(Options.parse("reviews", "--ratings", "127.0.0.1:" + ratings));
        int catalog = add(Catalog.start(Options.parse("catalog")));
        int front = add(FrontPage.start(Options.parse(
                "frontpage",
                "--catalog",
                "http://127.0.0.1:" + catalog,
                "--reviews",
                "http://127.0.0.1:" + reviews.port())));
        int traffic =
                add(Traffic.start(Options.parse("traffic", "--rps", "100", "--target", "http://127.0.0.1:" + front)));
        int closed = add(Traffic.start(Options.parse("traffic", "--rps", "100", "--target", "http://127.0.0.1:1")));

        awaitCounter(traffic, "whole");
        reviews.close();
        awaitCounter(traffic, "partial");

        assertThat(counter(traffic, "failed")).isZero();
        assertThat(counter(closed, "sent")).isZero();
    }

    @Test
    void traceHeadersAndFaultOrdersArePassedOnAndNothingElse() {
        var headers = new com.sun.net.httpserver.Headers();
        headers.set("Traceparent", "00-1-2-01");
        headers.set("X-Request-Id", "r1");
        headers.set("X-Fault-Ratings", "status=500");
        headers.set("Authorization", "secret");

        assertThat(PassedHeaders.of(headers))
                .containsOnlyKeys("traceparent", "x-request-id", "x-fault-ratings")
                .containsEntry("traceparent", "00-1-2-01");
    }

    @Test
    void pageEscapesWhatServicesSay() {
        assertThat(PageHtml.escape("<b>\"&")).isEqualTo("&lt;b&gt;&quot;&amp;");
    }

    @Test
    void unknownRoleAndFlagAreNamed() {
        assertThatThrownBy(() -> Options.parse("cellar")).hasMessageContaining("unknown role: cellar");
        assertThatThrownBy(() -> Options.parse("catalog", "--colour", "red")).hasMessageContaining("--colour");
        assertThatThrownBy(() -> Options.parse("catalog", "--port", "x").port()).hasMessageContaining("found x");
        assertThat(Options.parse("catalog").httpProxy(ImmutableMap.of("http_proxy", "http://127.0.0.1:5/")))
                .hasValueSatisfying(address -> assertThat(address.getPort()).isEqualTo(5));
    }

    private int startAll(String version) throws IOException {
        int ratings = add(Ratings.start(Options.parse("ratings")));
        int reviews =
                add(Reviews.start(Options.parse("reviews", "--version", version, "--ratings", "127.0.0.1:" + ratings)));
        int catalog = add(Catalog.start(Options.parse("catalog")));
        return add(FrontPage.start(Options.parse(
                "frontpage", "--catalog", "http://127.0.0.1:" + catalog, "--reviews", "http://127.0.0.1:" + reviews)));
    }

    private int add(Running started) {
        running.addFirst(started);
        return started.port();
    }

    private Got get(int port, String path, ImmutableMap<String, String> headers) throws InterruptedException {
        return client.fetch(URI.create("http://127.0.0.1:" + port + path), headers);
    }

    private long counter(int port, String name) throws InterruptedException {
        return Json.read(get(port, "/counters", ImmutableMap.of()).body())
                .path(name)
                .asLong();
    }

    private void awaitCounter(int port, String name) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (counter(port, name) < 5) {
            assertThat(System.nanoTime()).as("counter %s stays below 5", name).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
