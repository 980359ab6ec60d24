package dev.weft.model.route;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.time.Duration;
import java.util.Optional;

/**
 * Forwards a request to an upstream cluster ({@code envoy.config.route.v3.RouteAction}).
 *
 * @param timeouts limits of the exchange
 * @param clusterNotFoundStatus answer where the cluster does not exist: 503, 404 or 500
 * @param upgrades lower-case upgrade types that this route allows or refuses, overriding the connection manager
 */
@Immutable
public record Forward(
        Target target,
        Rewrite rewrite,
        Timeouts timeouts,
        Optional<RetryPolicy> retry,
        int clusterNotFoundStatus,
        ImmutableList<Upgrade> upgrades)
        implements RouteAction {
    /** Envoy's timeout where a route sets none. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

    public static Forward to(String cluster) {
        return new Forward(
                new SingleCluster(cluster), Rewrite.NONE, Timeouts.DEFAULT, Optional.empty(), 503, ImmutableList.of());
    }

    /** Where to. */
    @Immutable
    public sealed interface Target {}

    public record SingleCluster(String name) implements Target {}

    /** A split by weight; the share of a cluster is its weight over the sum. */
    public record WeightedClusters(ImmutableList<WeightedCluster> clusters) implements Target {
        public WeightedClusters {
            long total = clusters.stream().mapToLong(WeightedCluster::weight).sum();
            if (total <= 0 || total > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException("the sum of the weights is " + total + ", expected 1 to 4294967295");
            }
        }

        public long totalWeight() {
            long total = 0;
            for (int i = 0; i < clusters.size(); i++) {
                total += clusters.get(i).weight();
            }
            return total;
        }

        /** The cluster that a random number picks; the number's sign is ignored. */
        public WeightedCluster pick(long random) {
            long at = (random & Long.MAX_VALUE) % totalWeight();
            for (int i = 0; i < clusters.size(); i++) {
                at -= clusters.get(i).weight();
                if (at < 0) {
                    return clusters.get(i);
                }
            }
            throw new AssertionError("weights changed while picking: " + clusters);
        }
    }

    /** One share of a split; {@code hostRewrite} replaces the request's host for this share alone. */
    @Immutable
    public record WeightedCluster(String name, long weight, HeaderMutations mutations, Optional<String> hostRewrite) {
        public static WeightedCluster of(String name, long weight) {
            return new WeightedCluster(name, weight, HeaderMutations.NONE, Optional.empty());
        }
    }

    /** Edits of path and host on the way to the upstream. */
    @Immutable
    public record Rewrite(Optional<PathRewrite> path, Optional<HostRewrite> host) {
        public static final Rewrite NONE = new Rewrite(Optional.empty(), Optional.empty());
    }

    @Immutable
    public sealed interface PathRewrite {}

    /** Replaces what the route's path match matched. */
    public record PrefixRewrite(String replacement) implements PathRewrite {}

    /** RE2 replacement over the path without query, all occurrences, {@code \1} captures. */
    public record RegexRewrite(String pattern, String substitution) implements PathRewrite {}

    @Immutable
    public sealed interface HostRewrite {}

    public record LiteralHost(String host) implements HostRewrite {}

    /** The host name of the picked endpoint (DNS clusters). */
    public record AutoHost() implements HostRewrite {}

    /**
     * Zero switches a limit off, absent means Envoy's default.
     *
     * @param route from the end of the request to the end of the response; default 15 s
     * @param idle between any two events of the stream; default is the connection manager's
     * @param maxStreamDuration from the start of the stream
     * @param grpcTimeoutHeaderMax cap of the caller's {@code grpc-timeout}; zero means that it is taken whole
     */
    @Immutable
    public record Timeouts(
            Optional<Duration> route,
            Optional<Duration> idle,
            Optional<Duration> maxStreamDuration,
            Optional<Duration> grpcTimeoutHeaderMax) {
        public static final Timeouts DEFAULT =
                new Timeouts(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        /** No limit at all: what Istio sends where a VirtualService sets no timeout. */
        public static final Timeouts NONE =
                new Timeouts(Optional.of(Duration.ZERO), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** What a route does with requests for an upgrade type ({@code websocket}, {@code connect}). */
    @Immutable
    public record Upgrade(String type, Mode mode) {
        public enum Mode {
            REFUSED,
            PASSED_ON,
            /** CONNECT ends here: its payload goes to the upstream as plain bytes. */
            CONNECT_TERMINATED
        }
    }
}
