package dev.weft.proxy.route;

import static dev.weft.proxy.route.RouterHarness.cluster;
import static dev.weft.proxy.route.TestRoutes.deadPort;
import static dev.weft.proxy.route.TestRoutes.retry;
import static dev.weft.proxy.route.TestRoutes.to;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.RetryPolicy.On;
import dev.weft.model.route.Route;
import dev.weft.model.route.VirtualHost;
import dev.weft.proxy.route.RouterHarness.InFlight;
import dev.weft.proxy.route.RouterHarness.Reply;
import dev.weft.proxy.route.ScriptedBackend.Answer;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RouterRetryTest extends TwoBackends {
    @Test
    void connectFailureIsRetriedOnAnotherHost() throws IOException {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, deadPort(), one.port()))
                .routes(to("c", retry(2, On.CONNECT_FAILURE)));

        for (int i = 0; i < 4; i++) {
            assertThat(harness.get("/").status()).isEqualTo(200);
        }

        assertThat(one.received).hasSize(4);
        assertThat(harness.clusters.find("c").counters().rqRetry).isPositive();
        assertThat(harness.clusters.find("c").breaker().retries()).isZero();
    }

    @Test
    void failedRetriesAreNamedAsSuch() throws IOException {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, deadPort())).routes(to("c", retry(1, On.CONNECT_FAILURE)));

        Reply reply = harness.get("/");

        assertThat(reply.flags()).isEqualTo("UF,URX");
        assertThat(reply.body()).contains("retried and the latest reset reason: remote connection failure");
    }

    @Test
    void statusIsRetriedWithItsBody() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c", retry(2, On.FIVE_XX)));
        one.answers(Answer.of(503, "no"), Answer.of(500, ""), Answer.of(200, "yes"));

        Reply reply = harness.post("/", "payload", "content-length: 7");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("yes");
        assertThat(one.received).hasSize(3).allMatch(r -> r.body().equals("payload"));
        assertThat(harness.clusters.find("c").counters().rqRetrySuccess).isEqualTo(1);
    }

    @Test
    void lastFailureReachesTheClientWhenRetriesAreExhausted() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c", retry(1, On.FIVE_XX)));
        one.answers(Answer.of(503, "first"), Answer.of(503, "second"));

        Reply reply = harness.get("/");

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.body()).isEqualTo("second");
        assertThat(reply.flags()).isEqualTo("URX");
        assertThat(harness.clusters.find("c").counters().rqRetryLimitExceeded).isEqualTo(1);
    }

    @Test
    void attemptCountIsTold() {
        Route route = to("c", retry(2, On.FIVE_XX));
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port()))
                .table(
                        RouterOptions.DEFAULT,
                        new VirtualHost(
                                "v", ImmutableList.of("*"), ImmutableList.of(route), true, HeaderMutations.NONE));
        one.answers(Answer.of(503, ""), Answer.of(200, ""));

        harness.get("/");

        assertThat(one.received.get(0).header("x-envoy-attempt-count")).isEqualTo("1");
        assertThat(one.received.get(1).header("x-envoy-attempt-count")).isEqualTo("2");
    }

    @Test
    void bodiesBeyondTheLimitAreNotRetried() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port()))
                .routes(
                        new RouterOptions(RouterOptions.EnvoyHeaders.ADDED, ImmutableSet.of(), 4),
                        to("c", retry(2, On.FIVE_XX)));
        one.answers(Answer.of(503, "no"), Answer.of(200, "yes"));

        Reply reply = harness.post("/", "payload", "content-length: 7");

        assertThat(reply.status()).isEqualTo(503);
        assertThat(one.received).hasSize(1);
    }

    @Test
    void idempotentRequestsSurviveAnIdleConnectionThatTheUpstreamCloses() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c"));
        one.answers(Answer.of(200, "a"), Answer.close(), Answer.of(200, "b"), Answer.close());

        assertThat(harness.get("/").body()).isEqualTo("a");
        assertThat(harness.get("/").body()).isEqualTo("b");
        Reply post = harness.post("/", "x", "content-length: 1");

        assertThat(post.status()).isEqualTo(503);
        assertThat(post.flags()).isEqualTo("UC");
        assertThat(harness.clusters.find("c").counters().rqUnsentRepeated).isEqualTo(1);
        assertThat(harness.clusters.find("c").counters().rqRetry).isZero();
    }

    @Test
    void bodyBytesAreCreditedOnceThoughARetryRepeatsThem() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c", retry(2, On.FIVE_XX)));
        one.answers(Answer.of(503, ""), Answer.of(503, ""), Answer.of(200, ""));

        InFlight flight = harness.send("POST", "/", "payload", "content-length: 7");

        assertThat(flight.await().status()).isEqualTo(200);
        assertThat(flight.credit).isLessThanOrEqualTo(7);
    }
}
