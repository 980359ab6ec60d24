package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.gateway.MeshRoute;
import dev.weft.control.registry.MeshService;
import dev.weft.control.registry.ProxyView;
import dev.weft.control.registry.ServicePort;
import dev.weft.model.route.Forward;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.PathMatch;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteAction;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.route.RouteMatch;
import dev.weft.model.route.VirtualHost;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.VirtualService;
import dev.weft.resources.host.HostName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Outbound route tables: one per port that HTTP listeners share, and one for the forward proxy. */
final class RouteTableTranslator {
    /** Istio's limit of a direct response body in bytes. */
    private static final int DIRECT_RESPONSE_LIMIT = 1 << 20;

    /** Hosts that no registry knows have no port to attach to: Istio serves them here. */
    private static final int PORT_OF_UNKNOWN_HOSTS = 80;

    private final ProxyView view;
    private final RulesByHost.Memo byHost;
    private final ImmutableMap<String, MeshService> services;

    RouteTableTranslator(ProxyView view) {
        this.view = view;
        this.byHost = new RulesByHost.Memo(view.proxy().domainSuffix());
        ImmutableMap.Builder<String, MeshService> byHost = ImmutableMap.builder();
        view.outbound().services().forEach(service -> byHost.put(service.hostname(), service));
        this.services = byHost.buildKeepingLast();
    }

    ImmutableMap<String, MeshService> services() {
        return services;
    }

    /** The table named after the port: what HTTP listeners on that port use. */
    RouteConfig port(int port, ProxyView.EgressScope scope) {
        List<VirtualHost> hosts = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (Named named : virtualHosts(port, scope)) {
            add(hosts, taken, named.name(), named.domains(), named.routes());
        }
        hosts.add(catchAll());
        return new RouteConfig(String.valueOf(port), ImmutableList.copyOf(hosts), true, DIRECT_RESPONSE_LIMIT);
    }

    /**
     * The table of the forward proxy. Every service port is in it under {@code host:port}, since one listener serves them all;
     * port 80 without its number too, and CONNECT to any of them.
     */
    RouteConfig forwardProxy(String name, ImmutableList<ProxyView.EgressScope> scopes) {
        List<VirtualHost> hosts = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (ProxyView.EgressScope scope : scopes) {
            Set<Integer> ports = new TreeSet<>();
            scope.services().forEach(s -> s.ports().forEach(p -> ports.add(p.number())));
            for (int port : ports) {
                for (Named named : virtualHosts(port, scope)) {
                    ImmutableList.Builder<String> domains = ImmutableList.builder();
                    for (String domain : named.domains()) {
                        domains.add(domain + ":" + port);
                        if (port == PORT_OF_UNKNOWN_HOSTS) {
                            domains.add(domain);
                        }
                    }
                    ImmutableList<Route> routes = ImmutableList.<Route>builder()
                            .addAll(connect(named, port))
                            .addAll(named.routes())
                            .build();
                    add(hosts, taken, named.name(), domains.build(), routes);
                }
                for (MeshService service : scope.services()) {
                    opaque(service, port).ifPresent(route -> {
                        ImmutableList<String> domains = domains(service).stream()
                                .map(d -> d + ":" + port)
                                .collect(ImmutableList.toImmutableList());
                        add(
                                hosts,
                                taken,
                                Names.virtualHost(service.hostname(), port),
                                domains,
                                ImmutableList.of(route));
                    });
                }
            }
        }
        hosts.add(catchAll());
        return new RouteConfig(name, ImmutableList.copyOf(hosts), false, DIRECT_RESPONSE_LIMIT);
    }

    private static void add(
            List<VirtualHost> hosts,
            Set<String> taken,
            String name,
            List<String> domains,
            ImmutableList<Route> routes) {
        ImmutableList<String> free = domains.stream().filter(taken::add).collect(ImmutableList.toImmutableList());
        if (!free.isEmpty()) {
            hosts.add(new VirtualHost(name, free, routes, true, HeaderMutations.NONE));
        }
    }

    private List<Named> virtualHosts(int port, ProxyView.EgressScope scope) {
        List<Named> hosts = new ArrayList<>();
        HttpRouteTranslator translator = new HttpRouteTranslator(view, services, port);
        GatewayRouteTranslator apiRoutes = new GatewayRouteTranslator(view.mesh(), translator, port);
        for (MeshService service : scope.services()) {
            Optional<VirtualService> rules = byHost.of(scope.virtualServices()).best(service.hostname());
            Optional<ServicePort> servicePort =
                    service.port(port).filter(p -> p.protocol().isHttp() || ServicePorts.sniffed(p));
            if (servicePort.isEmpty()) {
                continue;
            }
            ImmutableList<MeshRoute> attached = scope.meshRoutes().get(service.hostname()).stream()
                    .filter(route -> route.onPort(port))
                    .collect(ImmutableList.toImmutableList());
            boolean ofGatewayApi = !attached.isEmpty()
                    && rules.filter(r -> precedes(r, attached.getFirst(), service))
                            .isEmpty();
            ImmutableList<Route> routes = ofGatewayApi
                    ? apiRoutes.translate(
                            attached.stream().map(MeshRoute::route).distinct().toList())
                    : rules.filter(r -> !r.http().isEmpty())
                            .map(translator::translate)
                            .orElseGet(() -> ImmutableList.of(translator.plain(service, servicePort.get())));
            hosts.add(new Named(Names.virtualHost(service.hostname(), port), domains(service), routes, service));
        }
        if (port == PORT_OF_UNKNOWN_HOSTS) {
            unknownHosts(scope, translator, hosts);
        }
        return hosts;
    }

    /** VirtualServices for hosts that stand for no service. */
    private void unknownHosts(ProxyView.EgressScope scope, HttpRouteTranslator translator, List<Named> hosts) {
        Set<String> inScope = new HashSet<>();
        scope.services().forEach(service -> inScope.add(service.hostname()));
        for (VirtualService rules : scope.virtualServices()) {
            for (String host : rules.hosts()) {
                String expanded = HostName.expand(
                        host, rules.meta().namespace(), view.proxy().domainSuffix());
                boolean known = expanded.startsWith("*")
                        ? scope.services().stream()
                                .anyMatch(service -> Hosts.specificity(expanded, service.hostname()) >= 0)
                        : inScope.contains(expanded);
                if (!known && !rules.http().isEmpty()) {
                    hosts.add(new Named(
                            Names.virtualHost(expanded, PORT_OF_UNKNOWN_HOSTS),
                            ImmutableList.of(expanded),
                            translator.translate(rules),
                            null));
                }
            }
        }
    }

    /**
     * Whether a VirtualService decides about a service that routes of the Gateway API are attached to. It does where it names the very
     * host and is older, unless the route is the client's own; one of unknown age is older.
     */
    private boolean precedes(VirtualService rules, MeshRoute oldest, MeshService service) {
        boolean named = rules.hosts().stream()
                .map(host -> HostName.expand(
                        host, rules.meta().namespace(), view.proxy().domainSuffix()))
                .anyMatch(service.hostname()::equals);
        if (oldest.consumer() || !named || rules.http().isEmpty()) {
            return false;
        }
        Optional<Instant> route = oldest.route().route().meta().creationTimestamp();
        Optional<Instant> virtualService = rules.meta().creationTimestamp();
        return route.isEmpty()
                || virtualService.isEmpty()
                || !virtualService.get().isAfter(route.get());
    }

    private ImmutableList<String> domains(MeshService service) {
        return Hosts.domains(service, view.proxy().namespace(), view.proxy().domainSuffix())
                .asList();
    }

    private ImmutableList<Route> connect(Named named, int port) {
        return named.service() == null
                ? ImmutableList.of()
                : ImmutableList.of(
                        tunnel(Names.outboundCluster(port, "", named.service().hostname())));
    }

    /** Ports that are not HTTP are reached through the forward proxy by CONNECT alone. */
    private static Optional<Route> opaque(MeshService service, int port) {
        return service.port(port)
                .filter(p -> !p.protocol().isHttp() && !ServicePorts.sniffed(p))
                .map(p -> tunnel(Names.outboundCluster(service, p)));
    }

    private static Route tunnel(String cluster) {
        Forward forward = new Forward(
                new Forward.SingleCluster(cluster),
                Forward.Rewrite.NONE,
                HttpRouteTranslator.NO_TIMEOUT,
                Optional.empty(),
                503,
                ImmutableList.of(new Forward.Upgrade("connect", Forward.Upgrade.Mode.CONNECT_TERMINATED)));
        return Route.of("connect", RouteMatch.path(new PathMatch.Connect()), forward);
    }

    private VirtualHost catchAll() {
        boolean allowed = view.sidecar()
                        .flatMap(s -> s.outboundTrafficPolicy())
                        .orElse(view.mesh().outboundTrafficPolicy())
                == MeshConfig.OutboundTrafficPolicy.ALLOW_ANY;
        RouteAction action = allowed
                ? new Forward(
                        new Forward.SingleCluster(Names.PASSTHROUGH_CLUSTER),
                        Forward.Rewrite.NONE,
                        HttpRouteTranslator.NO_TIMEOUT,
                        Optional.empty(),
                        503,
                        ImmutableList.of())
                : new RouteAction.DirectResponse(502, Optional.empty());
        String name = allowed ? "allow_any" : "block_all";
        return new VirtualHost(
                name,
                ImmutableList.of("*"),
                ImmutableList.of(Route.of(name, RouteMatch.ANY, action)),
                true,
                HeaderMutations.NONE);
    }

    /** A virtual host to be; {@code service} is null where the host stands for none. */
    private record Named(
            String name,
            ImmutableList<String> domains,
            ImmutableList<Route> routes,
            @Nullable MeshService service) {}
}
