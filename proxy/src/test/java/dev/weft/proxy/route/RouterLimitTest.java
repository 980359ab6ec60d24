package dev.weft.proxy.route;

import static dev.weft.proxy.route.RouterHarness.cluster;
import static dev.weft.proxy.route.RouterHarness.endpoints;
import static dev.weft.proxy.route.RouterHarness.eventually;
import static dev.weft.proxy.route.TestRoutes.eds;
import static dev.weft.proxy.route.TestRoutes.to;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.proxy.route.RouterHarness.Reply;
import dev.weft.proxy.route.ScriptedBackend.Answer;
import org.junit.jupiter.api.Test;

class RouterLimitTest extends TwoBackends {
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
}
