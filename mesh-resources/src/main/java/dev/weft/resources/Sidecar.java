package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/**
 * Istio's {@code Sidecar}: what one workload's proxy listens on and what it may know of the mesh.
 *
 * @param workloadSelector absent: all workloads of the namespace
 * @param ingress empty: derived from the services
 * @param egress empty: everything that is exported to the namespace
 */
@Immutable
public record Sidecar(
        ResourceMeta meta,
        Optional<LabelSelector> workloadSelector,
        ImmutableList<IngressListener> ingress,
        ImmutableList<EgressListener> egress,
        Optional<ConnectionPool> inboundConnectionPool,
        Optional<MeshConfig.OutboundTrafficPolicy> outboundTrafficPolicy)
        implements Resource {

    /**
     * A port on which the proxy takes traffic for the application.
     *
     * @param bind absent: the workload's own address, or the wildcard address
     * @param defaultEndpoint where the application listens; absent: its own port on the loopback address
     */
    @Immutable
    public record IngressListener(
            ListenerPort port,
            Optional<String> bind,
            CaptureMode captureMode,
            Optional<AppEndpoint> defaultEndpoint,
            Optional<ConnectionPool> connectionPool) {}

    /**
     * A port on which the proxy takes traffic from the application.
     *
     * @param port absent: the catch-all, for every service port that no other listener names
     */
    @Immutable
    public record EgressListener(
            Optional<ListenerPort> port,
            Optional<String> bind,
            CaptureMode captureMode,
            ImmutableList<EgressHost> hosts) {}

    /** A port with its protocol; {@code name} may be empty. */
    @Immutable
    public record ListenerPort(int number, Protocol protocol, String name) {}

    /** How traffic reaches a listener. */
    public enum CaptureMode {
        /** As the proxy's interception mode says. */
        DEFAULT,
        IPTABLES,
        /** Nobody redirects: the listener binds its port itself. */
        NONE
    }

    /** Where the application listens. */
    @Immutable
    public sealed interface AppEndpoint {
        /** {@code 0.0.0.0} and {@code [::]} stand for the workload's own address. */
        @Immutable
        record Inet(String address, int port) implements AppEndpoint {}

        /** A path, or {@code @name} in the abstract namespace. */
        @Immutable
        record UnixSocket(String path) implements AppEndpoint {}
    }
}
