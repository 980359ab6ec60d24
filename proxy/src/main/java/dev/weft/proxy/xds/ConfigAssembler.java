package dev.weft.proxy.xds;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import dev.weft.model.ProxyConfig;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.listener.Listener;
import dev.weft.model.route.RouteConfig;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Puts received resources together into a configuration in which nothing refers to what is not there yet ("warming").
 *
 * <p>A new cluster is visible once its endpoints came; a route table once the clusters that it names and that are known are
 * visible; a listener once its route tables are. Until then the version before stays. So a new cluster and a route to it in one edit
 * cause neither a missing cluster nor an empty one, however late the endpoints are. A name that the server says does not exist, or
 * that {@link #giveUpOn} names after its fetch timeout, is waited for no longer. A cluster that is not known at all holds nothing
 * back: routes may name clusters that do not exist (503 NC). A listener or cluster waits for its secrets in the same way; one whose
 * secret does not exist is run, and refuses the connections that need it.
 *
 * <p>Confined to the control thread. Fed by {@link AdsClient}; the result goes to the running proxy.
 */
final class ConfigAssembler {
    private final Map<String, Listener> listeners = new TreeMap<>();
    private final Map<String, RouteConfig> routes = new TreeMap<>();
    private final Map<String, Cluster> clusters = new TreeMap<>();
    private final Map<String, EndpointSet> endpoints = new TreeMap<>();
    private final Set<String> missingEndpoints = new HashSet<>();
    private final Set<String> missingRoutes = new HashSet<>();
    private final Set<String> secrets = new HashSet<>();
    private final Set<String> missingSecrets = new HashSet<>();
    private ProxyConfig published = ProxyConfig.EMPTY;

    void put(Listener listener) {
        listeners.put(listener.name(), listener);
    }

    void put(RouteConfig table) {
        routes.put(table.name(), table);
        missingRoutes.remove(table.name());
    }

    void put(Cluster cluster) {
        clusters.put(cluster.name(), cluster);
    }

    void put(EndpointSet set) {
        endpoints.put(set.name(), set);
        missingEndpoints.remove(set.name());
    }

    /** A secret came; what is in it is not this class's business. */
    void putSecret(String name) {
        secrets.add(name);
        missingSecrets.remove(name);
    }

    void remove(XdsType type, String name) {
        switch (type) {
            case LISTENER -> listeners.remove(name);
            case CLUSTER -> clusters.remove(name);
            case ENDPOINTS -> {
                endpoints.remove(name);
                missingEndpoints.add(name);
            }
            case SECRETS -> {
                secrets.remove(name);
                missingSecrets.add(name);
            }
            case ROUTES -> {
                routes.remove(name);
                missingRoutes.add(name);
            }
            case NAME_TABLE -> {}
        }
    }

    /** What is still waited for of a type has taken too long: go on without it. */
    void giveUpOn(XdsType type, Set<String> names) {
        switch (type) {
            case ENDPOINTS -> missingEndpoints.addAll(names);
            case ROUTES -> missingRoutes.addAll(names);
            case SECRETS -> missingSecrets.addAll(names);
            case LISTENER, CLUSTER, NAME_TABLE ->
                throw new IllegalArgumentException(type + " is not asked for by name");
        }
    }

    /** The EDS names to ask for. */
    ImmutableSet<String> wantedEndpoints() {
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        clusters.values().forEach(cluster -> {
            if (cluster.discovery() instanceof Discovery.Eds(String name)) {
                names.add(name);
            }
        });
        return names.build();
    }

    ImmutableSet<String> wantedRoutes() {
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        listeners.values().forEach(listener -> names.addAll(References.routeTables(listener)));
        return names.build();
    }

    /** The secrets to ask the server for. */
    ImmutableSet<String> wantedSecrets() {
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        listeners.values().forEach(listener -> names.addAll(References.secrets(listener)));
        clusters.values().forEach(cluster -> names.addAll(References.secrets(cluster)));
        return names.build();
    }

    /** The secrets that have come and that something still uses. */
    ImmutableSet<String> secrets() {
        return ImmutableSet.copyOf(secrets);
    }

    /** Names asked for that neither came nor were given up. */
    ImmutableSet<String> awaited(XdsType type) {
        Set<String> names = switch (type) {
            case ENDPOINTS -> missing(wantedEndpoints(), endpoints.keySet(), missingEndpoints);
            case ROUTES -> missing(wantedRoutes(), routes.keySet(), missingRoutes);
            case SECRETS -> missing(wantedSecrets(), secrets, missingSecrets);
            case LISTENER, CLUSTER, NAME_TABLE -> Set.of();
        };
        return ImmutableSet.copyOf(names);
    }

    private static Set<String> missing(Set<String> wanted, Set<String> there, Set<String> givenUp) {
        Set<String> names = new TreeSet<>(wanted);
        names.removeAll(there);
        names.removeAll(givenUp);
        return names;
    }

    /** Whether nothing is waited for: every resource in its last version is part of the configuration. */
    boolean isWarm() {
        return published.listeners().equals(listeners)
                && published.clusters().equals(clusters)
                && awaited(XdsType.ENDPOINTS).isEmpty()
                && awaited(XdsType.ROUTES).isEmpty()
                && awaited(XdsType.SECRETS).isEmpty();
    }

    /** The configuration as far as it can be run. */
    ProxyConfig assemble() {
        ImmutableSet<String> wantedEndpoints = wantedEndpoints();
        ImmutableSet<String> wantedRoutes = wantedRoutes();
        endpoints.keySet().retainAll(wantedEndpoints);
        missingEndpoints.retainAll(wantedEndpoints);
        routes.keySet().retainAll(wantedRoutes);
        missingRoutes.retainAll(wantedRoutes);
        ImmutableSet<String> wantedSecrets = wantedSecrets();
        missingSecrets.retainAll(wantedSecrets);

        Map<String, Cluster> warmClusters = new TreeMap<>();
        clusters.forEach((name, cluster) -> {
            Cluster before = published.clusters().get(name);
            if (isWarm(cluster)) {
                warmClusters.put(name, cluster);
            } else if (before != null) {
                warmClusters.put(name, before);
            }
        });
        Map<String, RouteConfig> warmRoutes = new TreeMap<>();
        routes.forEach((name, table) -> {
            RouteConfig before = published.routes().get(name);
            if (allThere(References.clusters(table), warmClusters)) {
                warmRoutes.put(name, table);
            } else if (before != null) {
                warmRoutes.put(name, before);
            }
        });
        Map<String, Listener> warmListeners = new TreeMap<>();
        listeners.forEach((name, listener) -> {
            Listener before = published.listeners().get(name);
            if (isWarm(listener, warmClusters, warmRoutes)) {
                warmListeners.put(name, listener);
            } else if (before != null) {
                warmListeners.put(name, before);
            }
        });
        // A listener that is kept in its old version keeps the table that it names, though nobody asks for it any more.
        warmListeners
                .values()
                .forEach(listener -> References.routeTables(listener).forEach(name -> {
                    RouteConfig before = published.routes().get(name);
                    if (before != null) {
                        warmRoutes.putIfAbsent(name, before);
                    }
                }));
        published = new ProxyConfig(
                ImmutableSortedMap.copyOf(warmListeners),
                ImmutableSortedMap.copyOf(warmRoutes),
                ImmutableSortedMap.copyOf(warmClusters),
                ImmutableSortedMap.copyOf(endpoints));
        // What is kept in its old version keeps its secrets, too.
        Set<String> usedSecrets = new HashSet<>(wantedSecrets);
        warmListeners.values().forEach(listener -> usedSecrets.addAll(References.secrets(listener)));
        warmClusters.values().forEach(cluster -> usedSecrets.addAll(References.secrets(cluster)));
        secrets.retainAll(usedSecrets);
        return published;
    }

    private boolean isWarm(Cluster cluster) {
        boolean placed = !(cluster.discovery() instanceof Discovery.Eds(String name))
                || endpoints.containsKey(name)
                || missingEndpoints.contains(name);
        return placed && haveCome(References.secrets(cluster));
    }

    private boolean isWarm(Listener listener, Map<String, Cluster> warmClusters, Map<String, RouteConfig> warmRoutes) {
        return allThere(References.clusters(listener), warmClusters)
                && haveCome(References.secrets(listener))
                && References.routeTables(listener).stream()
                        .allMatch(name -> warmRoutes.containsKey(name) || missingRoutes.contains(name));
    }

    /** Whether each secret is there, or there is none: then only what needs it does not work. */
    private boolean haveCome(Set<String> names) {
        return names.stream().allMatch(name -> secrets.contains(name) || missingSecrets.contains(name));
    }

    /** Whether every cluster that is known is visible as well. */
    private boolean allThere(Set<String> names, Map<String, Cluster> warmClusters) {
        for (String name : names) {
            if (clusters.containsKey(name) && !warmClusters.containsKey(name)) {
                return false;
            }
        }
        return true;
    }
}
