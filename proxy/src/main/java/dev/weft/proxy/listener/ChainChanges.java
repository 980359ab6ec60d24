package dev.weft.proxy.listener;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSetMultimap;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.proxy.config.ListenerSnapshot;
import dev.weft.proxy.config.ListenerSnapshot.ChainKey;
import java.util.Map;

/**
 * What becomes of the filter chains of live connections when {@link Listeners} goes from one configuration to the next. Pure.
 *
 * @param gone by listener, the chains whose connections must end: they went, or they now speak another transport
 * @param changed the chains whose connections go on by other rules
 */
record ChainChanges(ImmutableSetMultimap<String, ChainKey> gone, ImmutableList<Changed> changed) {
    static ChainChanges between(ListenerIndex before, ListenerIndex now) {
        ImmutableSetMultimap.Builder<String, ChainKey> gone = ImmutableSetMultimap.builder();
        ImmutableList.Builder<Changed> changed = ImmutableList.builder();
        for (ListenerSnapshot old : before.byName().values()) {
            String name = old.listener().name();
            ListenerSnapshot newer = now.byName().get(name);
            if (newer == old) {
                continue;
            }
            for (Map.Entry<ChainKey, FilterChain> entry : old.chains().entrySet()) {
                FilterChain chain = newer == null ? null : newer.chain(entry.getKey());
                if (chain == null || !keepsConnections(entry.getValue(), chain)) {
                    gone.put(name, entry.getKey());
                } else if (!chain.equals(entry.getValue())) {
                    changed.add(new Changed(name, entry.getKey(), chain));
                }
            }
        }
        return new ChainChanges(gone.build(), changed.build());
    }

    boolean isGone(String listener, ChainKey chain) {
        return gone.containsEntry(listener, chain);
    }

    /** A connection cannot change its transport, nor from HTTP to bytes. */
    private static boolean keepsConnections(FilterChain old, FilterChain now) {
        return old.tls().equals(now.tls()) && speaksHttp(old) == speaksHttp(now);
    }

    private static boolean speaksHttp(FilterChain chain) {
        return !chain.filters().isEmpty()
                && chain.filters().get(chain.filters().size() - 1) instanceof NetworkFilter.Http;
    }

    /** A chain of a listener, as it is now. */
    record Changed(String listener, ChainKey key, FilterChain chain) {}
}
