package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import dev.weft.control.registry.MeshService;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.ProxyView;
import dev.weft.model.ProxyConfig;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.http.AccessLog;
import dev.weft.model.listener.Listener;
import dev.weft.model.route.RouteConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Translates what one proxy may read into what it must do. Pure: equal views give equal configurations. The whole signature is the
 * view, so no input can be forgotten.
 */
public final class ProxyTranslator {
    private ProxyTranslator() {}

    public static ProxyConfig translate(ProxyView view) {
        return merged(translateOutbound(view.outboundSide(), new SharedClusters()), translateInbound(view));
    }

    /**
     * What the workload may call, or what a gateway opens. Views with equal outbound sides share it.
     *
     * @param shared clusters of services that look the same from several sides
     */
    public static ProxyConfig translateOutbound(ProxyView side, SharedClusters shared) {
        Map<String, Cluster> clusters = new TreeMap<>();
        Map<String, EndpointSet> endpoints = new TreeMap<>();
        new ClusterTranslator(side, shared).translate((cluster, set) -> {
            clusters.putIfAbsent(cluster.name(), cluster);
            set.ifPresent(s -> endpoints.putIfAbsent(s.name(), s));
        });
        return withListeners(side, ImmutableSortedMap.copyOf(clusters), ImmutableSortedMap.copyOf(endpoints));
    }

    /**
     * The same for a side that differs from an earlier one, which may be in anything, sooner where it can: where clusters would read what they
     * read before, they and their endpoints are kept.
     */
    public static ProxyConfig translateOutbound(
            ProxyView side, ProxyView earlier, ProxyConfig before, SharedClusters shared) {
        boolean sameClusters = side.endpoints().equals(earlier.endpoints())
                && side.mesh().equals(earlier.mesh())
                && side.proxy().equals(earlier.proxy())
                && side.outbound().destinationRules().equals(earlier.outbound().destinationRules())
                && side.outbound().services().equals(earlier.outbound().services());
        return sameClusters
                ? withListeners(side, before.clusters(), before.endpoints())
                : translateOutbound(side, shared);
    }

    private static ProxyConfig withListeners(
            ProxyView side,
            ImmutableSortedMap<String, Cluster> clusters,
            ImmutableSortedMap<String, EndpointSet> endpoints) {
        Map<String, Listener> listeners = new TreeMap<>();
        Map<String, RouteConfig> routes = new TreeMap<>();
        ImmutableList<AccessLog> accessLogs = AccessLogTranslator.translate(side.mesh());
        if (side.gateway().isPresent()) {
            new GatewayTranslator(side, side.gateway().get(), accessLogs)
                    .translate(
                            listener -> listeners.put(listener.name(), listener),
                            table -> routes.put(table.name(), table));
        } else {
            new OutboundTranslator(side, accessLogs)
                    .translate(
                            listener -> listeners.put(listener.name(), listener),
                            table -> routes.put(table.name(), table));
        }
        return new ProxyConfig(
                ImmutableSortedMap.copyOf(listeners), ImmutableSortedMap.copyOf(routes), clusters, endpoints);
    }

    /** What the workload serves; a gateway serves nothing of its own. */
    public static ProxyConfig translateInbound(ProxyView view) {
        if (view.gateway().isPresent()) {
            return ProxyConfig.EMPTY;
        }
        Map<String, Listener> listeners = new TreeMap<>();
        Map<String, Cluster> clusters = new TreeMap<>();
        new InboundTranslator(view, new ClusterTranslator(view), AccessLogTranslator.translate(view.mesh()))
                .translate(
                        listener -> listeners.put(listener.name(), listener),
                        cluster -> clusters.put(cluster.name(), cluster));
        return new ProxyConfig(
                ImmutableSortedMap.copyOf(listeners),
                ImmutableSortedMap.of(),
                ImmutableSortedMap.copyOf(clusters),
                ImmutableSortedMap.of());
    }

    /** Both together; what the workload serves comes first where both need one listener. */
    public static ProxyConfig merged(ProxyConfig outbound, ProxyConfig inbound) {
        return new ProxyConfig(
                merged(outbound.listeners(), inbound.listeners()),
                merged(outbound.routes(), inbound.routes()),
                merged(outbound.clusters(), inbound.clusters()),
                merged(outbound.endpoints(), inbound.endpoints()));
    }

    private static <V> ImmutableSortedMap<String, V> merged(
            ImmutableSortedMap<String, V> outbound, ImmutableSortedMap<String, V> inbound) {
        if (inbound.isEmpty()) {
            return outbound;
        }
        TreeMap<String, V> both = new TreeMap<>(outbound);
        both.putAll(inbound);
        return ImmutableSortedMap.copyOf(both);
    }

    /**
     * How the configuration of an outbound side differs from that of an earlier one from which it differs in its endpoints only: routes do not read
     * them, listeners only those of headless services, and a cluster its own service's. With the earlier one gives what {@link
     * #translateOutbound} gives, sooner.
     *
     * @param earlier the side before
     * @param before the configuration of that side
     * @return empty where listeners are others too
     */
    public static Optional<EndpointChange> translateEndpoints(
            ProxyView view, ProxyView earlier, ProxyConfig before, SharedClusters shared) {
        List<MeshService> changed = changed(view, earlier);
        boolean listeners = view.proxy().interception() != ProxyFacts.Interception.NONE
                && changed.stream()
                        .anyMatch(service -> service.ports().stream()
                                .anyMatch(port -> OutboundTranslator.listensPerEndpoint(service, port)));
        if (listeners) {
            return Optional.empty();
        }
        Map<String, Cluster> clusters = new TreeMap<>();
        Map<String, EndpointSet> endpoints = new TreeMap<>();
        new ClusterTranslator(view, shared).translate(changed, (cluster, set) -> {
            if (!cluster.equals(before.clusters().get(cluster.name()))) {
                clusters.putIfAbsent(cluster.name(), cluster);
            }
            set.filter(s -> !s.equals(before.endpoints().get(s.name())))
                    .ifPresent(s -> endpoints.putIfAbsent(s.name(), s));
        });
        return Optional.of(new EndpointChange(ImmutableMap.copyOf(clusters), ImmutableMap.copyOf(endpoints)));
    }

    private static List<MeshService> changed(ProxyView view, ProxyView earlier) {
        Optional<ImmutableSet<String>> hosts = view.endpoints().changedSince(earlier.endpoints());
        return view.outbound().services().stream()
                .filter(service -> hosts.isPresent()
                        ? hosts.get().contains(service.hostname())
                        : !view.endpoints()
                                        .accounts(service.hostname())
                                        .equals(earlier.endpoints().accounts(service.hostname()))
                                || service.ports().stream()
                                        .anyMatch(port -> !view.endpoints(service, port)
                                                .equals(earlier.endpoints(service, port))))
                .toList();
    }
}
