package dev.weft.model.listener;

import com.google.common.collect.ImmutableList;
import dev.weft.model.match.ConnectionFacts;
import dev.weft.model.match.SourceType;
import dev.weft.model.net.CidrRange;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Picks the filter chain of a connection. Envoy's algorithm: at each level of {@link FilterChainMatch} keep only the chains with
 * the most specific entry that fits; when a deeper level then has no fit, the default chain is used: there is no way back.
 *
 * <p>Immutable; built once per listener version. Runs once per connection over at most a few hundred chains, so a filtering walk
 * without further index is enough.
 */
public final class FilterChains {
    private static final int NO = -1;

    private final ImmutableList<FilterChain> chains;
    private final @Nullable FilterChain fallback;

    private FilterChains(ImmutableList<FilterChain> chains, @Nullable FilterChain fallback) {
        this.chains = chains;
        this.fallback = fallback;
    }

    /** @throws IllegalArgumentException when two chains have the same criteria */
    public static FilterChains of(Listener listener) {
        Set<FilterChainMatch> seen = new HashSet<>();
        for (FilterChain chain : listener.filterChains()) {
            if (!seen.add(chain.match())) {
                throw new IllegalArgumentException("listener '" + listener.name() + "': filter chain '" + chain.name()
                        + "' has the same match criteria as another one");
            }
        }
        return new FilterChains(
                listener.filterChains(), listener.defaultFilterChain().orElse(null));
    }

    /** The chain, or null where the connection must be closed ({@code filter_chain_not_found}). */
    public @Nullable FilterChain match(ConnectionFacts connection) {
        FilterChain[] left = chains.toArray(FilterChain[]::new);
        int count = left.length;
        count = keep(left, count, m -> port(m, connection.localPort()));
        count = keep(left, count, m -> longest(m.destinationRanges(), connection.localAddress()));
        count = keep(left, count, m -> serverName(m, connection.requestedServerName()));
        count = keep(left, count, m -> transport(m, connection.transportProtocol()));
        count = keep(left, count, m -> protocol(m, connection.applicationProtocols()));
        count = keep(left, count, m -> longest(m.directSourceRanges(), connection.directRemoteAddress()));
        count = keep(left, count, m -> sourceType(m, connection.sourceType()));
        count = keep(left, count, m -> longest(m.sourceRanges(), connection.remoteAddress()));
        count = keep(left, count, m -> sourcePort(m, connection.directRemotePort()));
        return count == 0 ? fallback : left[0];
    }

    /** Keeps the chains with the highest score, in their order; a negative score is no fit. */
    private static int keep(FilterChain[] left, int count, ToIntFunction<FilterChainMatch> score) {
        int best = NO;
        for (int i = 0; i < count; i++) {
            best = Math.max(best, score.applyAsInt(left[i].match()));
        }
        int kept = 0;
        for (int i = 0; i < count && best > NO; i++) {
            if (score.applyAsInt(left[i].match()) == best) {
                left[kept++] = left[i];
            }
        }
        return kept;
    }

    private static int port(FilterChainMatch match, int port) {
        if (match.destinationPort().isEmpty()) {
            return 0;
        }
        return match.destinationPort().getAsInt() == port ? 1 : NO;
    }

    private static int longest(ImmutableList<CidrRange> ranges, byte[] address) {
        if (ranges.isEmpty()) {
            return 0;
        }
        int best = NO;
        for (CidrRange range : ranges) {
            if (range.contains(address)) {
                best = Math.max(best, range.prefixLength() + 1);
            }
        }
        return best;
    }

    private static int serverName(FilterChainMatch match, @Nullable String name) {
        if (match.serverNames().isEmpty()) {
            return 0;
        }
        if (name == null) {
            return NO;
        }
        int best = NO;
        for (String wanted : match.serverNames()) {
            String lower = wanted.toLowerCase(Locale.ROOT);
            if (lower.equals(name)) {
                return Integer.MAX_VALUE;
            }
            if (lower.startsWith("*.") && name.endsWith(lower.substring(1)) && name.length() > lower.length() - 1) {
                best = Math.max(best, lower.length());
            }
        }
        return best;
    }

    private static int transport(FilterChainMatch match, String transport) {
        if (match.transportProtocol().isEmpty()) {
            return 0;
        }
        return match.transportProtocol().equals(transport) ? 1 : NO;
    }

    /** The first of the client's protocols that any chain names wins. */
    private static int protocol(FilterChainMatch match, ImmutableList<String> offered) {
        if (match.applicationProtocols().isEmpty()) {
            return 0;
        }
        for (int i = 0; i < offered.size(); i++) {
            if (match.applicationProtocols().contains(offered.get(i))) {
                return Integer.MAX_VALUE - i;
            }
        }
        return NO;
    }

    private static int sourceType(FilterChainMatch match, SourceType type) {
        if (match.sourceType() == SourceType.ANY) {
            return 0;
        }
        return match.sourceType() == type ? 1 : NO;
    }

    private static int sourcePort(FilterChainMatch match, int port) {
        if (match.sourcePorts().isEmpty()) {
            return 0;
        }
        return match.sourcePorts().contains(port) ? 1 : NO;
    }
}
