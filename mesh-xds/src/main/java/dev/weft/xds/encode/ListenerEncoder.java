package dev.weft.xds.encode;

import com.google.protobuf.UInt32Value;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.ListenerFilter;
import dev.weft.model.match.PortRange;
import dev.weft.model.net.SocketAddress;
import dev.weft.xds.ProvenanceMetadata;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilterChainMatchPredicate;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.original_src.v3.OriginalSrc;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import java.util.List;

/** Listeners with their filter chains. What has its default is left out. */
final class ListenerEncoder {
    private ListenerEncoder() {}

    static io.envoyproxy.envoy.config.listener.v3.Listener encode(Listener listener) {
        var message = io.envoyproxy.envoy.config.listener.v3.Listener.newBuilder()
                .setName(listener.name())
                .setAddress(WireValues.address(listener.address()))
                .setTrafficDirection(
                        switch (listener.direction()) {
                            case UNSPECIFIED -> TrafficDirection.UNSPECIFIED;
                            case INBOUND -> TrafficDirection.INBOUND;
                            case OUTBOUND -> TrafficDirection.OUTBOUND;
                        });
        if (!listener.bindToPort()) {
            message.setBindToPort(WireValues.bool(false));
        }
        if (listener.useOriginalDestination()) {
            message.setUseOriginalDst(WireValues.bool(true));
        }
        for (SocketAddress additional : listener.sockets().additional()) {
            message.addAdditionalAddresses(AdditionalAddress.newBuilder().setAddress(WireValues.address(additional)));
        }
        if (listener.sockets().transparent()) {
            message.setTransparent(WireValues.bool(true));
        }
        if (listener.bufferLimit() != Listener.DEFAULT_BUFFER_LIMIT) {
            message.setPerConnectionBufferLimitBytes(WireValues.uint32(listener.bufferLimit()));
        }
        listener.inspection().filters().forEach(filter -> message.addListenerFilters(filter(filter)));
        listener.inspection()
                .timeout()
                .ifPresent(timeout -> message.setListenerFiltersTimeout(WireValues.duration(timeout)));
        message.setContinueOnListenerFiltersTimeout(listener.inspection().continueOnTimeout());
        listener.filterChains().forEach(chain -> message.addFilterChains(chain(chain)));
        listener.defaultFilterChain().ifPresent(chain -> message.setDefaultFilterChain(chain(chain)));
        listener.accessLogs().forEach(log -> message.addAccessLog(AccessLogEncoder.encode(log)));
        return message.build();
    }

    private static io.envoyproxy.envoy.config.listener.v3.ListenerFilter filter(ListenerFilter filter) {
        var message = io.envoyproxy.envoy.config.listener.v3.ListenerFilter.newBuilder();
        switch (filter) {
            case ListenerFilter.OriginalDestination original ->
                message.setName("envoy.filters.listener.original_dst")
                        .setTypedConfig(ApiTypes.ORIGINAL_DST.pack(OriginalDst.getDefaultInstance()));
            case ListenerFilter.OriginalSource source ->
                message.setName("envoy.filters.listener.original_src")
                        .setTypedConfig(ApiTypes.ORIGINAL_SRC.pack(
                                OriginalSrc.newBuilder().setMark(source.mark()).build()));
            case ListenerFilter.TlsInspector tls -> {
                message.setName("envoy.filters.listener.tls_inspector")
                        .setTypedConfig(ApiTypes.TLS_INSPECTOR.pack(TlsInspector.getDefaultInstance()));
                disabled(message, tls.disabledPorts());
            }
            case ListenerFilter.HttpInspector http -> {
                message.setName("envoy.filters.listener.http_inspector")
                        .setTypedConfig(ApiTypes.HTTP_INSPECTOR.pack(HttpInspector.getDefaultInstance()));
                disabled(message, http.disabledPorts());
            }
        }
        return message.build();
    }

    private static void disabled(
            io.envoyproxy.envoy.config.listener.v3.ListenerFilter.Builder filter, List<PortRange> ports) {
        if (ports.size() == 1) {
            filter.setFilterDisabled(ports(ports.getFirst()));
        } else if (!ports.isEmpty()) {
            var any = ListenerFilterChainMatchPredicate.MatchSet.newBuilder();
            ports.forEach(range -> any.addRules(ports(range)));
            filter.setFilterDisabled(
                    ListenerFilterChainMatchPredicate.newBuilder().setOrMatch(any));
        }
    }

    private static ListenerFilterChainMatchPredicate ports(PortRange range) {
        return ListenerFilterChainMatchPredicate.newBuilder()
                .setDestinationPortRange(MatchEncoder.ports(range))
                .build();
    }

    private static io.envoyproxy.envoy.config.listener.v3.FilterChain chain(FilterChain chain) {
        var message =
                io.envoyproxy.envoy.config.listener.v3.FilterChain.newBuilder().setName(chain.name());
        if (!chain.match().equals(FilterChainMatch.ANY)) {
            message.setFilterChainMatch(match(chain.match()));
        }
        chain.filters().forEach(filter -> message.addFilters(NetworkFilterEncoder.encode(filter)));
        chain.tls().ifPresent(tls -> message.setTransportSocket(TlsEncoder.downstream(tls)));
        chain.handshakeTimeout()
                .ifPresent(timeout -> message.setTransportSocketConnectTimeout(WireValues.duration(timeout)));
        chain.source().ifPresent(source -> message.setMetadata(ProvenanceMetadata.encode(source)));
        return message.build();
    }

    private static io.envoyproxy.envoy.config.listener.v3.FilterChainMatch match(FilterChainMatch match) {
        var message = io.envoyproxy.envoy.config.listener.v3.FilterChainMatch.newBuilder()
                .addAllServerNames(match.serverNames())
                .setTransportProtocol(match.transportProtocol())
                .addAllApplicationProtocols(match.applicationProtocols())
                .addAllSourcePorts(match.sourcePorts())
                .setSourceType(
                        switch (match.sourceType()) {
                            case ANY ->
                                io.envoyproxy.envoy.config.listener.v3.FilterChainMatch.ConnectionSourceType.ANY;
                            case SAME_IP_OR_LOOPBACK ->
                                io.envoyproxy.envoy.config.listener.v3.FilterChainMatch.ConnectionSourceType
                                        .SAME_IP_OR_LOOPBACK;
                            case EXTERNAL ->
                                io.envoyproxy.envoy.config.listener.v3.FilterChainMatch.ConnectionSourceType.EXTERNAL;
                        });
        match.destinationPort().ifPresent(port -> message.setDestinationPort(UInt32Value.of(port)));
        match.destinationRanges().forEach(range -> message.addPrefixRanges(WireValues.cidr(range)));
        match.sourceRanges().forEach(range -> message.addSourcePrefixRanges(WireValues.cidr(range)));
        match.directSourceRanges().forEach(range -> message.addDirectSourcePrefixRanges(WireValues.cidr(range)));
        return message.build();
    }
}
