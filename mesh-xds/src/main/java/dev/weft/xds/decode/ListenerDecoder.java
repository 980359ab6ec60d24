package dev.weft.xds.decode;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.FilterChains;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.ListenerFilter;
import dev.weft.model.match.PortRange;
import dev.weft.model.net.SocketAddress;
import dev.weft.xds.FieldPath;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilterChainMatchPredicate;
import java.util.List;
import java.util.Optional;

/** Listeners; {@link FilterChainDecoder} does their chains. */
final class ListenerDecoder {
    private final Reading reading;
    private final ValueDecoder values;
    private final MatchDecoder matches;
    private final FilterChainDecoder chains;

    ListenerDecoder(Reading reading) {
        this.reading = reading;
        this.values = new ValueDecoder(reading);
        this.matches = new MatchDecoder(reading);
        this.chains = new FilterChainDecoder(reading);
    }

    Listener decode(io.envoyproxy.envoy.config.listener.v3.Listener message, FieldPath at) {
        ImmutableList.Builder<FilterChain> filterChains = ImmutableList.builder();
        for (int i = 0; i < message.getFilterChainsCount(); i++) {
            filterChains.add(chains.decode(
                    message.getFilterChains(i), at.field("filter_chains").index(i)));
        }
        Optional<FilterChain> defaultChain = message.hasDefaultFilterChain()
                ? Optional.of(chains.decode(message.getDefaultFilterChain(), at.field("default_filter_chain")))
                : Optional.empty();
        if (message.getFilterChainsCount() == 0 && defaultChain.isEmpty()) {
            reading.problem(at.field("filter_chains"), "found none and no default, expected at least one");
        }
        if (defaultChain.isPresent() && !defaultChain.get().match().equals(FilterChainMatch.ANY)) {
            reading.problem(
                    at.field("default_filter_chain").field("filter_chain_match"),
                    "has no meaning on the default chain");
        }
        Listener listener = new Listener(
                values.required(message.getName(), at.field("name")),
                values.address(message.getAddress(), at.field("address")),
                !message.hasBindToPort() || message.getBindToPort().getValue(),
                message.getUseOriginalDst().getValue(),
                direction(message, at.field("traffic_direction")),
                inspection(message, at),
                filterChains.build(),
                defaultChain,
                new AccessLogDecoder(reading).decode(message.getAccessLogList(), at.field("access_log")),
                message.hasPerConnectionBufferLimitBytes()
                        ? values.number(
                                message.getPerConnectionBufferLimitBytes(),
                                1,
                                Integer.MAX_VALUE,
                                at.field("per_connection_buffer_limit_bytes"))
                        : Listener.DEFAULT_BUFFER_LIMIT,
                sockets(message, at));
        reading.checked(at.field("filter_chains"), listener, () -> {
            FilterChains.of(listener);
            return listener;
        });
        return listener;
    }

    private Listener.Sockets sockets(io.envoyproxy.envoy.config.listener.v3.Listener message, FieldPath at) {
        ImmutableList.Builder<SocketAddress> additional = ImmutableList.builder();
        for (int i = 0; i < message.getAdditionalAddressesCount(); i++) {
            additional.add(values.address(
                    message.getAdditionalAddresses(i).getAddress(),
                    at.field("additional_addresses").index(i).field("address")));
        }
        return new Listener.Sockets(additional.build(), message.getTransparent().getValue());
    }

    private Listener.Direction direction(io.envoyproxy.envoy.config.listener.v3.Listener message, FieldPath at) {
        return switch (message.getTrafficDirection()) {
            case UNSPECIFIED -> Listener.Direction.UNSPECIFIED;
            case INBOUND -> Listener.Direction.INBOUND;
            case OUTBOUND -> Listener.Direction.OUTBOUND;
            case UNRECOGNIZED -> {
                reading.problem(at, "found " + message.getTrafficDirectionValue() + ", expected INBOUND or OUTBOUND");
                yield Listener.Direction.UNSPECIFIED;
            }
        };
    }

    private Listener.Inspection inspection(io.envoyproxy.envoy.config.listener.v3.Listener message, FieldPath at) {
        ImmutableList.Builder<ListenerFilter> filters = ImmutableList.builder();
        for (int i = 0; i < message.getListenerFiltersCount(); i++) {
            filter(message.getListenerFilters(i), at.field("listener_filters").index(i))
                    .ifPresent(filters::add);
        }
        return new Listener.Inspection(
                filters.build(),
                message.hasListenerFiltersTimeout()
                        ? Optional.of(values.duration(
                                message.getListenerFiltersTimeout(), at.field("listener_filters_timeout")))
                        : Optional.empty(),
                message.getContinueOnListenerFiltersTimeout());
    }

    private Optional<ListenerFilter> filter(
            io.envoyproxy.envoy.config.listener.v3.ListenerFilter message, FieldPath at) {
        FieldPath disabledAt = at.field("filter_disabled");
        ImmutableList<PortRange> disabled = message.hasFilterDisabled()
                ? disabledPorts(message.getFilterDisabled(), disabledAt)
                : ImmutableList.of();
        Any config = reading.resolved(message.getTypedConfig(), at.field("typed_config"));
        if (ApiTypes.ORIGINAL_DST.is(config)) {
            if (message.hasFilterDisabled()) {
                reading.problem(disabledAt, "is not supported on this filter");
            }
            return Optional.of(new ListenerFilter.OriginalDestination());
        }
        if (ApiTypes.ORIGINAL_SRC.is(config)) {
            if (message.hasFilterDisabled()) {
                reading.problem(disabledAt, "is not supported on this filter");
            }
            return reading.unpack(ApiTypes.ORIGINAL_SRC, config, at.field("typed_config"))
                    .map(source -> new ListenerFilter.OriginalSource(source.getMark()));
        }
        if (ApiTypes.TLS_INSPECTOR.is(config)) {
            return Optional.of(new ListenerFilter.TlsInspector(disabled));
        }
        if (ApiTypes.HTTP_INSPECTOR.is(config)) {
            return Optional.of(new ListenerFilter.HttpInspector(disabled));
        }
        reading.problem(
                at.field("typed_config"), "found " + config.getTypeUrl() + ", expected a supported listener filter");
        return Optional.empty();
    }

    private ImmutableList<PortRange> disabledPorts(ListenerFilterChainMatchPredicate message, FieldPath at) {
        return switch (message.getRuleCase()) {
            case DESTINATION_PORT_RANGE ->
                ImmutableList.of(matches.ports(message.getDestinationPortRange(), at.field("destination_port_range")));
            case OR_MATCH -> {
                ImmutableList.Builder<PortRange> ports = ImmutableList.builder();
                List<ListenerFilterChainMatchPredicate> rules =
                        message.getOrMatch().getRulesList();
                FieldPath rulesAt = at.field("or_match").field("rules");
                for (int i = 0; i < rules.size(); i++) {
                    ports.addAll(disabledPorts(rules.get(i), rulesAt.index(i)));
                }
                yield ports.build();
            }
            case AND_MATCH, NOT_MATCH, ANY_MATCH, RULE_NOT_SET -> {
                reading.problem(at, "found " + message.getRuleCase() + ", expected destination_port_range or or_match");
                yield ImmutableList.of();
            }
        };
    }
}
