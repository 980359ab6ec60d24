package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import com.google.errorprone.annotations.Immutable;
import dev.weft.control.registry.ProxyView.InboundPort;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All services joined with the workloads behind them. Immutable.
 *
 * <p>What a service's endpoints are made of is remembered with them: where all of it is the very same in the next snapshot, so are its endpoints,
 * and nothing is joined. So a change of an endpoint joins the services that it stands behind and no other, and a change of a rule none.
 */
@Immutable
@SuppressWarnings("Immutable") // the map is written by its maker only
final class EndpointJoin {

    private final EndpointTable table;
    private final ImmutableListMultimap<ObjectName, InboundPort> byHand;
    private final Map<Services.Declared, Service> services;
    private final int joined;

    /**
     * One service.
     *
     * @param reads all that was read for it
     * @param accounts the SPIFFE ids of its endpoints, sorted
     */
    private record Service(List<Object> reads, Endpoints.Joined endpoints, ImmutableSet<String> accounts) {

        /** By identity: to compare what they say would cost as much as to join. */
        @SuppressWarnings("ReferenceEquality")
        private boolean madeOf(List<Object> others) {
            if (reads.size() != others.size()) {
                return false;
            }
            for (int i = 0; i < others.size(); i++) {
                if (reads.get(i) != others.get(i)) {
                    return false;
                }
            }
            return true;
        }
    }

    private EndpointJoin(
            EndpointTable table,
            ImmutableListMultimap<ObjectName, InboundPort> byHand,
            Map<Services.Declared, Service> services,
            int joined) {
        this.table = table;
        this.byHand = byHand;
        this.services = services;
        this.joined = joined;
    }

    /**
     * Where endpoints come from.
     *
     * @param cluster that they are of; the same for as long as the program runs
     */
    record Sources(Workloads workloads, Slices slices, String cluster) {}

    static EndpointJoin of(Configuration configuration, Sources sources, Optional<EndpointJoin> before) {
        Map<Services.Declared, Service> known =
                before.map(last -> last.services).orElse(Map.of());
        Map<Services.Declared, Service> services = new IdentityHashMap<>();
        Map<MeshService, Service> targets = new IdentityHashMap<>();
        int joined = 0;
        for (Services.Declared declared : configuration.declared()) {
            if (declared instanceof Services.Declared.Alias) {
                continue;
            }
            List<Object> reads = Endpoints.reads(declared, sources);
            reads.add(configuration.peerAuthentications());
            reads.add(configuration.mesh());
            Service last = known.get(declared);
            Service now = last;
            if (now == null || !now.madeOf(reads)) {
                Endpoints.Joined endpoints = Endpoints.join(declared, configuration.peerAuthentications(), sources);
                now = service(
                        configuration,
                        declared.service(),
                        reads,
                        last == null ? endpoints : endpoints.keeping(last.endpoints()));
                joined++;
            }
            services.put(declared, now);
            targets.put(declared.service(), now);
        }
        for (Services.Declared declared : configuration.declared()) {
            if (declared instanceof Services.Declared.Alias(MeshService alias, MeshService target)) {
                Service of = targets.get(target);
                if (of == null) {
                    throw new AssertionError("a name of a service that is not there: " + alias.hostname());
                }
                services.put(declared, service(configuration, alias, List.of(), alias(alias, target, of.endpoints())));
            }
        }
        return of(configuration, services, joined, before);
    }

    private static EndpointJoin of(
            Configuration configuration,
            Map<Services.Declared, Service> services,
            int joined,
            Optional<EndpointJoin> before) {
        ImmutableMap.Builder<EndpointKey, ImmutableList<MeshEndpoint>> byPort = ImmutableMap.builder();
        ImmutableListMultimap.Builder<ObjectName, InboundPort> byHand = ImmutableListMultimap.builder();
        Map<String, ImmutableSet<String>> accounts = new HashMap<>();
        for (Services.Declared declared : configuration.declared()) {
            Service service = services.get(declared);
            if (service == null) {
                throw new AssertionError("not joined: " + declared.service().hostname());
            }
            byPort.putAll(service.endpoints().byPort());
            byHand.putAll(service.endpoints().byHand());
            if (!service.accounts().isEmpty()) {
                // Two namespaces may declare one host.
                accounts.merge(
                        declared.service().hostname(),
                        service.accounts(),
                        (one, other) -> ImmutableSortedSet.<String>naturalOrder()
                                .addAll(one)
                                .addAll(other)
                                .build());
            }
        }
        ImmutableMap<EndpointKey, ImmutableList<MeshEndpoint>> ports = byPort.buildOrThrow();
        ImmutableMap<String, ImmutableSet<String>> ids = ImmutableMap.copyOf(accounts);
        EndpointTable table =
                before.map(last -> last.table.followedBy(ports, ids)).orElseGet(() -> EndpointTable.of(ports, ids));
        ImmutableListMultimap<ObjectName, InboundPort> hands = byHand.build();
        return new EndpointJoin(
                table, before.map(last -> last.byHand).filter(hands::equals).orElse(hands), services, joined);
    }

    private static Service service(
            Configuration configuration, MeshService service, List<Object> reads, Endpoints.Joined endpoints) {
        return new Service(
                reads,
                endpoints,
                accounts(service, endpoints, configuration.mesh().trustDomain()));
    }

    private static Endpoints.Joined alias(MeshService alias, MeshService target, Endpoints.Joined endpoints) {
        ImmutableMap.Builder<EndpointKey, ImmutableList<MeshEndpoint>> byPort = ImmutableMap.builder();
        alias.ports()
                .forEach(port -> byPort.put(
                        EndpointKey.of(alias, port),
                        endpoints.byPort().getOrDefault(EndpointKey.of(target, port), ImmutableList.of())));
        return new Endpoints.Joined(byPort.buildOrThrow(), ImmutableListMultimap.of());
    }

    private static ImmutableSet<String> accounts(MeshService service, Endpoints.Joined joined, String trustDomain) {
        if (service.location() == MeshService.Location.MESH_EXTERNAL) {
            return ImmutableSet.of();
        }
        ImmutableSortedSet.Builder<String> accounts = ImmutableSortedSet.naturalOrder();
        joined.byPort()
                .values()
                .forEach(endpoints -> endpoints.forEach(endpoint -> {
                    if (!endpoint.serviceAccount().isEmpty()) {
                        accounts.add("spiffe://" + trustDomain + "/ns/" + endpoint.namespace() + "/sa/"
                                + endpoint.serviceAccount());
                    }
                }));
        return accounts.build();
    }

    EndpointTable table() {
        return table;
    }

    /** The service ports of pods that no selector tells. */
    ImmutableListMultimap<ObjectName, InboundPort> byHand() {
        return byHand;
    }

    /** How many services were joined for it; all others are as they were. */
    int joined() {
        return joined;
    }
}
