package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
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
import java.util.TreeMap;

/**
 * Translates what one proxy may read into what it must do. Pure: equal views give equal configurations. The whole signature is the
 * view, so no input can be forgotten.
 */
public final class ProxyTranslator {
    private ProxyTranslator() {}

    public static ProxyConfig translate(ProxyView view) {
        return merged(translateOutbound(view.outboundSide()), translateInbound(view));
    }

    /** What the workload may call, or what a gateway opens. Views with equal outbound sides share it. */
    public static ProxyConfig translateOutbound(ProxyView side) {
        Map<String, Listener> listeners = new TreeMap<>();
        Map<String, RouteConfig> routes = new TreeMap<>();
        Map<String, Cluster> clusters = new TreeMap<>();
        Map<String, EndpointSet> endpoints = new TreeMap<>();
        new ClusterTranslator(side).translate((cluster, set) -> {
            clusters.putIfAbsent(cluster.name(), cluster);
            set.ifPresent(s -> endpoints.putIfAbsent(s.name(), s));
        });
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
                ImmutableSortedMap.copyOf(listeners),
                ImmutableSortedMap.copyOf(routes),
                ImmutableSortedMap.copyOf(clusters),
                ImmutableSortedMap.copyOf(endpoints));
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
     * The configuration of an outbound side that differs from an earlier one in its endpoints only: routes do not read them, listeners only those of
     * headless services, and a cluster its own service's. Gives what {@link #translateOutbound} gives, sooner.
     *
     * @param earlier the side before
     * @param before the configuration of that side
     */
    public static ProxyConfig translateEndpoints(ProxyView view, ProxyView earlier, ProxyConfig before) {
        List<MeshService> changed = view.outbound().services().stream()
                .filter(service -> service.ports().stream()
                        .anyMatch(port -> !view.endpoints(service, port).equals(earlier.endpoints(service, port))))
                .toList();
        boolean listeners = view.proxy().interception() != ProxyFacts.Interception.NONE
                && changed.stream()
                        .anyMatch(service -> service.ports().stream()
                                .anyMatch(port -> OutboundTranslator.listensPerEndpoint(service, port)));
        if (listeners) {
            return translateOutbound(view);
        }
        Map<String, Cluster> outbound = new TreeMap<>();
        Map<String, EndpointSet> endpoints = new TreeMap<>();
        new ClusterTranslator(view).translate(changed, (cluster, set) -> {
            outbound.putIfAbsent(cluster.name(), cluster);
            set.ifPresent(s -> endpoints.putIfAbsent(s.name(), s));
        });
        return new ProxyConfig(
                before.listeners(),
                before.routes(),
                changed(before.clusters(), outbound),
                changed(before.endpoints(), endpoints));
    }

    /** The very map where nothing in it is another. */
    private static <V> ImmutableSortedMap<String, V> changed(
            ImmutableSortedMap<String, V> before, Map<String, V> parts) {
        if (before.entrySet().containsAll(parts.entrySet())) {
            return before;
        }
        TreeMap<String, V> all = new TreeMap<>(before);
        all.putAll(parts);
        return ImmutableSortedMap.copyOf(all);
    }
}
