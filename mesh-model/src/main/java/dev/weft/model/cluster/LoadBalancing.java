package dev.weft.model.cluster;

import com.google.errorprone.annotations.Immutable;

/**
 * How an endpoint is picked.
 *
 * @param panicThresholdPercent below this share of healthy endpoints all are used; Envoy 50, Istio 0
 * @param localityWeighted whether locality weights count
 */
@Immutable
public record LoadBalancing(Policy policy, int panicThresholdPercent, boolean localityWeighted) {
    public static final LoadBalancing DEFAULT = new LoadBalancing(new RoundRobin(), 50, false);

    @Immutable
    public sealed interface Policy {}

    public record RoundRobin() implements Policy {}

    /** Fewest active requests of {@code choices} random endpoints. */
    public record LeastRequest(int choices) implements Policy {}

    public record Random() implements Policy {}

    /** The address that the client dialled, for {@link Discovery.OriginalDestination}. */
    public record ClusterProvided() implements Policy {}
}
