package dev.weft.proxy.route;

import static dev.weft.proxy.route.RouterHarness.cluster;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.route.Forward;
import dev.weft.model.route.RetryPolicy;
import dev.weft.model.route.RetryPolicy.On;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteMatch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;

/** Routes, retries and clusters as the tests of the router need them. */
final class TestRoutes {
    private TestRoutes() {}

    static Route at(String prefix, Route route) {
        return Route.of(route.name(), RouteMatch.path(dev.weft.model.route.PathMatch.prefix(prefix)), route.action());
    }

    static Route to(String cluster) {
        return to(cluster, timeout(0));
    }

    static Route to(String cluster, Forward.Timeouts timeouts) {
        return route(cluster, timeouts, Optional.empty());
    }

    static Route to(String cluster, RetryPolicy retry) {
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

    static Forward.Timeouts timeout(long millis) {
        return new Forward.Timeouts(
                Optional.of(Duration.ofMillis(millis)), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static RetryPolicy retry(int retries, On... on) {
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

    static dev.weft.model.cluster.Cluster eds(String name, CircuitBreakers breakers) {
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
    static int deadPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
