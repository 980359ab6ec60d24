package dev.weft.xds.decode;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.net.InetAddresses;
import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import dev.weft.api.istio.peer.MetadataExchange;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.cluster.Transport;
import dev.weft.xds.FieldPath;
import dev.weft.xds.ProvenanceMetadata;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.core.v3.BindConfig;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Clusters; {@link LoadBalancingDecoder} and {@link UpstreamHttpDecoder} do two of their parts. */
final class ClusterDecoder {
    private static final String PEER_EXCHANGE = "istio-peer-exchange";
    private static final Duration DEFAULT_DNS_REFRESH = Duration.ofSeconds(5);

    private final Reading reading;
    private final ValueDecoder values;

    ClusterDecoder(Reading reading) {
        this.reading = reading;
        this.values = new ValueDecoder(reading);
    }

    Cluster decode(io.envoyproxy.envoy.config.cluster.v3.Cluster message, FieldPath at) {
        String name = values.required(message.getName(), at.field("name"));
        UpstreamHttpDecoder.Options http = new UpstreamHttpDecoder(reading).decode(message, at);
        Discovery discovery = discovery(message, name, at);
        return new Cluster(
                name,
                discovery,
                new LoadBalancingDecoder(reading).decode(message, discovery, at),
                breakers(message, at.field("circuit_breakers").field("thresholds")),
                connection(message, http, at),
                transport(message, http, at),
                new Cluster.ClusterTelemetry(services(message), exchange(message, at), message.getAltStatName()),
                ProvenanceMetadata.decode(message.getMetadata()));
    }

    private Discovery discovery(io.envoyproxy.envoy.config.cluster.v3.Cluster message, String name, FieldPath at) {
        if (message.hasClusterType()) {
            reading.problem(at.field("cluster_type"), "is not supported");
            return new Discovery.OriginalDestination();
        }
        if (message.hasEdsClusterConfig() && message.getType() != DiscoveryType.EDS) {
            reading.problem(at.field("eds_cluster_config"), "has no meaning where the type is " + message.getType());
        }
        return switch (message.getType()) {
            case STATIC -> new Discovery.Static(endpoints(message, name, at));
            case STRICT_DNS -> new Discovery.StrictDns(endpoints(message, name, at), refresh(message, at));
            case LOGICAL_DNS -> {
                EndpointSet endpoints = endpoints(message, name, at);
                boolean one = endpoints.localities().size() == 1
                        && endpoints.localities().getFirst().endpoints().size() == 1;
                if (!one) {
                    reading.problem(
                            at.field("load_assignment"), "must hold one endpoint where the type is LOGICAL_DNS");
                }
                yield new Discovery.LogicalDns(endpoints, refresh(message, at));
            }
            case EDS -> {
                FieldPath eds = at.field("eds_cluster_config");
                values.ads(message.getEdsClusterConfig().getEdsConfig(), eds.field("eds_config"));
                String service = message.getEdsClusterConfig().getServiceName();
                if (message.hasLoadAssignment()) {
                    reading.problem(at.field("load_assignment"), "has no meaning where the type is EDS");
                }
                yield new Discovery.Eds(service.isEmpty() ? name : service);
            }
            case ORIGINAL_DST -> {
                if (message.hasLoadAssignment()) {
                    reading.problem(at.field("load_assignment"), "has no meaning where the type is ORIGINAL_DST");
                }
                yield new Discovery.OriginalDestination();
            }
            case UNRECOGNIZED -> {
                reading.problem(at.field("type"), "found " + message.getTypeValue() + ", expected a known type");
                yield new Discovery.OriginalDestination();
            }
        };
    }

    private EndpointSet endpoints(io.envoyproxy.envoy.config.cluster.v3.Cluster message, String name, FieldPath at) {
        return message.hasLoadAssignment()
                ? new EndpointDecoder(reading).decode(message.getLoadAssignment(), at.field("load_assignment"))
                : EndpointSet.empty(name);
    }

    @SuppressWarnings("deprecation") // the typed DNS cluster that replaces it is younger than most servers
    private Duration refresh(io.envoyproxy.envoy.config.cluster.v3.Cluster message, FieldPath at) {
        return message.hasDnsRefreshRate()
                ? values.positiveDuration(message.getDnsRefreshRate(), at.field("dns_refresh_rate"))
                : DEFAULT_DNS_REFRESH;
    }

    private CircuitBreakers breakers(io.envoyproxy.envoy.config.cluster.v3.Cluster message, FieldPath at) {
        CircuitBreakers breakers = CircuitBreakers.DEFAULT;
        boolean seen = false;
        for (int i = 0; i < message.getCircuitBreakers().getThresholdsCount(); i++) {
            Thresholds thresholds = message.getCircuitBreakers().getThresholds(i);
            // No request has HIGH priority, as routes that ask for it are refused: its limits are never met.
            if (thresholds.getPriority() == RoutingPriority.HIGH) {
                continue;
            }
            if (seen || thresholds.getPriority() != RoutingPriority.DEFAULT) {
                reading.problem(
                        at.index(i).field("priority"),
                        seen ? "found DEFAULT a second time" : "found " + thresholds.getPriorityValue());
            }
            seen = true;
            CircuitBreakers defaults = CircuitBreakers.DEFAULT;
            breakers = new CircuitBreakers(
                    limit(thresholds.hasMaxConnections(), thresholds.getMaxConnections(), defaults.maxConnections()),
                    limit(
                            thresholds.hasMaxPendingRequests(),
                            thresholds.getMaxPendingRequests(),
                            defaults.maxPendingRequests()),
                    limit(thresholds.hasMaxRequests(), thresholds.getMaxRequests(), defaults.maxRequests()),
                    limit(thresholds.hasMaxRetries(), thresholds.getMaxRetries(), defaults.maxRetries()));
        }
        return breakers;
    }

    private static long limit(boolean set, UInt32Value value, long otherwise) {
        return set ? Integer.toUnsignedLong(value.getValue()) : otherwise;
    }

    private Cluster.ConnectionOptions connection(
            io.envoyproxy.envoy.config.cluster.v3.Cluster message, UpstreamHttpDecoder.Options http, FieldPath at) {
        Cluster.ConnectionOptions defaults = Cluster.ConnectionOptions.DEFAULT;
        Optional<Cluster.TcpKeepalive> keepalive = Optional.empty();
        if (message.getUpstreamConnectionOptions().hasTcpKeepalive()) {
            var tcp = message.getUpstreamConnectionOptions().getTcpKeepalive();
            FieldPath tcpAt = at.field("upstream_connection_options").field("tcp_keepalive");
            keepalive = Optional.of(new Cluster.TcpKeepalive(
                    values.number(tcp.getKeepaliveProbes(), 0, Integer.MAX_VALUE, tcpAt.field("keepalive_probes")),
                    values.number(tcp.getKeepaliveTime(), 0, Integer.MAX_VALUE, tcpAt.field("keepalive_time")),
                    values.number(
                            tcp.getKeepaliveInterval(), 0, Integer.MAX_VALUE, tcpAt.field("keepalive_interval"))));
        }
        return new Cluster.ConnectionOptions(
                message.hasConnectTimeout()
                        ? values.positiveDuration(message.getConnectTimeout(), at.field("connect_timeout"))
                        : defaults.connectTimeout(),
                http.protocol(),
                http.idleTimeout(),
                http.maxRequestsPerConnection(),
                message.hasPerConnectionBufferLimitBytes()
                        ? values.number(
                                message.getPerConnectionBufferLimitBytes(),
                                1,
                                Integer.MAX_VALUE,
                                at.field("per_connection_buffer_limit_bytes"))
                        : defaults.bufferLimit(),
                keepalive,
                sourceAddresses(message.getUpstreamBindConfig(), at.field("upstream_bind_config")));
    }

    private ImmutableList<String> sourceAddresses(BindConfig message, FieldPath at) {
        ImmutableList.Builder<String> addresses = ImmutableList.builder();
        if (message.hasSourceAddress()) {
            source(message.getSourceAddress(), at.field("source_address")).ifPresent(addresses::add);
        }
        for (int i = 0; i < message.getExtraSourceAddressesCount(); i++) {
            source(
                            message.getExtraSourceAddresses(i).getAddress(),
                            at.field("extra_source_addresses").index(i).field("address"))
                    .ifPresent(addresses::add);
        }
        return addresses.build();
    }

    private Optional<String> source(SocketAddress message, FieldPath at) {
        if (!InetAddresses.isInetAddress(message.getAddress())) {
            reading.problem(at.field("address"), "found \"" + message.getAddress() + "\", expected an IP address");
            return Optional.empty();
        }
        if (message.getProtocol() != SocketAddress.Protocol.TCP) {
            reading.problem(at.field("protocol"), "found " + message.getProtocol() + ", expected TCP");
        }
        if (message.getPortValue() != 0 || !message.getNamedPort().isEmpty()) {
            reading.problem(at.field("port_value"), "found a port, expected 0: only any port is supported");
        }
        return Optional.of(message.getAddress());
    }

    private Transport transport(
            io.envoyproxy.envoy.config.cluster.v3.Cluster message, UpstreamHttpDecoder.Options http, FieldPath at) {
        ImmutableList.Builder<Transport.Match> matches = ImmutableList.builder();
        for (int i = 0; i < message.getTransportSocketMatchesCount(); i++) {
            var match = message.getTransportSocketMatches(i);
            FieldPath matchAt = at.field("transport_socket_matches").index(i);
            ImmutableSortedMap<String, String> metadata = values.texts(match.getMatch(), matchAt.field("match"));
            matches.add(new Transport.Match(
                    values.required(match.getName(), matchAt.field("name")),
                    metadata,
                    socket(match.getTransportSocket(), http, matchAt.field("transport_socket"))));
        }
        Transport.Socket fallback = message.hasTransportSocket()
                ? socket(message.getTransportSocket(), http, at.field("transport_socket"))
                : new Transport.Plain();
        return new Transport(matches.build(), fallback);
    }

    private Transport.Socket socket(TransportSocket message, UpstreamHttpDecoder.Options http, FieldPath at) {
        FieldPath configAt = at.field("typed_config");
        Any config = reading.resolved(message.getTypedConfig(), configAt);
        if (ApiTypes.UPSTREAM_TLS.is(config)) {
            return reading.unpack(ApiTypes.UPSTREAM_TLS, config, configAt)
                    .<Transport.Socket>map(
                            tls -> new Transport.Tls(http.applyTo(new TlsDecoder(reading).upstream(tls, configAt))))
                    .orElseGet(Transport.Plain::new);
        }
        // Istio's raw buffer sockets come by name alone.
        boolean rawByName = !message.hasTypedConfig() && message.getName().equals("envoy.transport_sockets.raw_buffer");
        if (!rawByName && !ApiTypes.RAW_BUFFER.is(config)) {
            reading.problem(
                    configAt, "found " + config.getTypeUrl() + ", expected an UpstreamTlsContext or a RawBuffer");
        }
        return new Transport.Plain();
    }

    private static ImmutableList<Cluster.ServiceRef> services(io.envoyproxy.envoy.config.cluster.v3.Cluster message) {
        Struct istio =
                message.getMetadata().getFilterMetadataOrDefault(ProvenanceMetadata.ISTIO, Struct.getDefaultInstance());
        ImmutableList.Builder<Cluster.ServiceRef> services = ImmutableList.builder();
        for (Value service : istio.getFieldsOrDefault("services", Value.getDefaultInstance())
                .getListValue()
                .getValuesList()) {
            Map<String, Value> fields = service.getStructValue().getFieldsMap();
            services.add(new Cluster.ServiceRef(text(fields, "host"), text(fields, "name"), text(fields, "namespace")));
        }
        return services.build();
    }

    private static String text(Map<String, Value> fields, String key) {
        return fields.getOrDefault(key, Value.getDefaultInstance()).getStringValue();
    }

    private boolean exchange(io.envoyproxy.envoy.config.cluster.v3.Cluster message, FieldPath at) {
        for (int i = 0; i < message.getFiltersCount(); i++) {
            FieldPath configAt = at.field("filters").index(i).field("typed_config");
            Any config = reading.resolved(message.getFilters(i).getTypedConfig(), configAt);
            if (!ApiTypes.METADATA_EXCHANGE.is(config)) {
                reading.problem(configAt, "found " + config.getTypeUrl() + ", expected a MetadataExchange");
                continue;
            }
            reading.unpack(ApiTypes.METADATA_EXCHANGE, config, configAt)
                    .map(MetadataExchange::getProtocol)
                    .filter(protocol -> !protocol.equals(PEER_EXCHANGE))
                    .ifPresent(protocol -> reading.problem(
                            configAt.field("protocol"), "found \"" + protocol + "\", expected " + PEER_EXCHANGE));
        }
        return message.getFiltersCount() > 0;
    }
}
