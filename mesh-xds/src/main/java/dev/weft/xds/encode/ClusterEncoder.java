package dev.weft.xds.encode;

import com.google.protobuf.Any;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.weft.api.istio.peer.MetadataExchange;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.LoadBalancing;
import dev.weft.model.cluster.Transport;
import dev.weft.xds.ProvenanceMetadata;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CommonLbConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.EdsClusterConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LeastRequestLbConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.TransportSocketMatch;
import io.envoyproxy.envoy.config.cluster.v3.Filter;
import io.envoyproxy.envoy.config.cluster.v3.UpstreamConnectionOptions;
import io.envoyproxy.envoy.config.core.v3.BindConfig;
import io.envoyproxy.envoy.config.core.v3.ExtraSourceAddress;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TcpKeepalive;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.type.v3.Percent;

/** Clusters. What has Envoy's default is left out; HTTP options are {@link UpstreamHttpEncoder}'s. */
final class ClusterEncoder {
    private static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private ClusterEncoder() {}

    static io.envoyproxy.envoy.config.cluster.v3.Cluster encode(Cluster cluster) {
        var message = io.envoyproxy.envoy.config.cluster.v3.Cluster.newBuilder()
                .setName(cluster.name())
                .setAltStatName(cluster.telemetry().altStatName());
        discovery(message, cluster.discovery());
        balancing(message, cluster.balancing());
        breakers(message, cluster.breakers());
        connection(message, cluster);
        transport(message, cluster.transport());
        metadata(message, cluster);
        if (cluster.telemetry().metadataExchange()) {
            message.addFilters(Filter.newBuilder()
                    .setName("istio.metadata_exchange")
                    .setTypedConfig(ApiTypes.METADATA_EXCHANGE.pack(MetadataExchange.newBuilder()
                            .setProtocol("istio-peer-exchange")
                            .build())));
        }
        return message.build();
    }

    @SuppressWarnings("deprecation") // an Envoy of every age knows dns_refresh_rate
    private static void discovery(io.envoyproxy.envoy.config.cluster.v3.Cluster.Builder message, Discovery discovery) {
        switch (discovery) {
            case Discovery.Eds eds ->
                message.setType(DiscoveryType.EDS)
                        .setEdsClusterConfig(EdsClusterConfig.newBuilder()
                                .setEdsConfig(WireValues.ads())
                                .setServiceName(eds.serviceName()));
            case Discovery.Static fixed ->
                message.setType(DiscoveryType.STATIC).setLoadAssignment(EndpointEncoder.encode(fixed.endpoints()));
            case Discovery.StrictDns dns ->
                message.setType(DiscoveryType.STRICT_DNS)
                        .setLoadAssignment(EndpointEncoder.encode(dns.endpoints()))
                        .setDnsRefreshRate(WireValues.duration(dns.refresh()));
            case Discovery.LogicalDns dns ->
                message.setType(DiscoveryType.LOGICAL_DNS)
                        .setLoadAssignment(EndpointEncoder.encode(dns.endpoints()))
                        .setDnsRefreshRate(WireValues.duration(dns.refresh()));
            case Discovery.OriginalDestination original -> message.setType(DiscoveryType.ORIGINAL_DST);
        }
    }

    private static void balancing(
            io.envoyproxy.envoy.config.cluster.v3.Cluster.Builder message, LoadBalancing balancing) {
        switch (balancing.policy()) {
            case LoadBalancing.RoundRobin roundRobin -> message.setLbPolicy(LbPolicy.ROUND_ROBIN);
            case LoadBalancing.Random random -> message.setLbPolicy(LbPolicy.RANDOM);
            case LoadBalancing.ClusterProvided provided -> message.setLbPolicy(LbPolicy.CLUSTER_PROVIDED);
            case LoadBalancing.LeastRequest least -> {
                message.setLbPolicy(LbPolicy.LEAST_REQUEST);
                if (least.choices() != 2) {
                    message.setLeastRequestLbConfig(
                            LeastRequestLbConfig.newBuilder().setChoiceCount(WireValues.uint32(least.choices())));
                }
            }
        }
        CommonLbConfig.Builder common = CommonLbConfig.newBuilder();
        if (balancing.panicThresholdPercent() != 50) {
            common.setHealthyPanicThreshold(Percent.newBuilder().setValue(balancing.panicThresholdPercent()));
        }
        if (balancing.localityWeighted()) {
            common.setLocalityWeightedLbConfig(CommonLbConfig.LocalityWeightedLbConfig.getDefaultInstance());
        }
        CommonLbConfig config = common.build();
        if (!config.equals(CommonLbConfig.getDefaultInstance())) {
            message.setCommonLbConfig(config);
        }
    }

    private static void breakers(
            io.envoyproxy.envoy.config.cluster.v3.Cluster.Builder message, CircuitBreakers breakers) {
        if (!breakers.equals(CircuitBreakers.DEFAULT)) {
            message.setCircuitBreakers(io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.newBuilder()
                    .addThresholds(io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds.newBuilder()
                            .setMaxConnections(WireValues.uint32(breakers.maxConnections()))
                            .setMaxPendingRequests(WireValues.uint32(breakers.maxPendingRequests()))
                            .setMaxRequests(WireValues.uint32(breakers.maxRequests()))
                            .setMaxRetries(WireValues.uint32(breakers.maxRetries()))));
        }
    }

    private static void connection(io.envoyproxy.envoy.config.cluster.v3.Cluster.Builder message, Cluster cluster) {
        Cluster.ConnectionOptions options = cluster.connection();
        message.setConnectTimeout(WireValues.duration(options.connectTimeout()));
        if (options.bufferLimit() != Cluster.ConnectionOptions.DEFAULT.bufferLimit()) {
            message.setPerConnectionBufferLimitBytes(WireValues.uint32(options.bufferLimit()));
        }
        if (!options.sourceAddresses().isEmpty()) {
            BindConfig.Builder bind = BindConfig.newBuilder()
                    .setSourceAddress(source(options.sourceAddresses().getFirst()));
            options.sourceAddresses().stream()
                    .skip(1)
                    .forEach(address -> bind.addExtraSourceAddresses(
                            ExtraSourceAddress.newBuilder().setAddress(source(address))));
            message.setUpstreamBindConfig(bind);
        }
        options.keepalive().ifPresent(keepalive -> {
            TcpKeepalive.Builder tcp = TcpKeepalive.newBuilder();
            if (keepalive.probes() != 0) {
                tcp.setKeepaliveProbes(WireValues.uint32(keepalive.probes()));
            }
            if (keepalive.timeSeconds() != 0) {
                tcp.setKeepaliveTime(WireValues.uint32(keepalive.timeSeconds()));
            }
            if (keepalive.intervalSeconds() != 0) {
                tcp.setKeepaliveInterval(WireValues.uint32(keepalive.intervalSeconds()));
            }
            message.setUpstreamConnectionOptions(
                    UpstreamConnectionOptions.newBuilder().setTcpKeepalive(tcp));
        });
        UpstreamHttpEncoder.encode(options, cluster.transport())
                .ifPresent(http -> message.putTypedExtensionProtocolOptions(
                        HTTP_OPTIONS, ApiTypes.HTTP_PROTOCOL_OPTIONS.pack(http)));
    }

    /** Any port. */
    private static SocketAddress source(String address) {
        return SocketAddress.newBuilder().setAddress(address).setPortValue(0).build();
    }

    private static void transport(io.envoyproxy.envoy.config.cluster.v3.Cluster.Builder message, Transport transport) {
        transport
                .matches()
                .forEach(match -> message.addTransportSocketMatches(TransportSocketMatch.newBuilder()
                        .setName(match.name())
                        .setMatch(WireValues.struct(match.metadata()))
                        .setTransportSocket(socket(match.socket()))));
        if (transport.fallback() instanceof Transport.Tls tls) {
            message.setTransportSocket(TlsEncoder.upstream(tls.tls()));
        }
    }

    private static TransportSocket socket(Transport.Socket socket) {
        return switch (socket) {
            case Transport.Plain plain -> {
                Any config = ApiTypes.RAW_BUFFER.pack(RawBuffer.getDefaultInstance());
                yield WireValues.socket(WireValues.RAW_BUFFER_SOCKET, config);
            }
            case Transport.Tls tls -> TlsEncoder.upstream(tls.tls());
        };
    }

    private static void metadata(io.envoyproxy.envoy.config.cluster.v3.Cluster.Builder message, Cluster cluster) {
        Struct.Builder istio = Struct.newBuilder();
        if (!cluster.telemetry().services().isEmpty()) {
            ListValue.Builder services = ListValue.newBuilder();
            for (Cluster.ServiceRef service : cluster.telemetry().services()) {
                services.addValues(Value.newBuilder()
                        .setStructValue(Struct.newBuilder()
                                .putFields("host", WireValues.text(service.host()))
                                .putFields("name", WireValues.text(service.name()))
                                .putFields("namespace", WireValues.text(service.namespace()))));
            }
            istio.putFields(
                    "services", Value.newBuilder().setListValue(services).build());
        }
        Metadata.Builder metadata = Metadata.newBuilder();
        if (cluster.source().isPresent()) {
            ProvenanceMetadata.addTo(metadata, istio, cluster.source().get());
        } else if (istio.getFieldsCount() > 0) {
            metadata.putFilterMetadata(ProvenanceMetadata.ISTIO, istio.build());
        }
        if (metadata.getFilterMetadataCount() > 0) {
            message.setMetadata(metadata);
        }
    }
}
