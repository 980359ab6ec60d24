package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Istio's {@code ServiceEntry}: hosts that the platform's own registry does not know.
 *
 * @param addresses virtual IP addresses or CIDR blocks
 * @param endpoints inline workloads; empty where {@code workloadSelector} names them
 * @param exportTo empty: the mesh default
 */
@Immutable
public record ServiceEntry(
        ResourceMeta meta,
        ImmutableList<String> hosts,
        ImmutableList<String> addresses,
        ImmutableList<Port> ports,
        Location location,
        Resolution resolution,
        ImmutableList<WorkloadSpec> endpoints,
        Optional<LabelSelector> workloadSelector,
        ImmutableSet<String> exportTo,
        ImmutableList<String> subjectAltNames)
        implements Resource {

    /** Whether the endpoints are part of the mesh, and so have identities. */
    public enum Location {
        MESH_EXTERNAL,
        MESH_INTERNAL
    }

    /** How an address is found for a host. */
    public enum Resolution {
        /** The address that the client dialled. */
        NONE,
        /** The endpoints' own addresses. */
        STATIC,
        /** All addresses that DNS gives. */
        DNS,
        /** The first address that DNS gives. */
        DNS_ROUND_ROBIN
    }

    /** A port; {@code targetPort} absent means the same number at the endpoint. */
    @Immutable
    public record Port(int number, String name, Protocol protocol, OptionalInt targetPort) {}
}
