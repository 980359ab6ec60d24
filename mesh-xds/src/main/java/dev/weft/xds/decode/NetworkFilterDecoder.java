package dev.weft.xds.decode;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.rbac.RbacConfig;
import dev.weft.model.route.Forward;
import dev.weft.xds.FieldPath;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.Optional;

/** Network filters, by the type of their configuration: names are the user's to choose. */
final class NetworkFilterDecoder {
    private final Reading reading;
    private final ValueDecoder values;

    NetworkFilterDecoder(Reading reading) {
        this.reading = reading;
        this.values = new ValueDecoder(reading);
    }

    Optional<NetworkFilter> decode(Filter message, FieldPath at) {
        FieldPath configAt = at.field("typed_config");
        Any config = reading.resolved(message.getTypedConfig(), configAt);
        if (ApiTypes.HTTP_CONNECTION_MANAGER.is(config)) {
            return reading.unpack(ApiTypes.HTTP_CONNECTION_MANAGER, config, configAt)
                    .map(http ->
                            new NetworkFilter.Http(new HttpConnectionManagerDecoder(reading).decode(http, configAt)));
        }
        if (ApiTypes.TCP_PROXY.is(config)) {
            return reading.unpack(ApiTypes.TCP_PROXY, config, configAt).map(tcp -> tcp(tcp, configAt));
        }
        if (ApiTypes.NETWORK_RBAC.is(config)) {
            return reading.unpack(ApiTypes.NETWORK_RBAC, config, configAt)
                    .map(rbac -> new NetworkFilter.Authorization(
                            rbac.getStatPrefix(),
                            rbac.hasRules()
                                    ? Optional.of(rules(rbac.getRules(), configAt.field("rules")))
                                    : Optional.empty(),
                            rbac.hasShadowRules()
                                    ? Optional.of(rules(rbac.getShadowRules(), configAt.field("shadow_rules")))
                                    : Optional.empty(),
                            rbac.getShadowRulesStatPrefix()));
        }
        if (ApiTypes.METADATA_EXCHANGE.is(config)) {
            return reading.unpack(ApiTypes.METADATA_EXCHANGE, config, configAt)
                    .map(exchange -> new NetworkFilter.MetadataExchange(exchange.getProtocol()));
        }
        if (ApiTypes.STATS.is(config)) {
            return Optional.of(new NetworkFilter.IstioStats());
        }
        reading.problem(configAt, "found " + config.getTypeUrl() + ", expected a supported network filter");
        return Optional.empty();
    }

    private RbacConfig rules(RBAC message, FieldPath at) {
        return new RbacDecoder(reading).decode(message, at);
    }

    private NetworkFilter tcp(TcpProxy message, FieldPath at) {
        Forward.Target target = switch (message.getClusterSpecifierCase()) {
            case CLUSTER -> new Forward.SingleCluster(values.required(message.getCluster(), at.field("cluster")));
            case WEIGHTED_CLUSTERS -> split(message.getWeightedClusters(), at.field("weighted_clusters"));
            case CLUSTERSPECIFIER_NOT_SET -> {
                reading.problem(at.field("cluster"), "is required");
                yield new Forward.SingleCluster("");
            }
        };
        return new NetworkFilter.TcpProxy(
                message.getStatPrefix(),
                target,
                message.hasIdleTimeout()
                        ? Optional.of(values.duration(message.getIdleTimeout(), at.field("idle_timeout")))
                        : Optional.empty(),
                message.hasMaxConnectAttempts()
                        ? values.number(
                                message.getMaxConnectAttempts(), 1, Integer.MAX_VALUE, at.field("max_connect_attempts"))
                        : 1,
                new AccessLogDecoder(reading).decode(message.getAccessLogList(), at.field("access_log")));
    }

    private Forward.Target split(TcpProxy.WeightedCluster message, FieldPath at) {
        ImmutableList.Builder<Forward.WeightedCluster> clusters = ImmutableList.builder();
        for (int i = 0; i < message.getClustersCount(); i++) {
            var cluster = message.getClusters(i);
            FieldPath clusterAt = at.field("clusters").index(i);
            clusters.add(Forward.WeightedCluster.of(
                    values.required(cluster.getName(), clusterAt.field("name")),
                    Integer.toUnsignedLong(cluster.getWeight())));
        }
        ImmutableList<Forward.WeightedCluster> all = clusters.build();
        return reading.checked(at, new Forward.SingleCluster(""), () -> new Forward.WeightedClusters(all));
    }
}
