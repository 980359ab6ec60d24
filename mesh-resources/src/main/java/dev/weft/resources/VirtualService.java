package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Istio's {@code VirtualService}: ordered rules for the traffic to some hosts; the first rule that matches wins.
 *
 * @param hosts empty exactly where the object is a delegate
 * @param gateways {@code mesh} means all sidecars and is the default
 * @param exportTo empty: the mesh default
 */
@Immutable
public record VirtualService(
        ResourceMeta meta,
        ImmutableList<String> hosts,
        ImmutableList<String> gateways,
        ImmutableList<HttpRoute> http,
        ImmutableList<TlsRoute> tls,
        ImmutableList<TcpRoute> tcp,
        ImmutableSet<String> exportTo)
        implements Resource {

    /** The reserved gateway name that stands for all sidecars. */
    public static final String MESH_GATEWAY = "mesh";

    public boolean delegate() {
        return hosts.isEmpty();
    }

    public boolean appliesToSidecars() {
        return gateways.contains(MESH_GATEWAY);
    }

    /** Rules for TLS that passes through undecrypted, told apart by SNI. */
    @Immutable
    public record TlsRoute(ImmutableList<TlsMatch> match, ImmutableList<WeightedDestination> route) {}

    /** Rules for opaque bytes; no match means all connections. */
    @Immutable
    public record TcpRoute(ImmutableList<TcpMatch> match, ImmutableList<WeightedDestination> route) {}

    /** A destination with its share; with a single destination the weight does not count. */
    @Immutable
    public record WeightedDestination(Destination destination, int weight) {}

    /**
     * One block of conditions on a TLS connection: all must hold.
     *
     * @param gateways empty: those of the object
     */
    @Immutable
    public record TlsMatch(
            ImmutableList<String> sniHosts,
            ImmutableList<String> destinationSubnets,
            OptionalInt port,
            ImmutableMap<String, String> sourceLabels,
            Optional<String> sourceNamespace,
            ImmutableList<String> gateways) {}

    /**
     * One block of conditions on a TCP connection: all must hold.
     *
     * @param gateways empty: those of the object
     */
    @Immutable
    public record TcpMatch(
            ImmutableList<String> destinationSubnets,
            OptionalInt port,
            ImmutableMap<String, String> sourceLabels,
            Optional<String> sourceNamespace,
            ImmutableList<String> gateways) {}
}
