package dev.weft.proxy.config;

import com.google.common.collect.ImmutableMap;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.FilterChains;
import dev.weft.model.listener.Listener;
import dev.weft.model.match.ConnectionFacts;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One listener, compiled. Immutable; the same object as long as the listener does not change. */
public final class ListenerSnapshot {
    private final Listener listener;
    private final FilterChains chains;
    private final ImmutableMap<ChainKey, FilterChain> byKey;

    private ListenerSnapshot(Listener listener, FilterChains chains, ImmutableMap<ChainKey, FilterChain> byKey) {
        this.listener = listener;
        this.chains = chains;
        this.byKey = byKey;
    }

    /** @throws IllegalArgumentException when two filter chains have the same criteria */
    public static ListenerSnapshot of(Listener listener) {
        Map<ChainKey, FilterChain> byKey = new LinkedHashMap<>();
        for (FilterChain chain : listener.filterChains()) {
            byKey.put(ChainKey.of(chain), chain);
        }
        listener.defaultFilterChain().ifPresent(chain -> byKey.putIfAbsent(ChainKey.of(chain), chain));
        return new ListenerSnapshot(listener, FilterChains.of(listener), ImmutableMap.copyOf(byKey));
    }

    public Listener listener() {
        return listener;
    }

    /** The chain of a connection, or null where it must be closed. */
    public @Nullable FilterChain match(ConnectionFacts connection) {
        return chains.match(connection);
    }

    public @Nullable FilterChain chain(ChainKey key) {
        return byKey.get(key);
    }

    public ImmutableMap<ChainKey, FilterChain> chains() {
        return byKey;
    }

    /** What makes two versions of a filter chain the same chain: its name (which may be empty) and its criteria. */
    public record ChainKey(String name, FilterChainMatch match) {
        public static ChainKey of(FilterChain chain) {
            return new ChainKey(chain.name(), chain.match());
        }
    }
}
