package dev.weft.model.listener;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.match.SourceType;
import dev.weft.model.net.CidrRange;
import java.util.OptionalInt;

/**
 * Criteria of a filter chain; an empty one matches everything. Checked level by level in the order of the components, the most
 * specific entry of each level wins and there is no way back to a less specific one (Envoy, {@code FilterChainMatch}).
 */
@Immutable
public record FilterChainMatch(
        OptionalInt destinationPort,
        ImmutableList<CidrRange> destinationRanges,
        ImmutableList<String> serverNames,
        String transportProtocol,
        ImmutableList<String> applicationProtocols,
        ImmutableList<CidrRange> directSourceRanges,
        SourceType sourceType,
        ImmutableList<CidrRange> sourceRanges,
        ImmutableList<Integer> sourcePorts) {
    public static final FilterChainMatch ANY = new FilterChainMatch(
            OptionalInt.empty(),
            ImmutableList.of(),
            ImmutableList.of(),
            "",
            ImmutableList.of(),
            ImmutableList.of(),
            SourceType.ANY,
            ImmutableList.of(),
            ImmutableList.of());

    public FilterChainMatch withDestinationPort(int port) {
        return new FilterChainMatch(
                OptionalInt.of(port),
                destinationRanges,
                serverNames,
                transportProtocol,
                applicationProtocols,
                directSourceRanges,
                sourceType,
                sourceRanges,
                sourcePorts);
    }

    public FilterChainMatch withServerNames(ImmutableList<String> names) {
        return new FilterChainMatch(
                destinationPort,
                destinationRanges,
                names,
                transportProtocol,
                applicationProtocols,
                directSourceRanges,
                sourceType,
                sourceRanges,
                sourcePorts);
    }

    public FilterChainMatch withTransport(String transport, ImmutableList<String> alpn) {
        return new FilterChainMatch(
                destinationPort,
                destinationRanges,
                serverNames,
                transport,
                alpn,
                directSourceRanges,
                sourceType,
                sourceRanges,
                sourcePorts);
    }
}
