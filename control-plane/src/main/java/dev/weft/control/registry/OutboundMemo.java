package dev.weft.control.registry;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.weft.control.registry.ProxyView.Outbound;
import dev.weft.resources.Sidecar;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Remembers the outbound side of views for one {@link Configuration}: callers that see the same share it. Safe for many threads.
 *
 * <p>Why: the outbound side of a mesh of a thousand services is by far the largest part of a view, and is the same for all workloads of
 * a namespace. Shared, it is cut once, and views that have the same one are compared by identity. One that is as it was in the configuration before
 * is the very same.
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

    /** A side, and the ports that it sees; sides that see the same have the very same set. */
    record Side(Outbound outbound, ImmutableSet<EndpointKey> ports) {}

    private final Map<Caller, Side> last;
    private final Map<Caller, Side> known = new ConcurrentHashMap<>();
    private final Map<ImmutableSet<EndpointKey>, ImmutableSet<EndpointKey>> sets = new ConcurrentHashMap<>();

    OutboundMemo(Optional<OutboundMemo> before) {
        // Not the memo itself, which would hold the one before it.
        this.last = before.map(memo -> memo.known).orElse(Map.of());
        before.ifPresent(memo -> memo.known.values().forEach(side -> sets.put(side.ports(), side.ports())));
    }

    Side of(Caller caller, Supplier<Outbound> cut) {
        return known.computeIfAbsent(caller, missing -> {
            Outbound fresh = cut.get();
            Side before = last.get(missing);
            return before != null && before.outbound().equals(fresh) ? before : side(fresh);
        });
    }

    Side side(Outbound outbound) {
        ImmutableSet.Builder<EndpointKey> ports = ImmutableSet.builder();
        for (MeshService service : ProxyViews.services(outbound.scopes())) {
            service.ports().forEach(port -> ports.add(EndpointKey.of(service, port)));
        }
        ImmutableSet<EndpointKey> built = ports.build();
        ImmutableSet<EndpointKey> same = sets.putIfAbsent(built, built);
        return new Side(outbound, same == null ? built : same);
    }
}
