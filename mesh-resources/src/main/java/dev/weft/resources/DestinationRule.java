package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/**
 * Istio's {@code DestinationRule}: what happens to traffic for a host after it was routed there.
 *
 * @param exportTo empty: the mesh default
 * @param workloadSelector the clients that it is for; absent: all that see it
 */
@Immutable
public record DestinationRule(
        ResourceMeta meta,
        String host,
        Optional<TrafficPolicy> trafficPolicy,
        ImmutableList<Subset> subsets,
        ImmutableSet<String> exportTo,
        Optional<LabelSelector> workloadSelector)
        implements Resource {

    /** A named part of the endpoints; each block of its policy that is set overrides that of the rule. */
    @Immutable
    public record Subset(String name, ImmutableMap<String, String> labels, Optional<TrafficPolicy> trafficPolicy) {}

    public Optional<Subset> subset(String name) {
        return subsets.stream().filter(subset -> subset.name().equals(name)).findFirst();
    }
}
