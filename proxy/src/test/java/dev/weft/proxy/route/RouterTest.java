package dev.weft.proxy.route;

import static dev.weft.proxy.route.RouterHarness.cluster;
import static dev.weft.proxy.route.RouterHarness.endpoints;
import static dev.weft.proxy.route.RouterHarness.eventually;
import static dev.weft.proxy.route.TestRoutes.at;
import static dev.weft.proxy.route.TestRoutes.deadPort;
import static dev.weft.proxy.route.TestRoutes.eds;
import static dev.weft.proxy.route.TestRoutes.retry;
import static dev.weft.proxy.route.TestRoutes.timeout;
import static dev.weft.proxy.route.TestRoutes.to;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.route.RetryPolicy.On;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.route.RouterHarness.InFlight;
import dev.weft.proxy.route.RouterHarness.Reply;
import dev.weft.proxy.route.ScriptedBackend.Answer;
import dev.weft.proxy.route.ScriptedBackend.Answer.After;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RouterTest extends TwoBackends {
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
}
