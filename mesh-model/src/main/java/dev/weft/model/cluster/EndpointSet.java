package dev.weft.model.cluster;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.Locality;

/**
 * The endpoints of a cluster ({@code ClusterLoadAssignment}).
 *
 * @param name the EDS service name, or the cluster's name where they are static
 */
@Immutable
public record EndpointSet(String name, ImmutableList<LocalityEndpoints> localities) {
    public static EndpointSet empty(String name) {
        return new EndpointSet(name, ImmutableList.of());
    }

    /**
     * @param weight 0 where localities are not weighted
     * @param priority 0 is tried first
     */
    @Immutable
    public record LocalityEndpoints(Locality locality, int weight, int priority, ImmutableList<Endpoint> endpoints) {}
}
