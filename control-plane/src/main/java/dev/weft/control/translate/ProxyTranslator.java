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
        Map<String, Listener> listeners = new TreeMap<>();
        Map<String, RouteConfig> routes = new TreeMap<>();
        Map<String, Cluster> clusters = new TreeMap<>();
        Map<String, EndpointSet> endpoints = new TreeMap<>();
        ImmutableList<AccessLog> accessLogs = AccessLogTranslator.translate(view.mesh());

        ClusterTranslator clusterTranslator = new ClusterTranslator(view);
        clusterTranslator.translate((cluster, set) -> {
            clusters.putIfAbsent(cluster.name(), cluster);
            set.ifPresent(s -> endpoints.putIfAbsent(s.name(), s));
        });
        if (view.gateway().isPresent()) {
            new GatewayTranslator(view, view.gateway().get(), accessLogs)
                    .translate(
                            listener -> listeners.put(listener.name(), listener),
                            table -> routes.put(table.name(), table));
        } else {
            new OutboundTranslator(view, accessLogs)
                    .translate(
                            listener -> listeners.put(listener.name(), listener),
                            table -> routes.put(table.name(), table));
            new InboundTranslator(view, clusterTranslator, accessLogs)
                    .translate(
                            listener -> listeners.put(listener.name(), listener),
                            cluster -> clusters.put(cluster.name(), cluster));
        }
        return new ProxyConfig(
                ImmutableSortedMap.copyOf(listeners),
                ImmutableSortedMap.copyOf(routes),
                ImmutableSortedMap.copyOf(clusters),
                ImmutableSortedMap.copyOf(endpoints));
    }

    /**
     * The configuration of a view that differs from an earlier one in its endpoints only: routes do not read them, listeners only those of
     * headless services, and a cluster its own service's. Gives what {@link #translate} gives, sooner.
     *
     * @param earlier the view before
     * @param before the configuration of that view
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
            return translate(view);
        }
        Map<String, Cluster> outbound = new TreeMap<>();
        Map<String, EndpointSet> endpoints = new TreeMap<>();
        new ClusterTranslator(view).translate(changed, (cluster, set) -> {
            outbound.putIfAbsent(cluster.name(), cluster);
            set.ifPresent(s -> endpoints.putIfAbsent(s.name(), s));
        });
        Map<String, Cluster> clusters = new TreeMap<>(before.clusters());
        clusters.putAll(outbound);
        Map<String, EndpointSet> allEndpoints = new TreeMap<>(before.endpoints());
        allEndpoints.putAll(endpoints);
        return new ProxyConfig(
                before.listeners(),
                before.routes(),
                ImmutableSortedMap.copyOf(clusters),
                ImmutableSortedMap.copyOf(allEndpoints));
    }
}
