package dev.weft.xds.decode;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import dev.weft.api.istio.alpn.FilterConfig;
import dev.weft.api.istio.peer.Config;
import dev.weft.model.http.HttpFilter;
import dev.weft.model.rbac.RbacConfig;
import dev.weft.xds.FieldPath;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import java.util.Optional;

/** HTTP filters, by the type of their configuration; the name is kept. */
final class HttpFilterDecoder {
    private final Reading reading;

    HttpFilterDecoder(Reading reading) {
        this.reading = reading;
    }

    /** Empty for a filter that is switched off, and for an unknown one that is optional. */
    Optional<HttpFilter> decode(
            io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter message,
            FieldPath at) {
        String name = new ValueDecoder(reading).required(message.getName(), at.field("name"));
        // Only a per-route configuration could switch it on again, and those are not supported.
        if (message.getDisabled()) {
            return Optional.empty();
        }
        FieldPath configAt = at.field("typed_config");
        Any config = reading.resolved(message.getTypedConfig(), configAt);
        if (ApiTypes.ROUTER.is(config)) {
            return reading.unpack(ApiTypes.ROUTER, config, configAt)
                    .map(router -> new HttpFilter.Router(name, router.getSuppressEnvoyHeaders()));
        }
        if (ApiTypes.HTTP_RBAC.is(config)) {
            return reading.unpack(ApiTypes.HTTP_RBAC, config, configAt)
                    .map(rbac -> new HttpFilter.Authorization(
                            name,
                            rbac.hasRules()
                                    ? Optional.of(rules(rbac.getRules(), configAt.field("rules")))
                                    : Optional.empty(),
                            rbac.hasShadowRules()
                                    ? Optional.of(rules(rbac.getShadowRules(), configAt.field("shadow_rules")))
                                    : Optional.empty(),
                            rbac.getRulesStatPrefix(),
                            rbac.getShadowRulesStatPrefix()));
        }
        if (ApiTypes.ALPN.is(config)) {
            return reading.unpack(ApiTypes.ALPN, config, configAt).map(alpn -> alpn(name, alpn, configAt));
        }
        if (ApiTypes.PEER_METADATA.is(config)) {
            return reading.unpack(ApiTypes.PEER_METADATA, config, configAt).map(peer -> peer(name, peer));
        }
        if (ApiTypes.STATS.is(config)) {
            return reading.unpack(ApiTypes.STATS, config, configAt)
                    .map(stats -> new HttpFilter.IstioStats(name, stats.getDisableHostHeaderFallback()));
        }
        if (ApiTypes.GRPC_STATS.is(config)) {
            return reading.unpack(ApiTypes.GRPC_STATS, config, configAt)
                    .map(stats -> new HttpFilter.GrpcStats(name, stats.getEmitFilterState()));
        }
        if (ApiTypes.FAULT.is(config)) {
            return Optional.of(new HttpFilter.IdleFault(name));
        }
        if (ApiTypes.CORS.is(config)) {
            return Optional.of(new HttpFilter.IdleCors(name));
        }
        if (!message.getIsOptional()) {
            reading.problem(configAt, "found " + config.getTypeUrl() + ", expected a supported HTTP filter");
        }
        return Optional.empty();
    }

    private RbacConfig rules(RBAC message, FieldPath at) {
        return new RbacDecoder(reading).decode(message, at);
    }

    private HttpFilter alpn(String name, FilterConfig message, FieldPath at) {
        ImmutableList<String> http10 = ImmutableList.of();
        ImmutableList<String> http11 = ImmutableList.of();
        ImmutableList<String> http2 = ImmutableList.of();
        for (int i = 0; i < message.getAlpnOverrideCount(); i++) {
            var override = message.getAlpnOverride(i);
            ImmutableList<String> alpn = ImmutableList.copyOf(override.getAlpnOverrideList());
            switch (override.getUpstreamProtocol()) {
                case HTTP10 -> http10 = alpn;
                case HTTP11 -> http11 = alpn;
                case HTTP2 -> http2 = alpn;
                case UNRECOGNIZED ->
                    reading.problem(
                            at.field("alpn_override").index(i).field("upstream_protocol"),
                            "found " + override.getUpstreamProtocolValue() + ", expected HTTP10, HTTP11 or HTTP2");
            }
        }
        return new HttpFilter.AlpnOverride(name, http10, http11, http2);
    }

    private static HttpFilter peer(String name, Config message) {
        return new HttpFilter.PeerMetadata(
                name,
                message.getDownstreamDiscoveryList().stream().anyMatch(Config.DiscoveryMethod::hasIstioHeaders),
                message.getUpstreamDiscoveryList().stream().anyMatch(Config.DiscoveryMethod::hasIstioHeaders),
                message.getDownstreamPropagationList().stream().anyMatch(Config.PropagationMethod::hasIstioHeaders),
                message.getUpstreamPropagationList().stream().anyMatch(Config.PropagationMethod::hasIstioHeaders),
                message.getSharedWithUpstream());
    }
}
