package dev.weft.xds.encode;

import dev.weft.api.istio.peer.MetadataExchange;
import dev.weft.api.istio.stats.PluginConfig;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.route.Forward;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;

/** Network filters under the names that Envoy and Istio give them. */
final class NetworkFilterEncoder {
    static final String HTTP_CONNECTION_MANAGER = "envoy.filters.network.http_connection_manager";

    private NetworkFilterEncoder() {}

    static Filter encode(NetworkFilter filter) {
        Filter.Builder message = Filter.newBuilder();
        return switch (filter) {
            case NetworkFilter.Http http ->
                message.setName(HTTP_CONNECTION_MANAGER)
                        .setTypedConfig(ApiTypes.HTTP_CONNECTION_MANAGER.pack(
                                HttpConnectionManagerEncoder.encode(http.manager())))
                        .build();
            case NetworkFilter.TcpProxy tcp ->
                message.setName("envoy.filters.network.tcp_proxy")
                        .setTypedConfig(ApiTypes.TCP_PROXY.pack(tcp(tcp)))
                        .build();
            case NetworkFilter.Authorization rbac ->
                message.setName("envoy.filters.network.rbac")
                        .setTypedConfig(ApiTypes.NETWORK_RBAC.pack(rbac(rbac)))
                        .build();
            case NetworkFilter.MetadataExchange exchange ->
                message.setName("istio.metadata_exchange")
                        .setTypedConfig(ApiTypes.METADATA_EXCHANGE.pack(MetadataExchange.newBuilder()
                                .setProtocol(exchange.protocol())
                                .build()))
                        .build();
            case NetworkFilter.IstioStats stats ->
                message.setName("istio.stats")
                        .setTypedConfig(ApiTypes.STATS.pack(PluginConfig.getDefaultInstance()))
                        .build();
        };
    }

    private static TcpProxy tcp(NetworkFilter.TcpProxy tcp) {
        TcpProxy.Builder message = TcpProxy.newBuilder().setStatPrefix(tcp.statPrefix());
        switch (tcp.target()) {
            case Forward.SingleCluster cluster -> message.setCluster(cluster.name());
            case Forward.WeightedClusters split -> {
                TcpProxy.WeightedCluster.Builder clusters = TcpProxy.WeightedCluster.newBuilder();
                split.clusters()
                        .forEach(cluster -> clusters.addClusters(TcpProxy.WeightedCluster.ClusterWeight.newBuilder()
                                .setName(cluster.name())
                                .setWeight((int) cluster.weight())));
                message.setWeightedClusters(clusters);
            }
        }
        tcp.idleTimeout().ifPresent(timeout -> message.setIdleTimeout(WireValues.duration(timeout)));
        if (tcp.maxConnectAttempts() != 1) {
            message.setMaxConnectAttempts(WireValues.uint32(tcp.maxConnectAttempts()));
        }
        tcp.accessLogs().forEach(log -> message.addAccessLog(AccessLogEncoder.encode(log)));
        return message.build();
    }

    private static RBAC rbac(NetworkFilter.Authorization rbac) {
        RBAC.Builder message =
                RBAC.newBuilder().setStatPrefix(rbac.statPrefix()).setShadowRulesStatPrefix(rbac.shadowPrefix());
        rbac.rules().ifPresent(rules -> message.setRules(RbacEncoder.encode(rules)));
        rbac.shadow().ifPresent(shadow -> message.setShadowRules(RbacEncoder.encode(shadow)));
        return message.build();
    }
}
