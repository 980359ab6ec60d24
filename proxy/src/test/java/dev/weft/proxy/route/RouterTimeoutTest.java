package dev.weft.proxy.route;

import static dev.weft.proxy.route.RouterHarness.cluster;
import static dev.weft.proxy.route.TestRoutes.timeout;
import static dev.weft.proxy.route.TestRoutes.to;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.route.Forward;
import dev.weft.model.route.RetryPolicy;
import dev.weft.model.route.RetryPolicy.On;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.route.RouterHarness.InFlight;
import dev.weft.proxy.route.RouterHarness.Reply;
import dev.weft.proxy.route.ScriptedBackend.Answer;
import dev.weft.proxy.route.ScriptedBackend.Answer.After;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouterTimeoutTest extends TwoBackends {
    @Test
    void slowResponsesTimeOut() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c", timeout(80)));
        one.answers(Answer.hang());

        Reply reply = harness.get("/");

        assertThat(reply.status()).isEqualTo(504);
        assertThat(reply.body()).isEqualTo("upstream request timeout");
        assertThat(reply.flags()).isEqualTo("UT");
        assertThat(reply.details()).isEqualTo("response_timeout");
        assertThat(one.received.getFirst().header("x-envoy-expected-rq-timeout-ms"))
                .isEqualTo("80");
        assertThat(harness.clusters.find("c").counters().rqTimeout).isEqualTo(1);
    }

    @Test
    void timeoutBehindHeadersBreaksTheResponseOff() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c", timeout(80)));
        one.answers(Answer.raw("HTTP/1.1 200 ok\r\ncontent-length: 10\r\n\r\nhalf", After.HANG));

        Reply reply = harness.get("/");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.broken()).isEqualTo(FailureReason.ROUTE_TIMEOUT);
    }

    @Test
    void timeoutCountsFromTheEndOfTheRequest() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c", timeout(60)));
        InFlight flight = harness.open("POST", "/", "content-length: 2");
        harness.loop
                .eventLoop()
                .schedule(() -> flight.data("hi", true), 150, java.util.concurrent.TimeUnit.MILLISECONDS);

        assertThat(flight.await().status()).isEqualTo(200);
    }

    @Test
    void tryThatHangsIsRetried() {
        RetryPolicy policy = new RetryPolicy(
                ImmutableSet.of(On.FIVE_XX),
                2,
                Optional.of(Duration.ofMillis(60)),
                ImmutableList.of(),
                true,
                5,
                Duration.ofMillis(1),
                Optional.empty());
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c", policy));
        one.answers(Answer.hang(), Answer.of(200, "late"));

        Reply reply = harness.get("/");

        assertThat(reply.body()).isEqualTo("late");
        assertThat(one.received).hasSize(2);
        assertThat(harness.clusters.find("c").counters().rqPerTryTimeout).isEqualTo(1);
    }

    @Test
    void callersHeadersAskForTimeoutAndRetries() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c", timeout(0)));
        one.answers(Answer.of(503, ""), Answer.of(200, "ok"));

        Reply retried = harness.get("/", "x-envoy-retry-on: 5xx", "x-envoy-max-retries: 1");
        one.answers(Answer.hang());
        Reply timedOut = harness.get("/", "x-envoy-upstream-rq-timeout-ms: 60");

        assertThat(retried.body()).isEqualTo("ok");
        assertThat(timedOut.status()).isEqualTo(504);
        assertThat(one.received.getLast().header("x-envoy-upstream-rq-timeout-ms"))
                .isEmpty();
        assertThat(one.received.getFirst().header("x-envoy-retry-on")).isEmpty();
    }

    @Test
    void idleRouteTimesOut() {
        Forward.Timeouts idle = new Forward.Timeouts(
                Optional.of(Duration.ZERO), Optional.of(Duration.ofMillis(60)), Optional.empty(), Optional.empty());
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c", idle));
        one.answers(Answer.hang());

        Reply complete = harness.get("/");
        Reply incomplete = harness.open("POST", "/", "content-length: 9").await();

        assertThat(complete.status()).isEqualTo(504);
        assertThat(complete.flags()).isEqualTo("SI");
        assertThat(incomplete.status()).isEqualTo(408);
    }

    @Test
    void grpcDeadlineIsKept() {
        Forward.Timeouts grpc = new Forward.Timeouts(
                Optional.of(Duration.ZERO), Optional.empty(), Optional.empty(), Optional.of(Duration.ZERO));
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c", grpc));
        one.answers(Answer.hang());

        Reply reply = harness.get("/", "content-type: application/grpc", "grpc-timeout: 60m");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("grpc-status")).isEqualTo("4");
        assertThat(reply.flags()).isEqualTo("DT");
    }
}
