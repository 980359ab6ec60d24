package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.registry.MeshService;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.ProxyView;
import dev.weft.control.registry.ServicePort;
import dev.weft.model.http.AccessLog;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.route.Forward;
import dev.weft.resources.VirtualService;
import dev.weft.resources.VirtualService.TcpMatch;
import dev.weft.resources.VirtualService.TlsMatch;
import dev.weft.resources.VirtualService.WeightedDestination;
import java.util.Optional;

/** Where opaque bytes of one service port go: the service itself, or what the {@code tls} and {@code tcp} rules say. */
final class TcpRouteTranslator {
    private final ProxyView view;
    private final RulesByHost.Memo byHost;
    private final ImmutableMap<String, MeshService> services;

    TcpRouteTranslator(ProxyView view, ImmutableMap<String, MeshService> services) {
        this.view = view;
        this.services = services;
        this.byHost = new RulesByHost.Memo(view.proxy().domainSuffix());
    }

    ImmutableList<NetworkFilter> filters(
            MeshService service, ServicePort port, ImmutableList<VirtualService> rules, ImmutableList<AccessLog> logs) {
        return to(target(service, port, rules), Names.outboundCluster(service, port), logs);
    }

    ImmutableList<NetworkFilter> to(String cluster, ImmutableList<AccessLog> logs) {
        return to(new Forward.SingleCluster(cluster), cluster, logs);
    }

    ImmutableList<NetworkFilter> to(Forward.Target target, String statPrefix, ImmutableList<AccessLog> logs) {
        ImmutableList.Builder<NetworkFilter> filters = ImmutableList.builder();
        if (view.proxy().client() == ProxyFacts.Client.MESH_PROXY) {
            filters.add(new NetworkFilter.IstioStats());
        }
        return filters.add(new NetworkFilter.TcpProxy(statPrefix, target, Optional.empty(), 1, logs))
                .build();
    }

    private Forward.Target target(MeshService service, ServicePort port, ImmutableList<VirtualService> all) {
        for (VirtualService rules : byHost.of(all).naming(service.hostname())) {
            for (VirtualService.TlsRoute route : rules.tls()) {
                if (port.protocol().isTls() && route.match().stream().anyMatch(m -> applies(m, service, port))) {
                    return split(route.route(), rules, port.number());
                }
            }
            for (VirtualService.TcpRoute route : rules.tcp()) {
                if (route.match().isEmpty() || route.match().stream().anyMatch(m -> applies(m, port))) {
                    return split(route.route(), rules, port.number());
                }
            }
        }
        return new Forward.SingleCluster(Names.outboundCluster(service, port));
    }

    private boolean applies(TlsMatch match, MeshService service, ServicePort port) {
        return (match.port().isEmpty() || match.port().getAsInt() == port.number())
                && match.sniHosts().stream().anyMatch(sni -> Hosts.specificity(sni, service.hostname()) >= 0)
                && view.proxy()
                        .labels()
                        .entrySet()
                        .containsAll(match.sourceLabels().entrySet())
                && match.sourceNamespace()
                        .filter(n -> !n.equals(view.proxy().namespace()))
                        .isEmpty()
                && sidecars(match.gateways());
    }

    private boolean applies(TcpMatch match, ServicePort port) {
        return (match.port().isEmpty() || match.port().getAsInt() == port.number())
                && view.proxy()
                        .labels()
                        .entrySet()
                        .containsAll(match.sourceLabels().entrySet())
                && match.sourceNamespace()
                        .filter(n -> !n.equals(view.proxy().namespace()))
                        .isEmpty()
                && sidecars(match.gateways());
    }

    private static boolean sidecars(ImmutableList<String> gateways) {
        return gateways.isEmpty() || gateways.contains(VirtualService.MESH_GATEWAY);
    }

    Forward.Target split(ImmutableList<WeightedDestination> destinations, VirtualService rules, int port) {
        HttpRouteTranslator names = new HttpRouteTranslator(view, services, port);
        String namespace = rules.meta().namespace();
        if (destinations.size() == 1) {
            return new Forward.SingleCluster(names.cluster(destinations.get(0).destination(), namespace));
        }
        return new Forward.WeightedClusters(destinations.stream()
                .filter(d -> d.weight() > 0)
                .map(d -> Forward.WeightedCluster.of(names.cluster(d.destination(), namespace), d.weight()))
                .collect(ImmutableList.toImmutableList()));
    }
}
