package dev.weft.proxy.route;

import static dev.weft.proxy.route.RouterHarness.cluster;
import static dev.weft.proxy.route.RouterHarness.endpoints;
import static dev.weft.proxy.route.RouterHarness.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.route.Forward;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.RetryPolicy;
import dev.weft.model.route.RetryPolicy.On;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteMatch;
import dev.weft.model.route.VirtualHost;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.route.RouterHarness.InFlight;
import dev.weft.proxy.route.RouterHarness.Reply;
import dev.weft.proxy.route.ScriptedBackend.Answer;
import dev.weft.proxy.route.ScriptedBackend.Answer.After;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RouterTest {
    private final ScriptedBackend one = new ScriptedBackend();
    private final ScriptedBackend two = new ScriptedBackend();
    private final RouterHarness harness = new RouterHarness();

    @AfterEach
    void close() {
        harness.close();
        one.close();
        two.close();
    }

    @Test
    void carriesRequestAndResponse() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c"));
        one.answers(Answer.of(201, "made", "x-own: 1"));

        Reply reply = harness.post("/p?q=1", "hello", "x-in: yes", "content-length: 5");

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.body()).isEqualTo("made");
        assertThat(reply.header("x-own")).isEqualTo("1");
        assertThat(reply.header("x-envoy-upstream-service-time")).isNotEmpty();
        assertThat(reply.details()).isEqualTo("via_upstream");
        ScriptedBackend.Received request = one.received.getFirst();
        assertThat(request.line()).isEqualTo("POST /p?q=1 HTTP/1.1");
        assertThat(request.header("host")).isEqualTo("a:9080");
        assertThat(request.header("x-in")).isEqualTo("yes");
        assertThat(request.body()).isEqualTo("hello");
    }

    @Test
    void keepsTheConnectionForTheNextRequest() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c"));

        for (int i = 0; i < 5; i++) {
            assertThat(harness.get("/").status()).isEqualTo(200);
        }

        assertThat(one.connections).hasSize(1);
        assertThat(harness.clusters.find("c").counters().rqTotal).isEqualTo(5);
        assertThat(harness.clusters.find("c").counters().cxTotal).isEqualTo(1);
        assertThat(harness.clusters.find("c").breaker().requests()).isZero();
    }

    @Test
    void requestsWithoutRouteClusterOrHostAreAnswered() {
        harness.with(cluster("empty", CircuitBreakers.DEFAULT))
                .routes(at("/gone", to("gone")), at("/empty", to("empty")));

        Reply noRoute = harness.get("/other");
        Reply noCluster = harness.get("/gone");
        Reply noHost = harness.get("/empty");

        assertThat(noRoute.status()).isEqualTo(404);
        assertThat(noRoute.flags()).isEqualTo("NR");
        assertThat(noRoute.details()).isEqualTo("route_not_found");
        assertThat(noCluster.status()).isEqualTo(503);
        assertThat(noCluster.flags()).isEqualTo("NC");
        assertThat(noCluster.body()).isEmpty();
        assertThat(noHost.status()).isEqualTo(503);
        assertThat(noHost.flags()).isEqualTo("UH");
        assertThat(noHost.body()).isEqualTo("no healthy upstream");
    }

    @Test
    void connectFailureIsAnsweredWithFlagAndDetails() throws IOException {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, deadPort())).routes(to("c"));

        Reply reply = harness.get("/");

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.flags()).isEqualTo("UF");
        assertThat(reply.body())
                .isEqualTo("upstream connect error or disconnect/reset before headers. reset reason: remote connection"
                        + " failure");
        assertThat(reply.details()).startsWith("upstream_reset_before_response_started{remote_connection_failure|");
    }

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
    void deathBeforeHeadersIs503WithUc() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c"));
        one.answers(Answer.close());

        Reply reply = harness.get("/");

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.flags()).isEqualTo("UC");
        assertThat(reply.details()).isEqualTo("upstream_reset_before_response_started{connection_termination}");
    }

    @Test
    void deathBehindHeadersBreaksTheResponseOff() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c", retry(2, On.FIVE_XX, On.RESET)));
        one.answers(Answer.raw("HTTP/1.1 200 ok\r\ncontent-length: 10\r\n\r\nhalf", After.CLOSE));

        Reply reply = harness.get("/");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("half");
        assertThat(reply.broken()).isEqualTo(FailureReason.UPSTREAM_CLOSED);
        assertThat(reply.flags()).isEqualTo("UC");
        assertThat(reply.details()).startsWith("upstream_reset_after_response_started{");
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

    @Test
    void clientThatGoesCancelsTheUpstream() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c"));
        one.answers(Answer.hang());
        InFlight flight = harness.send("GET", "/", null);
        eventually(() -> one.received.size() == 1);

        flight.on(x -> x.toUpstream().onRequestReset(FailureReason.DOWNSTREAM_CLOSED));

        eventually(() -> harness.clusters.find("c").counters().cxActive == 0);
        assertThat(harness.clusters.find("c").counters().rqActive).isZero();
        assertThat(harness.clusters.find("c").breaker().requests()).isZero();
        assertThat(harness.clusters.find("c").counters().rqTxReset).isEqualTo(1);
    }

    @Test
    void earlyResponseEndsAnUnfinishedRequest() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c"));
        one.answers(Answer.of(413, "too much"));
        InFlight flight = harness.open("POST", "/", "content-length: 0");

        assertThat(flight.await().status()).isEqualTo(413);
    }

    @Test
    void breakerRefusesWhatIsTooMuch() {
        harness.with(cluster("c", new CircuitBreakers(1, 1, 1024, 3), one.port()))
                .routes(to("c"));
        one.answers(Answer.hang());
        harness.send("GET", "/", null);
        eventually(() -> one.received.size() == 1);
        harness.send("GET", "/waits", null);
        eventually(() -> harness.clusters.find("c").breaker().waiting() == 1);

        Reply reply = harness.get("/refused");

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.flags()).isEqualTo("UO");
        assertThat(reply.header("x-envoy-overloaded")).isEqualTo("true");
        assertThat(reply.details()).isEqualTo("upstream_reset_before_response_started{overflow}");
        assertThat(reply.body()).endsWith("reset reason: overflow");
        assertThat(harness.clusters.find("c").counters().rqPendingOverflow).isEqualTo(1);
    }

    @Test
    void requestLimitHoldsOnReadyConnectionsToo() {
        harness.with(cluster("c", new CircuitBreakers(1024, 1024, 0, 3), one.port()))
                .routes(to("c"));

        Reply reply = harness.get("/");

        assertThat(reply.flags()).isEqualTo("UO");
        assertThat(harness.clusters.find("c").counters().rqActiveOverflow).isEqualTo(1);
        assertThat(harness.clusters.find("c").breaker().requests()).isZero();
    }

    @Test
    void anIdleConnectionMakesRoomForAnotherHost() {
        harness.with(cluster("c", new CircuitBreakers(1, 1024, 1024, 3), one.port(), two.port()))
                .routes(to("c"));

        for (int i = 0; i < 6; i++) {
            assertThat(harness.get("/").status()).isEqualTo(200);
        }

        assertThat(one.received).hasSize(3);
        assertThat(two.received).hasSize(3);
    }

    @Test
    void aBusyHostTakesThePlaceOfAnotherHostsIdleConnection() {
        harness.clusters.publish(endpoints("c", two.port()));
        harness.with(eds("c", new CircuitBreakers(2, 1024, 1024, 3))).routes(to("c"));
        assertThat(harness.get("/idle").status()).isEqualTo(200);
        harness.clusters.publish(oneOnly());
        one.answers(Answer.hang(), Answer.of(200, "made room"));
        harness.send("GET", "/hangs", null);
        eventually(() -> one.received.size() == 1);

        Reply reply = harness.get("/");

        assertThat(reply.body()).isEqualTo("made room");
        assertThat(harness.clusters.find("c").counters().cxOverflow).isEqualTo(1);
        assertThat(harness.clusters.find("c").breaker().connections()).isEqualTo(2);
    }

    /** The first backend, and the second where nothing is sent. */
    private EndpointSet oneOnly() {
        EndpointSet both = endpoints("c", one.port(), two.port());
        EndpointSet.LocalityEndpoints locality = both.localities().getFirst();
        Endpoint second = locality.endpoints().get(1);
        Endpoint unhealthy = new Endpoint(
                second.address(),
                second.hostname(),
                Endpoint.Health.UNHEALTHY,
                second.weight(),
                second.transportMatch(),
                second.workload());
        return new EndpointSet(
                "c",
                ImmutableList.of(new EndpointSet.LocalityEndpoints(
                        locality.locality(),
                        0,
                        0,
                        ImmutableList.of(locality.endpoints().get(0), unhealthy))));
    }

    @Test
    void removedEndpointsFinishWhatTheyHave() {
        dev.weft.model.cluster.Cluster model = eds("c", CircuitBreakers.DEFAULT);
        harness.clusters.publish(endpoints("c", one.port()));
        harness.with(model).routes(to("c"));
        one.answers(Answer.raw("HTTP/1.1 200 ok\r\ncontent-length: 4\r\n\r\nha", After.HANG));
        InFlight flight = harness.send("GET", "/", null);
        flight.awaitHead();

        harness.clusters.publish(endpoints("c", two.port()));
        Reply next = harness.get("/");

        assertThat(next.status()).isEqualTo(200);
        assertThat(two.received).hasSize(1);
        one.write("lf");
        assertThat(flight.await().body()).isEqualTo("half");
        assertThat(flight.await().broken()).isNull();
        eventually(() -> harness.clusters.find("c").counters().cxActive == 1);
    }

    @Test
    void replacedClustersFinishWhatTheyHave() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c"));
        one.answers(Answer.raw("HTTP/1.1 200 ok\r\ncontent-length: 4\r\n\r\nha", After.HANG));
        InFlight flight = harness.send("GET", "/", null);
        flight.awaitHead();

        harness.with(cluster("c", CircuitBreakers.DEFAULT, two.port()));
        assertThat(harness.get("/").status()).isEqualTo(200);
        one.write("lf");

        assertThat(flight.await().body()).isEqualTo("half");
        assertThat(two.received).hasSize(1);
    }

    @Test
    void upgradesPassWhereTheyAreAllowed() {
        RouterOptions websocket =
                new RouterOptions(RouterOptions.EnvoyHeaders.ADDED, ImmutableSet.of("websocket"), 1024);
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(websocket, to("c", timeout(60)));
        one.answers(Answer.raw("HTTP/1.1 101 x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\nhello", After.HANG));

        Reply refused = harness.get("/", "upgrade: other");
        InFlight tunnel = harness.open("GET", "/", "upgrade: websocket");
        int status = tunnel.awaitHead();

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.details()).isEqualTo("upgrade_failed");
        assertThat(status).isEqualTo(101);
        tunnel.on(x -> x.toUpstream().onRequestReset(FailureReason.DOWNSTREAM_CLOSED));
        eventually(() -> harness.clusters.find("c").counters().cxActive == 0);
    }

    @Test
    void informationalHeadsPass() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c"));
        one.answers(Answer.raw(
                "HTTP/1.1 103 x\r\nlink: a\r\n\r\nHTTP/1.1 200 ok\r\ncontent-length: 0\r\n\r\n", After.KEEP));

        InFlight flight = harness.send("GET", "/", null);

        assertThat(flight.await().status()).isEqualTo(200);
        assertThat(flight.informational).containsExactly(103);
    }

    @Test
    void bodyBytesAreCreditedOnceThoughARetryRepeatsThem() {
        harness.with(cluster("c", CircuitBreakers.DEFAULT, one.port())).routes(to("c", retry(2, On.FIVE_XX)));
        one.answers(Answer.of(503, ""), Answer.of(503, ""), Answer.of(200, ""));

        InFlight flight = harness.send("POST", "/", "payload", "content-length: 7");

        assertThat(flight.await().status()).isEqualTo(200);
        assertThat(flight.credit).isLessThanOrEqualTo(7);
    }

    private static Route at(String prefix, Route route) {
        return Route.of(route.name(), RouteMatch.path(dev.weft.model.route.PathMatch.prefix(prefix)), route.action());
    }

    static Route to(String cluster) {
        return to(cluster, timeout(0));
    }

    private static Route to(String cluster, Forward.Timeouts timeouts) {
        return route(cluster, timeouts, Optional.empty());
    }

    private static Route to(String cluster, RetryPolicy retry) {
        return route(cluster, timeout(0), Optional.of(retry));
    }

    private static Route route(String cluster, Forward.Timeouts timeouts, Optional<RetryPolicy> retry) {
        return Route.of(
                "r",
                RouteMatch.ANY,
                new Forward(
                        new Forward.SingleCluster(cluster),
                        Forward.Rewrite.NONE,
                        timeouts,
                        retry,
                        503,
                        ImmutableList.of()));
    }

    private static Forward.Timeouts timeout(long millis) {
        return new Forward.Timeouts(
                Optional.of(Duration.ofMillis(millis)), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static RetryPolicy retry(int retries, On... on) {
        return new RetryPolicy(
                ImmutableSet.copyOf(on),
                retries,
                Optional.empty(),
                ImmutableList.of(),
                true,
                5,
                Duration.ofMillis(1),
                Optional.empty());
    }

    private static dev.weft.model.cluster.Cluster eds(String name, CircuitBreakers breakers) {
        dev.weft.model.cluster.Cluster fixed = cluster(name, breakers);
        return new dev.weft.model.cluster.Cluster(
                name,
                new Discovery.Eds(name),
                fixed.balancing(),
                fixed.breakers(),
                fixed.connection(),
                fixed.transport(),
                fixed.telemetry(),
                fixed.source());
    }

    /** A port that refuses connections. */
    private static int deadPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
