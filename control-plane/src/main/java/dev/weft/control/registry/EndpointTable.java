package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who stands behind each service port, and by which identities the workloads behind a host prove themselves: what changes all the time, apart from
 * what changes when somebody writes. Immutable; made by {@link RegistrySnapshot}, for the whole mesh and for what one outbound side may see.
 *
 * <p>The surprising rule: a table that follows another one knows in which hosts it differs, so that who holds the one before looks at
 * these and at nothing else. It names its predecessor without holding it.
 */
@Immutable
public final class EndpointTable {
    public static final EndpointTable EMPTY = of(ImmutableMap.of(), ImmutableMap.of());

    private final ImmutableMap<EndpointKey, ImmutableList<MeshEndpoint>> byPort;
    private final ImmutableMap<String, ImmutableSet<String>> accounts;
    private final ImmutableListMultimap<String, EndpointKey> byHost;
    private final Mark mark = new Mark();

    /** The mark of the table that this one follows. */
    private final @Nullable Mark predecessor;

    private final ImmutableSet<String> changed;

    /** What a table is known by when it is gone. */
    @Immutable
    private static final class Mark {}

    private EndpointTable(
            ImmutableMap<EndpointKey, ImmutableList<MeshEndpoint>> byPort,
            ImmutableMap<String, ImmutableSet<String>> accounts,
            ImmutableListMultimap<String, EndpointKey> byHost,
            @Nullable Mark predecessor,
            ImmutableSet<String> changed) {
        this.byPort = byPort;
        this.accounts = accounts;
        this.byHost = byHost;
        this.predecessor = predecessor;
        this.changed = changed;
    }

    /** @param accounts by host name: the SPIFFE ids of its endpoints, sorted; hosts without any are left out */
    static EndpointTable of(
            ImmutableMap<EndpointKey, ImmutableList<MeshEndpoint>> byPort,
            ImmutableMap<String, ImmutableSet<String>> accounts) {
        ImmutableListMultimap.Builder<String, EndpointKey> byHost = ImmutableListMultimap.builder();
        byPort.keySet().forEach(key -> byHost.put(key.hostname(), key));
        return new EndpointTable(byPort, accounts, byHost.build(), null, ImmutableSet.of());
    }

    /** The table of a later moment; this very one where nothing is another. */
    EndpointTable followedBy(
            ImmutableMap<EndpointKey, ImmutableList<MeshEndpoint>> newer,
            ImmutableMap<String, ImmutableSet<String>> newerAccounts) {
        ImmutableSet.Builder<String> hosts = ImmutableSet.builder();
        newer.forEach((key, endpoints) -> {
            if (!endpoints.equals(byPort.get(key))) {
                hosts.add(key.hostname());
            }
        });
        byPort.keySet().stream().filter(key -> !newer.containsKey(key)).forEach(key -> hosts.add(key.hostname()));
        newerAccounts.forEach((host, ids) -> {
            if (!ids.equals(accounts.get(host))) {
                hosts.add(host);
            }
        });
        accounts.keySet().stream()
                .filter(host -> !newerAccounts.containsKey(host))
                .forEach(hosts::add);
        ImmutableSet<String> differing = hosts.build();
        if (differing.isEmpty()) {
            return this;
        }
        if (newer.keySet().equals(byPort.keySet())) {
            return new EndpointTable(newer, newerAccounts, byHost, mark, differing);
        }
        EndpointTable fresh = of(newer, newerAccounts);
        return new EndpointTable(newer, newerAccounts, fresh.byHost, mark, differing);
    }

    /** What is in here of {@code mesh} now, for the very same ports, if of the mesh only {@code hosts} are others. */
    EndpointTable followedBy(EndpointTable mesh, ImmutableSet<String> hosts) {
        ImmutableSet<String> differing = hosts.stream()
                .filter(host -> byHost.containsKey(host)
                        && (!accounts(host).equals(mesh.accounts(host))
                                || byHost.get(host).stream()
                                        .anyMatch(key -> !endpoints(key).equals(mesh.endpoints(key)))))
                .collect(ImmutableSet.toImmutableSet());
        if (differing.isEmpty()) {
            return this;
        }
        ImmutableMap.Builder<EndpointKey, ImmutableList<MeshEndpoint>> endpoints =
                ImmutableMap.builderWithExpectedSize(byPort.size());
        byPort.forEach(
                (key, last) -> endpoints.put(key, differing.contains(key.hostname()) ? mesh.endpoints(key) : last));
        return new EndpointTable(endpoints.buildOrThrow(), mesh.accountsOf(byHost.keySet()), byHost, mark, differing);
    }

    /** The part for some ports. */
    EndpointTable only(ImmutableSet<EndpointKey> ports) {
        ImmutableMap.Builder<EndpointKey, ImmutableList<MeshEndpoint>> endpoints =
                ImmutableMap.builderWithExpectedSize(ports.size());
        ImmutableSet.Builder<String> hosts = ImmutableSet.builder();
        ports.forEach(port -> {
            endpoints.put(port, endpoints(port));
            hosts.add(port.hostname());
        });
        return of(endpoints.buildOrThrow(), accountsOf(hosts.build()));
    }

    private ImmutableMap<String, ImmutableSet<String>> accountsOf(ImmutableSet<String> hosts) {
        if (hosts.containsAll(accounts.keySet())) {
            return accounts;
        }
        ImmutableMap.Builder<String, ImmutableSet<String>> some = ImmutableMap.builder();
        accounts.forEach((host, ids) -> {
            if (hosts.contains(host)) {
                some.put(host, ids);
            }
        });
        return some.buildOrThrow();
    }

    ImmutableMap<EndpointKey, ImmutableList<MeshEndpoint>> byPort() {
        return byPort;
    }

    public ImmutableList<MeshEndpoint> endpoints(EndpointKey key) {
        return byPort.getOrDefault(key, ImmutableList.of());
    }

    /** The SPIFFE ids of a host's endpoints, sorted. */
    public ImmutableSet<String> accounts(String hostname) {
        return accounts.getOrDefault(hostname, ImmutableSet.of());
    }

    /** The hosts in which this differs from {@code earlier}; absent where that is not known without looking at all of them. */
    public Optional<ImmutableSet<String>> changedSince(EndpointTable earlier) {
        if (mark == earlier.mark) {
            return Optional.of(ImmutableSet.of());
        }
        return follows(earlier) ? Optional.of(changed) : Optional.empty();
    }

    /** A table is never made to follow one that it is equal to. */
    private boolean follows(EndpointTable other) {
        return predecessor == other.mark;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (this == other) {
            return true;
        }
        return other instanceof EndpointTable that
                && !follows(that)
                && !that.follows(this)
                && accounts.equals(that.accounts)
                && byPort.equals(that.byPort);
    }

    @Override
    public int hashCode() {
        return 31 * byPort.size() + accounts.size();
    }

    @Override
    public String toString() {
        return "EndpointTable[ports=" + byPort.size() + "]";
    }
}
