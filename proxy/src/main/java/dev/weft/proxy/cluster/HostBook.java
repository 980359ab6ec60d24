package dev.weft.proxy.cluster;

import com.google.common.collect.ImmutableList;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.cluster.EndpointSet.LocalityEndpoints;
import dev.weft.proxy.balance.HostSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The hosts of a cluster by address: turns endpoint sets into host sets and keeps each host's identity from one to the next.
 * Guarded by its cluster. An address that stands twice in a set is one host, with what stands last.
 */
final class HostBook {
    private final Function<Endpoint, UpstreamHost> maker;
    private Map<Object, UpstreamHost> hosts = new HashMap<>();
    private EndpointSet current = EndpointSet.empty("");
    private long changes;

    HostBook(Function<Endpoint, UpstreamHost> maker) {
        this.maker = maker;
    }

    /** How often hosts came or went. */
    long changes() {
        return changes;
    }

    /** Takes a new set; the hosts that it names no longer are marked removed. */
    Update update(EndpointSet set) {
        Map<Object, UpstreamHost> kept = new HashMap<>();
        boolean added = false;
        for (LocalityEndpoints locality : set.localities()) {
            for (Endpoint endpoint : locality.endpoints()) {
                UpstreamHost host = hosts.get(endpoint.address());
                if (host == null) {
                    host = kept.get(endpoint.address());
                }
                if (host == null) {
                    host = maker.apply(endpoint);
                    added = true;
                } else if (!host.endpoint().equals(endpoint)) {
                    host.endpoint(endpoint);
                }
                kept.put(endpoint.address(), host);
            }
        }
        ImmutableList.Builder<UpstreamHost> removed = ImmutableList.builder();
        for (Map.Entry<Object, UpstreamHost> entry : hosts.entrySet()) {
            if (!kept.containsKey(entry.getKey())) {
                entry.getValue().remove();
                removed.add(entry.getValue());
            }
        }
        hosts = kept;
        current = set;
        ImmutableList<UpstreamHost> gone = removed.build();
        if (added || !gone.isEmpty()) {
            changes++;
        }
        return new Update(hostSet(), gone);
    }

    /** The set as it stands, with the availability that hosts have now. */
    HostSet<UpstreamHost> hostSet() {
        List<HostSet.Group<UpstreamHost>> groups = new ArrayList<>();
        for (LocalityEndpoints locality : current.localities()) {
            ImmutableList.Builder<UpstreamHost> members = ImmutableList.builder();
            for (Endpoint endpoint : locality.endpoints()) {
                UpstreamHost host = hosts.get(endpoint.address());
                if (host == null) {
                    throw new AssertionError("no host for " + endpoint.address().text());
                }
                members.add(host);
            }
            groups.add(new HostSet.Group<>(locality.priority(), locality.weight(), members.build()));
        }
        return HostSet.of(groups);
    }

    record Update(HostSet<UpstreamHost> hosts, ImmutableList<UpstreamHost> removed) {}
}
