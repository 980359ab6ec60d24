package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.weft.control.registry.GatewayView;
import dev.weft.control.registry.GatewayView.Port;
import dev.weft.control.registry.GatewayView.Rules;
import dev.weft.control.registry.GatewayView.Server;
import dev.weft.control.registry.MeshService;
import dev.weft.control.registry.ProxyView;
import dev.weft.model.http.AccessLog;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.Listener.Direction;
import dev.weft.model.listener.ListenerFilter;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.route.Forward;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.tls.DownstreamTls;
import dev.weft.resources.Protocol;
import dev.weft.resources.ServerTls;
import dev.weft.resources.VirtualService;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The listeners of a gateway and the route tables that they name. One listener per port: plain HTTP in one chain with one table for all
 * hosts; TLS in one chain per server, chosen by the server name, with a table of its own.
 */
final class GatewayTranslator {
    private static final String ANY = "0.0.0.0";
    private static final String EVERY_HOST = "*";

    private final ProxyView view;
    private final GatewayView gateway;
    private final ImmutableList<AccessLog> accessLogs;
    private final HttpManagers managers;
    private final AuthorizationTranslator authorization;
    private final GatewayTables tables;
    private final TcpRouteTranslator tcpRoutes;

    GatewayTranslator(ProxyView view, GatewayView gateway, ImmutableList<AccessLog> accessLogs) {
        this.view = view;
        this.gateway = gateway;
        this.accessLogs = accessLogs;
        this.managers = new HttpManagers(view, accessLogs);
        this.authorization = new AuthorizationTranslator(view.inbound().authorizationPolicies(), view.mesh());
        ImmutableMap.Builder<String, MeshService> services = ImmutableMap.builder();
        view.outbound().services().forEach(service -> services.put(service.hostname(), service));
        ImmutableMap<String, MeshService> byHost = services.buildKeepingLast();
        this.tables = new GatewayTables(view, byHost);
        this.tcpRoutes = new TcpRouteTranslator(view, byHost);
    }

    void translate(Consumer<Listener> listenerSink, Consumer<RouteConfig> routeSink) {
        for (Port port : gateway.ports()) {
            ImmutableList<FilterChain> chains = switch (port.traffic()) {
                case HTTP -> ImmutableList.of(plain(port, routeSink));
                case TLS -> encrypted(port.servers(), routeSink);
                case OPAQUE -> opaque(port);
            };
            if (!chains.isEmpty()) {
                listenerSink.accept(listener(port, chains));
            }
        }
    }

    private Listener listener(Port port, ImmutableList<FilterChain> chains) {
        String bind = bind(port);
        ImmutableList<ListenerFilter> filters = port.traffic() == GatewayView.Traffic.TLS
                ? ImmutableList.of(new ListenerFilter.TlsInspector(ImmutableList.of()))
                : ImmutableList.of();
        return new Listener(
                Names.listener(bind, port.bindPort()),
                new SocketAddress.Inet(bind, port.bindPort()),
                true,
                false,
                Direction.OUTBOUND,
                new Listener.Inspection(filters, Optional.empty(), false),
                chains,
                Optional.empty(),
                ImmutableList.of(),
                Listener.DEFAULT_BUFFER_LIMIT);
    }

    private String bind(Port port) {
        return port.bind()
                .orElseGet(() -> view.proxy().addresses().isEmpty()
                        ? ANY
                        : view.proxy().addresses().getFirst());
    }

    private FilterChain plain(Port port, Consumer<RouteConfig> routeSink) {
        String name = Names.gatewayRoutes(port.bindPort(), port.bind());
        routeSink.accept(tables.table(name, port.servers()));
        return http(name, FilterChainMatch.ANY, Optional.empty(), port.servers().getFirst());
    }

    private ImmutableList<FilterChain> encrypted(ImmutableList<Server> servers, Consumer<RouteConfig> routeSink) {
        // Two servers with one name would be two chains for one match, which no proxy takes.
        Map<FilterChainMatch, FilterChain> chains = new LinkedHashMap<>();
        for (Server server : servers) {
            for (FilterChain chain : chains(server, routeSink)) {
                chains.putIfAbsent(chain.match(), chain);
            }
        }
        return ImmutableList.copyOf(chains.values());
    }

    private ImmutableList<FilterChain> chains(Server server, Consumer<RouteConfig> routeSink) {
        ServerTls tls = server.tls()
                .orElseThrow(() -> new AssertionError(server.gateway() + " has a port for TLS without settings"));
        FilterChainMatch match = serverNames(server.hosts());
        if (tls.mode() == ServerTls.Mode.PASSTHROUGH) {
            return passthrough(server);
        }
        if (server.protocol() == Protocol.HTTPS) {
            String name = Names.gatewayRoutes(
                    server.number(),
                    server.name(),
                    server.gateway().name(),
                    server.gateway().namespace());
            routeSink.accept(tables.table(name, ImmutableList.of(server)));
            return ImmutableList.of(
                    http(name, match, Optional.of(GatewayTls.http(tls, server.certificate(), view.mesh())), server));
        }
        return tcp(server)
                .map(filters -> ImmutableList.of(chain(
                        server,
                        match,
                        Optional.of(GatewayTls.opaque(tls, server.certificate(), view.mesh())),
                        filters)))
                .orElse(ImmutableList.of());
    }

    /** The first rule that names a server name has it. */
    private ImmutableList<FilterChain> passthrough(Server server) {
        ImmutableList.Builder<FilterChain> chains = ImmutableList.builder();
        for (Rules rules : server.rules()) {
            if (!(rules instanceof Rules.Istio(VirtualService service, ImmutableList<String> hosts))) {
                continue;
            }
            for (VirtualService.TlsRoute route : service.tls()) {
                for (VirtualService.TlsMatch match : route.match()) {
                    ImmutableList<String> names = match.sniHosts().stream()
                            .filter(name -> hosts.stream().anyMatch(host -> Hosts.specificity(host, name) >= 0))
                            .collect(ImmutableList.toImmutableList());
                    boolean applies = match.port().orElse(server.number()) == server.number()
                            && atThisGateway(match.gateways(), server, service);
                    if (applies && !names.isEmpty()) {
                        chains.add(chain(
                                server,
                                serverNames(names),
                                Optional.empty(),
                                opaque(tcpRoutes.split(route.route(), service, server.number()), server)));
                    }
                }
            }
        }
        return chains.build();
    }

    private ImmutableList<FilterChain> opaque(Port port) {
        Server server = port.servers().getFirst();
        return tcp(server)
                .map(filters -> ImmutableList.of(chain(server, FilterChainMatch.ANY, Optional.empty(), filters)))
                .orElse(ImmutableList.of());
    }

    private Optional<ImmutableList<NetworkFilter>> tcp(Server server) {
        for (Rules rules : server.rules()) {
            if (rules instanceof Rules.Istio(VirtualService service, ImmutableList<String> ignored)) {
                for (VirtualService.TcpRoute route : service.tcp()) {
                    boolean applies = route.match().isEmpty()
                            || route.match().stream()
                                    .anyMatch(match -> match.port().orElse(server.number()) == server.number()
                                            && atThisGateway(match.gateways(), server, service));
                    if (applies) {
                        return Optional.of(opaque(tcpRoutes.split(route.route(), service, server.number()), server));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static boolean atThisGateway(ImmutableList<String> gateways, Server server, VirtualService service) {
        return gateways.isEmpty()
                || HttpRouteTranslator.names(
                        gateways, server.reference(), service.meta().namespace());
    }

    private ImmutableList<NetworkFilter> opaque(Forward.Target target, Server server) {
        return ImmutableList.<NetworkFilter>builder()
                .addAll(authorization.tcp())
                .addAll(tcpRoutes.to(target, server.name(), accessLogs))
                .build();
    }

    private FilterChain http(String table, FilterChainMatch match, Optional<DownstreamTls> tls, Server server) {
        HttpConnectionManager manager =
                managers.gateway("outbound_" + table, new HttpConnectionManager.Rds(table), authorization.http());
        return chain(server, match, tls, ImmutableList.of(new NetworkFilter.Http(manager)));
    }

    private static FilterChain chain(
            Server server, FilterChainMatch match, Optional<DownstreamTls> tls, ImmutableList<NetworkFilter> filters) {
        return new FilterChain(server.name(), match, tls, filters, Optional.empty(), Optional.of(server.gateway()));
    }

    /** Every host means every name, and connections without any. */
    private static FilterChainMatch serverNames(ImmutableList<String> hosts) {
        ImmutableSet<String> names = ImmutableSet.copyOf(hosts);
        return names.contains(EVERY_HOST) ? FilterChainMatch.ANY : FilterChainMatch.ANY.withServerNames(names.asList());
    }
}
