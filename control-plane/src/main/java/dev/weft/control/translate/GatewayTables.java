package dev.weft.control.translate;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.gateway.ResolvedRoute;
import dev.weft.control.registry.GatewayView.Origin;
import dev.weft.control.registry.GatewayView.Rules;
import dev.weft.control.registry.GatewayView.Server;
import dev.weft.control.registry.MeshService;
import dev.weft.control.registry.ProxyView;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.PathMatch;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteAction;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.route.RouteMatch;
import dev.weft.model.route.VirtualHost;
import dev.weft.resources.ServerTls.PlainRequests;
import dev.weft.resources.host.HostName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Route tables of a gateway. All that is said about a host on a port is in one virtual host: routes of the Gateway API by their
 * precedence, then VirtualServices by age, a rule that takes every request last. A host that nobody speaks of is answered 404.
 */
final class GatewayTables {
    private static final int DIRECT_RESPONSE_LIMIT = 1 << 20;
    private static final int MOVED = 301;

    private final ProxyView view;
    private final ImmutableMap<String, MeshService> services;

    GatewayTables(ProxyView view, ImmutableMap<String, MeshService> services) {
        this.view = view;
        this.services = services;
    }

    /** @param servers at least one; where they are of several ports that clients call, the first that speaks of a host names its virtual host */
    RouteConfig table(String name, ImmutableList<Server> servers) {
        Map<String, HostRules> byHost = new TreeMap<>(HostName.MOST_SPECIFIC_FIRST);
        for (Server server : servers) {
            boolean redirects = server.tls()
                    .filter(tls -> tls.plain() == PlainRequests.REDIRECTED)
                    .isPresent();
            if (redirects) {
                server.hosts().forEach(host -> rules(byHost, host, server).toHttps());
            }
            for (Rules rules : server.rules()) {
                switch (rules) {
                    case Rules.Istio istio -> {
                        for (String host : istio.hosts()) {
                            HostRules of = rules(byHost, host, server);
                            if (redirects) {
                                of.toHttps();
                            } else {
                                of.add(istio, server);
                            }
                        }
                    }
                    case Rules.Api api ->
                        api.route().hostnames().stream()
                                .filter(host -> !belongsToAnother(host, server, servers))
                                .forEach(host -> rules(byHost, host, server)
                                        .add(api.route().route()));
                }
            }
            if (server.origin() == Origin.GATEWAY_API) {
                // A listener keeps its host from less specific ones, even while it has no routes.
                server.hosts().forEach(host -> rules(byHost, host, server));
            }
        }
        ImmutableList.Builder<VirtualHost> hosts = ImmutableList.builder();
        byHost.forEach((host, rules) -> hosts.add(new VirtualHost(
                Names.virtualHost(host, rules.port),
                ImmutableList.of(host),
                rules.routes(),
                true,
                HeaderMutations.NONE)));
        return new RouteConfig(name, hosts.build(), true, DIRECT_RESPONSE_LIMIT);
    }

    private HostRules rules(Map<String, HostRules> byHost, String host, Server server) {
        return byHost.computeIfAbsent(Ascii.toLowerCase(host), first -> new HostRules(server.number()));
    }

    /** Whether another listener of the Gateway says more about a host. */
    private static boolean belongsToAnother(String host, Server server, ImmutableList<Server> servers) {
        return servers.stream()
                .filter(other -> server.origin() == Origin.GATEWAY_API
                        && !other.equals(server)
                        && other.gateway().equals(server.gateway()))
                .flatMap(other -> other.hosts().stream())
                .anyMatch(own -> HostName.matches(own, host)
                        && server.hosts().stream()
                                .allMatch(mine -> HostName.MOST_SPECIFIC_FIRST.compare(own, mine) < 0));
    }

    /** What is said about one host. */
    private final class HostRules {
        private final int port;
        private final List<ResolvedRoute> ofGatewayApi = new ArrayList<>();
        // One rule that holds at several ports of one socket is one route, though its name in traces has the port.
        private final Map<Route, Route> ofIstio = new LinkedHashMap<>();
        private boolean redirects;

        private HostRules(int port) {
            this.port = port;
        }

        void toHttps() {
            redirects = true;
        }

        void add(ResolvedRoute route) {
            if (!ofGatewayApi.contains(route)) {
                ofGatewayApi.add(route);
            }
        }

        void add(Rules.Istio istio, Server server) {
            new HttpRouteTranslator(view, services, server.number(), server.reference())
                    .translate(istio.service())
                    .forEach(route -> ofIstio.putIfAbsent(undecorated(route), route));
        }

        ImmutableList<Route> routes() {
            if (redirects) {
                return ImmutableList.of(Route.of(
                        "https-redirect",
                        RouteMatch.ANY,
                        new RouteAction.Redirect(
                                MOVED,
                                Optional.empty(),
                                OptionalInt.empty(),
                                Optional.of("https"),
                                Optional.empty(),
                                false)));
            }
            HttpRouteTranslator names = new HttpRouteTranslator(view, services, port);
            return ImmutableList.<Route>builder()
                    .addAll(new GatewayRouteTranslator(view.mesh(), names, port).translate(ofGatewayApi))
                    .addAll(ofIstio.values().stream()
                            .filter(route -> !takesAll(route))
                            .toList())
                    .addAll(ofIstio.values().stream()
                            .filter(GatewayTables::takesAll)
                            .toList())
                    .build();
        }
    }

    private static Route undecorated(Route route) {
        return new Route(
                route.name(), route.match(), route.action(), route.mutations(), Optional.empty(), route.source());
    }

    private static boolean takesAll(Route route) {
        return route.match().headers().isEmpty()
                && route.match().query().isEmpty()
                && route.match().path() instanceof PathMatch.Prefix prefix
                && prefix.prefix().text().equals("/");
    }
}
