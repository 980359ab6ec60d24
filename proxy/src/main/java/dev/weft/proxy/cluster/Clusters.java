package dev.weft.proxy.cluster;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The running clusters by name: published with one volatile write, found with one volatile read.
 *
 * <p>Written by the control thread only. A cluster whose configuration is equal to the one before runs on; one that changed is
 * replaced, and the old one drains. Endpoints come on their own path and never replace a cluster.
 */
public final class Clusters implements AutoCloseable {
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMinutes(10);

    private final ClusterEnvironment environment;
    private volatile Map<String, Cluster> byName = Map.of();

    @GuardedBy("this")
    private final Map<String, EndpointSet> endpointSets = new HashMap<>();

    @GuardedBy("this")
    private final Map<Cluster, NameDiscovery> names = new LinkedHashMap<>();

    public Clusters(ClusterEnvironment environment) {
        this.environment = environment;
        for (Loop loop : environment.loops()) {
            loop.eventLoop().execute(() -> new Sweeper(loop).onTimer());
        }
    }

    /** The running cluster, or null where the configuration names none. */
    public @Nullable Cluster find(String name) {
        return byName.get(name);
    }

    /** All of them, in the order of their names. */
    public Collection<Cluster> all() {
        return new TreeMap<>(byName).values();
    }

    /** Runs exactly these clusters from now on. */
    public synchronized void publish(Collection<dev.weft.model.cluster.Cluster> configs) {
        Map<String, Cluster> before = byName;
        Map<String, Cluster> next = HashMap.newHashMap(configs.size());
        List<Cluster> made = new ArrayList<>();
        for (dev.weft.model.cluster.Cluster config : configs) {
            Cluster running = before.get(config.name());
            if (running == null || !same(running.config(), config)) {
                running = new Cluster(config, firstEndpoints(config), environment);
                made.add(running);
            }
            next.put(config.name(), running);
        }
        for (Cluster cluster : made) {
            startDiscovery(cluster);
        }
        byName = next;
        for (Cluster old : before.values()) {
            if (next.get(old.name()) != old) {
                NameDiscovery discovery = names.remove(old);
                if (discovery != null) {
                    discovery.stop();
                }
                old.retire();
            }
        }
    }

    /** Most configurations are the very objects of the time before. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean same(dev.weft.model.cluster.Cluster one, dev.weft.model.cluster.Cluster other) {
        return one == other || one.equals(other);
    }

    /** The endpoints of the clusters with this EDS service name, also of those to come. */
    public synchronized void publish(EndpointSet set) {
        endpointSets.put(set.name(), set);
        for (Cluster cluster : byName.values()) {
            if (serviceName(cluster.config()).equals(set.name())) {
                cluster.update(set);
            }
        }
    }

    /** Exactly these endpoint sets are known from now on, by service name; those that are gone leave no endpoint. */
    public synchronized void publishEndpoints(Map<String, EndpointSet> sets) {
        Map<String, EndpointSet> changed = new HashMap<>();
        for (Map.Entry<String, EndpointSet> entry : sets.entrySet()) {
            if (!entry.getValue().equals(endpointSets.get(entry.getKey()))) {
                changed.put(entry.getKey(), entry.getValue());
            }
        }
        for (String known : endpointSets.keySet()) {
            if (!sets.containsKey(known)) {
                changed.put(known, EndpointSet.empty(known));
            }
        }
        endpointSets.clear();
        endpointSets.putAll(sets);
        if (changed.isEmpty()) {
            return;
        }
        for (Cluster cluster : byName.values()) {
            EndpointSet set = changed.get(serviceName(cluster.config()));
            if (set != null) {
                cluster.update(set);
            }
        }
    }

    /** Runs {@code task} on the control thread once every name of a DNS cluster has been asked for at least once. */
    public synchronized void whenNamesAsked(Runnable task) {
        List<NameDiscovery> pending = new ArrayList<>();
        for (NameDiscovery discovery : names.values()) {
            if (!discovery.hasAnswered()) {
                pending.add(discovery);
            }
        }
        if (pending.isEmpty()) {
            environment.control().execute(task);
            return;
        }
        Runnable again = () -> whenNamesAsked(task);
        pending.getFirst().whenAnswered(again);
    }

    @GuardedBy("this")
    private EndpointSet firstEndpoints(dev.weft.model.cluster.Cluster config) {
        return switch (config.discovery()) {
            case Discovery.Eds eds -> {
                EndpointSet known = endpointSets.get(serviceName(config));
                yield known == null ? EndpointSet.empty(serviceName(config)) : known;
            }
            case Discovery.Static fixed -> fixed.endpoints();
            case Discovery.StrictDns dns -> EndpointSet.empty(config.name());
            case Discovery.LogicalDns dns -> EndpointSet.empty(config.name());
            case Discovery.OriginalDestination dialled -> EndpointSet.empty(config.name());
        };
    }

    @GuardedBy("this")
    private void startDiscovery(Cluster cluster) {
        NameDiscovery discovery = switch (cluster.config().discovery()) {
            case Discovery.StrictDns dns ->
                new NameDiscovery(cluster, dns.endpoints(), dns.refresh(), NameDiscovery.Mode.STRICT, environment);
            case Discovery.LogicalDns dns ->
                new NameDiscovery(cluster, dns.endpoints(), dns.refresh(), NameDiscovery.Mode.LOGICAL, environment);
            case Discovery.Eds eds -> null;
            case Discovery.Static fixed -> null;
            case Discovery.OriginalDestination dialled -> null;
        };
        if (discovery != null) {
            names.put(cluster, discovery);
            discovery.start();
        }
    }

    private static String serviceName(dev.weft.model.cluster.Cluster config) {
        if (!(config.discovery() instanceof Discovery.Eds eds)) {
            return "";
        }
        return eds.serviceName().isEmpty() ? config.name() : eds.serviceName();
    }

    /** Statistics of every cluster that was used, by name. */
    public ImmutableMap<String, ClusterCounters> counters() {
        ImmutableMap.Builder<String, ClusterCounters> counters = ImmutableMap.builder();
        for (Cluster cluster : all()) {
            if (cluster.isUsed()) {
                counters.put(cluster.name(), cluster.counters());
            }
        }
        return counters.buildOrThrow();
    }

    /** Retires all. */
    @Override
    public void close() {
        publish(java.util.List.of());
    }

    /** Drops, on one loop, what was not used for long. */
    private final class Sweeper extends Timer {
        private final Loop loop;

        Sweeper(Loop loop) {
            this.loop = loop;
        }

        @Override
        protected void onTimer() {
            for (Cluster cluster : byName.values()) {
                cluster.sweep(loop, IDLE.toNanos());
            }
            loop.schedule(this, SWEEP_EVERY.toNanos());
        }
    }
}
