package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.registry.MeshService;
import dev.weft.control.registry.ProxyView;
import dev.weft.control.registry.ServicePort;
import dev.weft.model.Provenance;
import dev.weft.model.match.HeaderMatch;
import dev.weft.model.match.Literal;
import dev.weft.model.match.QueryMatch;
import dev.weft.model.route.Forward;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.PathMatch;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteAction;
import dev.weft.model.route.RouteMatch;
import dev.weft.resources.Destination;
import dev.weft.resources.HttpAction;
import dev.weft.resources.HttpRoute;
import dev.weft.resources.HttpRoute.Match;
import dev.weft.resources.StringMatch;
import dev.weft.resources.VirtualService;
import dev.weft.resources.host.HostName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rules of a VirtualService as routes of one virtual host on one port. */
final class HttpRouteTranslator {
    /** The whole of {@code grpc-timeout} is honoured, whatever the route's own timeout. */
    private static final Optional<Duration> GRPC_TIMEOUT = Optional.of(Duration.ZERO);

    static final Forward.Timeouts NO_TIMEOUT =
            new Forward.Timeouts(Optional.of(Duration.ZERO), Optional.empty(), Optional.empty(), GRPC_TIMEOUT);

    private final ProxyView view;
    private final ImmutableMap<String, MeshService> services;
    private final int port;
    private final String gateway;

    /** @param port that the client dials, which conditions may ask for and destinations without a port mean */
    HttpRouteTranslator(ProxyView view, ImmutableMap<String, MeshService> services, int port) {
        this(view, services, port, VirtualService.MESH_GATEWAY);
    }

    /** @param gateway at which the rules are applied: {@code mesh}, or the namespace and name of one */
    HttpRouteTranslator(ProxyView view, ImmutableMap<String, MeshService> services, int port, String gateway) {
        this.view = view;
        this.services = services;
        this.port = port;
        this.gateway = gateway;
    }

    /** The route of a service that no VirtualService mentions. */
    Route plain(MeshService service, ServicePort servicePort) {
        Forward forward = new Forward(
                new Forward.SingleCluster(Names.outboundCluster(service, servicePort)),
                Forward.Rewrite.NONE,
                NO_TIMEOUT,
                RetryTranslator.byDefault(view.mesh()),
                503,
                ImmutableList.of());
        return new Route(
                "default",
                RouteMatch.ANY,
                forward,
                HeaderMutations.NONE,
                Optional.of(decorator(service.hostname(), servicePort.number())),
                Optional.empty());
    }

    ImmutableList<Route> translate(VirtualService service) {
        List<Route> routes = new ArrayList<>();
        for (Delegation.Rule rule : Delegation.resolve(service, view.outbound().delegates())) {
            if (rule.route().match().isEmpty()) {
                routes.add(route(rule, Optional.empty()));
            }
            for (Match match : rule.route().match()) {
                if (applies(match, rule.owner().meta().namespace())) {
                    routes.add(route(rule, Optional.of(match)));
                }
            }
        }
        return ImmutableList.copyOf(routes);
    }

    /** What is known about the client already is decided here, so that the proxy need not. */
    private boolean applies(Match match, String ruleNamespace) {
        boolean here = match.gateways().isEmpty() || names(match.gateways(), gateway, ruleNamespace);
        boolean samePort = match.port().isEmpty() || match.port().getAsInt() == port;
        boolean labels = view.proxy()
                .labels()
                .entrySet()
                .containsAll(match.sourceLabels().entrySet());
        boolean namespace = match.sourceNamespace().isEmpty()
                || match.sourceNamespace().get().equals(view.proxy().namespace());
        return here && samePort && labels && namespace;
    }

    /** Whether a list of gateways names this one; a name without namespace is one in the namespace of the rule. */
    static boolean names(ImmutableList<String> gateways, String gateway, String ruleNamespace) {
        return gateways.stream()
                .map(name -> name.equals(VirtualService.MESH_GATEWAY) || name.indexOf('/') >= 0
                        ? name
                        : ruleNamespace + "/" + name)
                .anyMatch(gateway::equals);
    }

    private Route route(Delegation.Rule rule, Optional<Match> match) {
        HttpRoute http = rule.route();
        Optional<String> matchName = match.flatMap(Match::name);
        String name = http.name().orElse("")
                + matchName.map(n -> http.name().isPresent() ? "." + n : n).orElse("");
        Provenance source = Provenances.of(rule.owner().meta()).rule(rule.index());
        String namespace = rule.owner().meta().namespace();
        return new Route(
                name,
                match.map(HttpRouteTranslator::conditions).orElse(RouteMatch.ANY),
                action(http, match, namespace),
                HeaderTranslator.translate(http.headers()),
                decorator(http, namespace),
                Optional.of(source));
    }

    static RouteMatch conditions(Match match) {
        ImmutableList.Builder<HeaderMatch> headers = ImmutableList.builder();
        match.method().ifPresent(m -> headers.add(Matchers.header(":method", m)));
        match.authority().ifPresent(m -> headers.add(Matchers.header(":authority", m)));
        match.scheme().ifPresent(m -> headers.add(Matchers.header(":scheme", m)));
        match.headers().forEach((name, m) -> headers.add(Matchers.header(name, m)));
        match.withoutHeaders()
                .forEach((name, m) -> headers.add(Matchers.header(name, m).not()));
        ImmutableList.Builder<QueryMatch> query = ImmutableList.builder();
        match.queryParams().forEach((name, m) -> query.add(Matchers.query(name, m)));
        return new RouteMatch(path(match.uri()), !match.ignoreUriCase(), headers.build(), query.build(), false);
    }

    private static PathMatch path(Optional<StringMatch> uri) {
        return uri.<PathMatch>map(match -> switch (match) {
                    case StringMatch.Exact(String value) -> PathMatch.exact(value);
                    case StringMatch.Prefix(String value) -> PathMatch.prefix(value);
                    case StringMatch.Regex(String value) ->
                        new PathMatch.Regex(new dev.weft.model.match.StringMatch.Regex(value));
                    case StringMatch.Present ignored -> PathMatch.prefix("/");
                })
                .orElseGet(() -> new PathMatch.Prefix(Literal.of("/")));
    }

    private RouteAction action(HttpRoute http, Optional<Match> match, String namespace) {
        return switch (http.action()) {
            case HttpAction.Forward forward -> forward(http, forward, namespace);
            case HttpAction.Redirect redirect -> RedirectTranslator.translate(redirect, port);
            case HttpAction.DirectResponse direct ->
                new RouteAction.DirectResponse(direct.status(), body(direct.body()));
            case HttpAction.Delegate delegate ->
                throw new AssertionError("delegation to " + delegate.name() + " was not resolved, match " + match);
        };
    }

    private static Optional<RouteAction.Body> body(HttpAction.Body body) {
        return switch (body) {
            case HttpAction.Body.None ignored -> Optional.empty();
            case HttpAction.Body.Text(String text) -> Optional.of(new RouteAction.Text(text));
            case HttpAction.Body.Bytes bytes ->
                Optional.of(new RouteAction.Bytes(new String(bytes.decoded(), StandardCharsets.ISO_8859_1)));
        };
    }

    private Forward forward(HttpRoute http, HttpAction.Forward forward, String namespace) {
        Optional<Forward.PathRewrite> path =
                http.rewrite().flatMap(HttpRoute.Rewrite::uri).map(HttpRouteTranslator::rewrite);
        Optional<Forward.HostRewrite> host = http.rewrite()
                .flatMap(HttpRoute.Rewrite::authority)
                .or(() -> HeaderTranslator.host(http.headers()))
                .map(Forward.LiteralHost::new);
        Forward.Timeouts timeouts =
                http.timeout().map(HttpRouteTranslator::timeout).orElse(NO_TIMEOUT);
        return new Forward(
                target(forward, namespace),
                new Forward.Rewrite(path, host),
                timeouts,
                http.retries()
                        .map(r -> RetryTranslator.translate(r, view.mesh()))
                        .orElseGet(() -> RetryTranslator.byDefault(view.mesh())),
                503,
                ImmutableList.of());
    }

    static Forward.Timeouts timeout(Duration limit) {
        return new Forward.Timeouts(Optional.of(limit), Optional.empty(), Optional.empty(), GRPC_TIMEOUT);
    }

    private static Forward.PathRewrite rewrite(HttpRoute.UriRewrite rewrite) {
        return switch (rewrite) {
            case HttpRoute.UriRewrite.Replace(String value) -> new Forward.PrefixRewrite(value);
            case HttpRoute.UriRewrite.Regex(String match, String substitution) ->
                new Forward.RegexRewrite(match, substitution);
        };
    }

    private Forward.Target target(HttpAction.Forward forward, String namespace) {
        ImmutableList<HttpAction.WeightedHttpDestination> destinations = forward.destinations();
        if (destinations.size() == 1 && destinations.get(0).headers().isEmpty()) {
            return new Forward.SingleCluster(cluster(destinations.get(0).destination(), namespace));
        }
        boolean single = destinations.size() == 1;
        ImmutableList.Builder<Forward.WeightedCluster> shares = ImmutableList.builder();
        for (HttpAction.WeightedHttpDestination destination : destinations) {
            if (single || destination.weight() > 0) {
                shares.add(new Forward.WeightedCluster(
                        cluster(destination.destination(), namespace),
                        single ? 1 : destination.weight(),
                        HeaderTranslator.translate(destination.headers()),
                        HeaderTranslator.host(destination.headers())));
            }
        }
        return new Forward.WeightedClusters(shares.build());
    }

    /** The cluster of a destination; one that nobody declared gets a name all the same, and the proxy answers 503 NC. */
    String cluster(Destination destination, String namespace) {
        String host =
                HostName.expand(destination.host(), namespace, view.proxy().domainSuffix());
        MeshService service = services.get(host);
        int number = destination.port().isPresent()
                ? destination.port().getAsInt()
                : service != null && service.ports().size() == 1
                        ? service.ports().get(0).number()
                        : port;
        return Names.outboundCluster(number, destination.subset().orElse(""), host);
    }

    private Optional<String> decorator(HttpRoute http, String namespace) {
        if (!(http.action() instanceof HttpAction.Forward forward)
                || forward.destinations().isEmpty()) {
            return Optional.empty();
        }
        String host = HostName.expand(
                forward.destinations().get(0).destination().host(),
                namespace,
                view.proxy().domainSuffix());
        return Optional.of(decorator(host, port));
    }

    static String decorator(String host, int port) {
        return host + ":" + port + "/*";
    }
}
