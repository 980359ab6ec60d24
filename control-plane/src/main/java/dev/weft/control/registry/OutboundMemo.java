package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.weft.control.registry.ProxyView.Outbound;
import dev.weft.resources.Resource;
import dev.weft.resources.Sidecar;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Remembers the outbound side of views: callers that see the same share it, and it outlives snapshots that differ in their endpoints
 * only. Safe for many threads.
 *
 * <p>Why: the outbound side of a mesh of a thousand services is by far the largest part of a view, and is the same for all workloads of
 * a namespace. Shared, it is cut once, and views that have the same one are compared by identity.
 */
final class OutboundMemo {

    /**
     * What the outbound side depends on, of the caller.
     *
     * @param labels empty where no rule of the namespace selects by them
     * @param dns whether hosts without an address are given one
     */
    record Caller(
            String namespace,
            ImmutableMap<String, String> labels,
            Optional<Sidecar> sidecar,
            ClientNode.DnsCapture dns) {}

    private final ImmutableList<Resource> configuration;
    private final ImmutableMap<String, ImmutableSet<String>> peerAccounts;
    private final Map<Caller, Outbound> known = new ConcurrentHashMap<>();

    /**
     * What the outbound side depends on, of the mesh.
     *
     * @param configuration all resources but those that only say which workloads there are
     */
    OutboundMemo(ImmutableList<Resource> configuration, ImmutableMap<String, ImmutableSet<String>> peerAccounts) {
        this.configuration = configuration;
        this.peerAccounts = peerAccounts;
    }

    boolean holdsFor(OutboundMemo other) {
        return configuration.equals(other.configuration) && peerAccounts.equals(other.peerAccounts);
    }

    Outbound of(Caller caller, Supplier<Outbound> cut) {
        return known.computeIfAbsent(caller, missing -> cut.get());
    }
}
