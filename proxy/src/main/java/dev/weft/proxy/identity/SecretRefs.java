package dev.weft.proxy.identity;

import com.google.common.collect.ImmutableSet;
import dev.weft.model.ProxyConfig;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Transport;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.Listener;
import dev.weft.model.tls.SecretRef;
import dev.weft.model.tls.TlsContext;

/** Finds the secrets that a configuration refers to: what has to be subscribed, or read from files. Pure. */
public final class SecretRefs {
    private SecretRefs() {}

    public static ImmutableSet<SecretRef> in(ProxyConfig config) {
        ImmutableSet.Builder<SecretRef> refs = ImmutableSet.builder();
        config.listeners().values().forEach(listener -> refs.addAll(in(listener)));
        config.clusters().values().forEach(cluster -> refs.addAll(in(cluster)));
        return refs.build();
    }

    public static ImmutableSet<SecretRef> in(Listener listener) {
        ImmutableSet.Builder<SecretRef> refs = ImmutableSet.builder();
        listener.filterChains().forEach(chain -> collect(chain, refs));
        listener.defaultFilterChain().ifPresent(chain -> collect(chain, refs));
        return refs.build();
    }

    public static ImmutableSet<SecretRef> in(Cluster cluster) {
        ImmutableSet.Builder<SecretRef> refs = ImmutableSet.builder();
        collect(cluster.transport().fallback(), refs);
        cluster.transport().matches().forEach(match -> collect(match.socket(), refs));
        return refs.build();
    }

    private static void collect(FilterChain chain, ImmutableSet.Builder<SecretRef> refs) {
        chain.tls().ifPresent(tls -> collect(tls.context(), refs));
    }

    private static void collect(Transport.Socket socket, ImmutableSet.Builder<SecretRef> refs) {
        switch (socket) {
            case Transport.Plain ignored -> {}
            case Transport.Tls tls -> collect(tls.tls().context(), refs);
        }
    }

    private static void collect(TlsContext context, ImmutableSet.Builder<SecretRef> refs) {
        context.certificate().ifPresent(refs::add);
        context.validation().ifPresent(validation -> refs.add(validation.trust()));
    }
}
