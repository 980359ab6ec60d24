package dev.weft.xds.decode;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.match.SourceType;
import dev.weft.model.net.CidrRange;
import dev.weft.model.tls.DownstreamTls;
import dev.weft.xds.FieldPath;
import dev.weft.xds.ProvenanceMetadata;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Filter chains: match, transport, and the filters through {@link NetworkFilterDecoder}. */
final class FilterChainDecoder {
    private final Reading reading;
    private final ValueDecoder values;
    private final NetworkFilterDecoder filters;

    FilterChainDecoder(Reading reading) {
        this.reading = reading;
        this.values = new ValueDecoder(reading);
        this.filters = new NetworkFilterDecoder(reading);
    }

    FilterChain decode(io.envoyproxy.envoy.config.listener.v3.FilterChain message, FieldPath at) {
        return new FilterChain(
                message.getName(),
                match(message.getFilterChainMatch(), at.field("filter_chain_match")),
                message.hasTransportSocket()
                        ? tls(message.getTransportSocket(), at.field("transport_socket"))
                        : Optional.empty(),
                filters(message, at.field("filters")),
                message.hasTransportSocketConnectTimeout()
                        ? Optional.of(values.duration(
                                message.getTransportSocketConnectTimeout(),
                                at.field("transport_socket_connect_timeout")))
                        : Optional.empty(),
                ProvenanceMetadata.decode(message.getMetadata()));
    }

    private FilterChainMatch match(io.envoyproxy.envoy.config.listener.v3.FilterChainMatch message, FieldPath at) {
        ImmutableList.Builder<Integer> sourcePorts = ImmutableList.builder();
        for (int i = 0; i < message.getSourcePortsCount(); i++) {
            sourcePorts.add(values.number(
                    message.getSourcePorts(i),
                    1,
                    65_535,
                    at.field("source_ports").index(i)));
        }
        FieldPath names = at.field("server_names");
        for (int i = 0; i < message.getServerNamesCount(); i++) {
            String name = message.getServerNames(i);
            if (name.indexOf('*', 1) > 0 || name.startsWith("*") && !name.startsWith("*.")) {
                reading.problem(names.index(i), "found \"" + name + "\", expected a name or *.suffix");
            }
        }
        return new FilterChainMatch(
                message.hasDestinationPort()
                        ? OptionalInt.of(
                                values.number(message.getDestinationPort(), 1, 65_535, at.field("destination_port")))
                        : OptionalInt.empty(),
                ranges(message.getPrefixRangesList(), at.field("prefix_ranges")),
                ImmutableList.copyOf(message.getServerNamesList()),
                message.getTransportProtocol(),
                ImmutableList.copyOf(message.getApplicationProtocolsList()),
                ranges(message.getDirectSourcePrefixRangesList(), at.field("direct_source_prefix_ranges")),
                switch (message.getSourceType()) {
                    case ANY -> SourceType.ANY;
                    case SAME_IP_OR_LOOPBACK -> SourceType.SAME_IP_OR_LOOPBACK;
                    case EXTERNAL -> SourceType.EXTERNAL;
                    case UNRECOGNIZED -> {
                        reading.problem(at.field("source_type"), "found " + message.getSourceTypeValue());
                        yield SourceType.ANY;
                    }
                },
                ranges(message.getSourcePrefixRangesList(), at.field("source_prefix_ranges")),
                sourcePorts.build());
    }

    private ImmutableList<CidrRange> ranges(List<io.envoyproxy.envoy.config.core.v3.CidrRange> messages, FieldPath at) {
        ImmutableList.Builder<CidrRange> ranges = ImmutableList.builder();
        for (int i = 0; i < messages.size(); i++) {
            ranges.add(values.cidr(messages.get(i), at.index(i)));
        }
        return ranges.build();
    }

    private Optional<DownstreamTls> tls(TransportSocket socket, FieldPath at) {
        FieldPath configAt = at.field("typed_config");
        Any config = reading.resolved(socket.getTypedConfig(), configAt);
        if (ApiTypes.DOWNSTREAM_TLS.is(config)) {
            return reading.unpack(ApiTypes.DOWNSTREAM_TLS, config, configAt)
                    .map(tls -> new TlsDecoder(reading).downstream(tls, configAt));
        }
        if (!ApiTypes.RAW_BUFFER.is(config)) {
            reading.problem(
                    configAt, "found " + config.getTypeUrl() + ", expected a DownstreamTlsContext or a RawBuffer");
        }
        return Optional.empty();
    }

    private ImmutableList<NetworkFilter> filters(
            io.envoyproxy.envoy.config.listener.v3.FilterChain message, FieldPath at) {
        ImmutableList.Builder<NetworkFilter> decoded = ImmutableList.builder();
        for (int i = 0; i < message.getFiltersCount(); i++) {
            filters.decode(message.getFilters(i), at.index(i)).ifPresent(decoded::add);
        }
        ImmutableList<NetworkFilter> chain = decoded.build();
        for (int i = 0; i < chain.size(); i++) {
            boolean terminal =
                    chain.get(i) instanceof NetworkFilter.Http || chain.get(i) instanceof NetworkFilter.TcpProxy;
            if (terminal != (i == chain.size() - 1)) {
                reading.problem(
                        at.index(i),
                        terminal
                                ? "ends a chain and must stand last"
                                : "stands last, expected http_connection_manager or tcp_proxy");
            }
        }
        if (message.getFiltersCount() == 0) {
            reading.problem(at, "found none, expected http_connection_manager or tcp_proxy at the end");
        }
        return chain;
    }
}
