package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.ListenerFilter;
import java.util.Optional;

/** Listeners that several services have in common. Pure. */
final class SharedListeners {
    private SharedListeners() {}

    /** Services that share an address and a port share its listener; of those with equal criteria the first one stays. */
    static Listener merged(Listener first, Listener second) {
        ImmutableList.Builder<FilterChain> chains = ImmutableList.builder();
        chains.addAll(first.filterChains());
        second.filterChains().stream()
                .filter(c ->
                        first.filterChains().stream().noneMatch(f -> f.match().equals(c.match())))
                .forEach(chains::add);
        ImmutableSet<ListenerFilter> filters = ImmutableSet.<ListenerFilter>builder()
                .addAll(first.inspection().filters())
                .addAll(second.inspection().filters())
                .build();
        Listener both = new Listener(
                first.name(),
                first.address(),
                first.bindToPort(),
                first.useOriginalDestination(),
                first.direction(),
                new Listener.Inspection(
                        filters.asList(),
                        first.inspection().timeout(),
                        first.inspection().continueOnTimeout()),
                first.filterChains(),
                first.defaultFilterChain(),
                first.accessLogs(),
                first.bufferLimit(),
                first.sockets());
        return withChains(both, chains.build(), first.defaultFilterChain().or(second::defaultFilterChain));
    }

    /** For connections that no chain fits. */
    static Listener withFallback(Listener listener, FilterChain fallback) {
        return withChains(listener, listener.filterChains(), Optional.of(fallback));
    }

    private static Listener withChains(
            Listener listener, ImmutableList<FilterChain> chains, Optional<FilterChain> otherwise) {
        return new Listener(
                listener.name(),
                listener.address(),
                listener.bindToPort(),
                listener.useOriginalDestination(),
                listener.direction(),
                listener.inspection(),
                chains,
                otherwise,
                listener.accessLogs(),
                listener.bufferLimit(),
                listener.sockets());
    }
}
