package dev.weft.model.http;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.rbac.RbacConfig;
import java.util.Optional;

/**
 * An HTTP filter of a connection manager, in the order given; {@link Router} is last.
 *
 * <p>Each has the instance name under which it stands in the chain ({@code envoy.filters.http.rbac}).
 */
@Immutable
public sealed interface HttpFilter {
    String name();

    /** Forwards along the route. {@code suppressEnvoyHeaders} leaves out x-envoy-* headers. */
    record Router(String name, boolean suppressEnvoyHeaders) implements HttpFilter {}

    /**
     * Authorization.
     *
     * @param rules enforced; absent enforces nothing
     * @param shadow evaluated and counted only (dry run)
     */
    record Authorization(
            String name,
            Optional<RbacConfig> rules,
            Optional<RbacConfig> shadow,
            String rulesPrefix,
            String shadowPrefix)
            implements HttpFilter {}

    /** Istio's alpn filter: the ALPN offered upstream by the protocol spoken there. */
    record AlpnOverride(
            String name, ImmutableList<String> http10, ImmutableList<String> http11, ImmutableList<String> http2)
            implements HttpFilter {}

    /**
     * Istio's peer metadata exchange by the headers {@code x-envoy-peer-metadata} and {@code -id}.
     *
     * @param downstream whether the client's metadata is read from its headers, upstream whether the server's is
     */
    record PeerMetadata(
            String name,
            boolean downstreamDiscovery,
            boolean upstreamDiscovery,
            boolean downstreamPropagation,
            boolean upstreamPropagation,
            boolean sharedWithUpstream)
            implements HttpFilter {}

    /** Istio's metrics ({@code stats.PluginConfig}). */
    record IstioStats(String name, boolean disableHostHeaderFallback) implements HttpFilter {}

    /** gRPC message counting. */
    record GrpcStats(String name, boolean emitFilterState) implements HttpFilter {}

    /** Fault injection without a fault configured: what istiod sends on every outbound chain. */
    record IdleFault(String name) implements HttpFilter {}

    /** CORS without a policy configured: what istiod sends on every chain. */
    record IdleCors(String name) implements HttpFilter {}
}
