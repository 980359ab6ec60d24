package dev.weft.xds.encode;

import com.google.protobuf.Any;
import dev.weft.api.istio.alpn.FilterConfig;
import dev.weft.api.istio.peer.Config;
import dev.weft.api.istio.stats.PluginConfig;
import dev.weft.model.http.HttpFilter;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import java.util.List;

/** HTTP filters, each under its instance name. */
final class HttpFilterEncoder {
    private static final Config.IstioHeaders ISTIO_HEADERS = Config.IstioHeaders.getDefaultInstance();

    private HttpFilterEncoder() {}

    static io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter encode(
            HttpFilter filter) {
        return io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter.newBuilder()
                .setName(filter.name())
                .setTypedConfig(config(filter))
                .build();
    }

    private static Any config(HttpFilter filter) {
        return switch (filter) {
            case HttpFilter.Router router ->
                ApiTypes.ROUTER.pack(Router.newBuilder()
                        .setSuppressEnvoyHeaders(router.suppressEnvoyHeaders())
                        .build());
            case HttpFilter.Authorization rbac -> ApiTypes.HTTP_RBAC.pack(rbac(rbac));
            case HttpFilter.AlpnOverride alpn -> ApiTypes.ALPN.pack(alpn(alpn));
            case HttpFilter.PeerMetadata peer -> ApiTypes.PEER_METADATA.pack(peer(peer));
            case HttpFilter.IstioStats stats ->
                ApiTypes.STATS.pack(PluginConfig.newBuilder()
                        .setDisableHostHeaderFallback(stats.disableHostHeaderFallback())
                        .build());
            case HttpFilter.GrpcStats stats ->
                ApiTypes.GRPC_STATS.pack(
                        io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.FilterConfig.newBuilder()
                                .setEmitFilterState(stats.emitFilterState())
                                .build());
            case HttpFilter.IdleFault fault -> ApiTypes.FAULT.pack(HTTPFault.getDefaultInstance());
            case HttpFilter.IdleCors cors -> ApiTypes.CORS.pack(Cors.getDefaultInstance());
        };
    }

    private static RBAC rbac(HttpFilter.Authorization rbac) {
        RBAC.Builder message =
                RBAC.newBuilder().setRulesStatPrefix(rbac.rulesPrefix()).setShadowRulesStatPrefix(rbac.shadowPrefix());
        rbac.rules().ifPresent(rules -> message.setRules(RbacEncoder.encode(rules)));
        rbac.shadow().ifPresent(shadow -> message.setShadowRules(RbacEncoder.encode(shadow)));
        return message.build();
    }

    private static FilterConfig alpn(HttpFilter.AlpnOverride alpn) {
        FilterConfig.Builder message = FilterConfig.newBuilder();
        override(message, FilterConfig.Protocol.HTTP10, alpn.http10());
        override(message, FilterConfig.Protocol.HTTP11, alpn.http11());
        override(message, FilterConfig.Protocol.HTTP2, alpn.http2());
        return message.build();
    }

    private static void override(FilterConfig.Builder message, FilterConfig.Protocol upstream, List<String> alpn) {
        if (!alpn.isEmpty()) {
            message.addAlpnOverride(FilterConfig.AlpnOverride.newBuilder()
                    .setUpstreamProtocol(upstream)
                    .addAllAlpnOverride(alpn));
        }
    }

    private static Config peer(HttpFilter.PeerMetadata peer) {
        Config.Builder message = Config.newBuilder().setSharedWithUpstream(peer.sharedWithUpstream());
        Config.DiscoveryMethod discovery = Config.DiscoveryMethod.newBuilder()
                .setIstioHeaders(ISTIO_HEADERS)
                .build();
        Config.PropagationMethod propagation = Config.PropagationMethod.newBuilder()
                .setIstioHeaders(ISTIO_HEADERS)
                .build();
        if (peer.downstreamDiscovery()) {
            message.addDownstreamDiscovery(discovery);
        }
        if (peer.upstreamDiscovery()) {
            message.addUpstreamDiscovery(discovery);
        }
        if (peer.downstreamPropagation()) {
            message.addDownstreamPropagation(propagation);
        }
        if (peer.upstreamPropagation()) {
            message.addUpstreamPropagation(propagation);
        }
        return message.build();
    }
}
