package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.re2j.Pattern;
import dev.weft.control.gateway.ResolvedRoute;
import dev.weft.control.gateway.ResolvedRoute.ResolvedBackend;
import dev.weft.control.gateway.ResolvedRoute.ResolvedRule;
import dev.weft.model.match.HeaderMatch;
import dev.weft.model.match.Literal;
import dev.weft.model.match.QueryMatch;
import dev.weft.model.route.Forward;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.PathMatch;
import dev.weft.model.route.RetryPolicy;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteAction;
import dev.weft.model.route.RouteMatch;
import dev.weft.resources.Destination;
import dev.weft.resources.GatewayRoute;
import dev.weft.resources.GatewayRoute.Comparison;
import dev.weft.resources.GatewayRoute.Match;
import dev.weft.resources.GatewayRoute.Path;
import dev.weft.resources.GatewayRoute.ValueMatch;
import dev.weft.resources.HttpRetry;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.StringMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The rules of HTTPRoutes and GRPCRoutes that share a host, as routes of one virtual host, the most specific first. */
final class GatewayRouteTranslator {
    /** The cluster of a backend that nothing may be sent to: there is none of this name. */
    private static final String NOWHERE = "InvalidBackend";

    private static final int BAD_BACKEND = 500;
    private static final int DEFAULT_ATTEMPTS = 2;
    private static final ImmutableList<String> RETRY_ON =
            ImmutableList.of("connect-failure", "refused-stream", "unavailable", "cancelled");
    private static final Match EVERYTHING =
            new Match(new Path.Prefix("/"), ImmutableList.of(), ImmutableList.of(), Optional.empty());

    private final MeshConfig mesh;
    private final HttpRouteTranslator names;
    private final int port;

    /** @param port that the client dials */
    GatewayRouteTranslator(MeshConfig mesh, HttpRouteTranslator names, int port) {
        this.mesh = mesh;
        this.names = names;
        this.port = port;
    }

    /** @param routes oldest first, as ties are decided */
    ImmutableList<Route> translate(List<ResolvedRoute> routes) {
        List<RouteRank.Ranked<Route>> ranked = new ArrayList<>();
        for (ResolvedRoute resolved : routes) {
            for (int i = 0; i < resolved.rules().size(); i++) {
                ResolvedRule rule = resolved.rules().get(i);
                List<Match> matches = rule.rule().matches().isEmpty()
                        ? List.of(EVERYTHING)
                        : rule.rule().matches();
                for (Match match : matches) {
                    ranked.add(new RouteRank.Ranked<>(RouteRank.of(match), route(resolved.route(), rule, i, match)));
                }
            }
        }
        // The sort is stable: equals stay in the order of age, then of rules.
        return ranked.stream()
                .sorted((a, b) -> RouteRank.MOST_SPECIFIC_FIRST.compare(a.rank(), b.rank()))
                .map(RouteRank.Ranked::of)
                .collect(ImmutableList.toImmutableList());
    }

    private Route route(GatewayRoute owner, ResolvedRule rule, int index, Match match) {
        return new Route(
                rule.rule().name().orElse(""),
                conditions(match),
                action(owner, rule, match),
                HeaderTranslator.translate(
                        RouteEdits.literal(rule.rule().filters().headers())),
                rule.backends().stream()
                        .flatMap(backend -> backend.destination().stream())
                        .findFirst()
                        .map(first -> HttpRouteTranslator.decorator(
                                first.host(), first.port().orElse(port))),
                Optional.of(Provenances.of(owner.meta()).rule(index)));
    }

    private static RouteMatch conditions(Match match) {
        ImmutableList<HeaderMatch> headers = Stream.concat(
                        match.method().stream()
                                .map(method -> Matchers.header(":method", new StringMatch.Exact(method))),
                        match.headers().stream().map(header -> Matchers.header(header.name(), value(header))))
                .collect(ImmutableList.toImmutableList());
        ImmutableList<QueryMatch> query = match.query().stream()
                .map(parameter -> Matchers.query(parameter.name(), value(parameter)))
                .collect(ImmutableList.toImmutableList());
        return new RouteMatch(path(match.path()), true, headers, query, false);
    }

    private static StringMatch value(ValueMatch match) {
        return switch (match.comparison()) {
            case EXACT -> new StringMatch.Exact(match.value());
            case REGEX -> new StringMatch.Regex(match.value());
        };
    }

    private static PathMatch path(Path path) {
        return switch (path) {
            case Path.Exact(String value) -> PathMatch.exact(value);
            case Path.Prefix(String value) -> {
                String prefix = RouteEdits.withoutTrailingSlash(value);
                yield prefix.isEmpty() ? PathMatch.prefix("/") : new PathMatch.SeparatedPrefix(Literal.of(prefix));
            }
            case Path.Regex(String value) -> regex(value);
            case Path.Rpc rpc -> rpc(rpc);
        };
    }

    private static PathMatch rpc(Path.Rpc rpc) {
        if (rpc.comparison() == Comparison.EXACT && rpc.service().isPresent()) {
            String service = "/" + rpc.service().get() + "/";
            return rpc.method()
                    .map(method -> PathMatch.exact(service + method))
                    .orElseGet(() -> PathMatch.prefix(service));
        }
        boolean literal = rpc.comparison() == Comparison.EXACT;
        return regex("/" + part(rpc.service(), literal) + "/" + part(rpc.method(), literal));
    }

    private static String part(Optional<String> text, boolean literal) {
        return text.map(some -> literal ? Pattern.quote(some) : "(?:" + some + ")")
                .orElse("[^/]+");
    }

    private static PathMatch regex(String pattern) {
        return new PathMatch.Regex(new dev.weft.model.match.StringMatch.Regex(pattern));
    }

    private RouteAction action(GatewayRoute owner, ResolvedRule rule, Match match) {
        if (rule.rule().filters().redirect().isPresent()) {
            return RouteEdits.redirect(rule.rule().filters().redirect().get(), match.path(), port);
        }
        List<ResolvedBackend> shares =
                rule.backends().stream().filter(backend -> backend.weight() > 0).toList();
        if (shares.stream().allMatch(backend -> backend.destination().isEmpty())) {
            return new RouteAction.DirectResponse(BAD_BACKEND, Optional.empty());
        }
        boolean allThere =
                shares.stream().allMatch(backend -> backend.destination().isPresent());
        return new Forward(
                target(owner, shares),
                RouteEdits.rewrite(rule.rule().filters(), match.path()),
                timeouts(rule.rule()),
                rule.rule()
                        .retry()
                        .map(retry -> RetryTranslator.translate(retry(retry, rule.rule()), mesh))
                        .orElseGet(() -> defaultRetry(rule.rule())),
                allThere ? 503 : BAD_BACKEND,
                ImmutableList.of());
    }

    private Forward.Target target(GatewayRoute owner, List<ResolvedBackend> shares) {
        String namespace = owner.meta().namespace();
        ResolvedBackend first = shares.getFirst();
        boolean plain =
                first.filters().headers().isEmpty() && first.filters().rewrite().isEmpty();
        if (shares.size() == 1 && plain) {
            return new Forward.SingleCluster(cluster(first, namespace));
        }
        return new Forward.WeightedClusters(shares.stream()
                .map(share -> new Forward.WeightedCluster(
                        cluster(share, namespace),
                        share.weight(),
                        share.filters().headers().isEmpty()
                                ? HeaderMutations.NONE
                                : HeaderTranslator.translate(
                                        RouteEdits.literal(share.filters().headers())),
                        share.filters()
                                .rewrite()
                                .flatMap(GatewayRoute.Rewrite::hostname)
                                .or(() -> HeaderTranslator.host(share.filters().headers()))))
                .collect(ImmutableList.toImmutableList()));
    }

    private String cluster(ResolvedBackend backend, String namespace) {
        Optional<Destination> destination = backend.destination();
        return destination.map(there -> names.cluster(there, namespace)).orElse(NOWHERE);
    }

    /** A limit for each try counts as one for the whole where nothing is tried again. */
    private static Forward.Timeouts timeouts(GatewayRoute.Rule rule) {
        Optional<Duration> whole = rule.timeouts().request();
        Optional<Duration> limit =
                whole.isEmpty() && rule.retry().isEmpty() ? rule.timeouts().backendRequest() : whole;
        return limit.isEmpty() ? HttpRouteTranslator.NO_TIMEOUT : HttpRouteTranslator.timeout(limit.get());
    }

    private Optional<RetryPolicy> defaultRetry(GatewayRoute.Rule rule) {
        boolean eachTry = rule.timeouts().request().isPresent()
                && rule.timeouts().backendRequest().isPresent();
        return eachTry
                ? RetryTranslator.translate(
                        new HttpRetry(
                                DEFAULT_ATTEMPTS,
                                perTry(rule),
                                ImmutableList.of(),
                                HttpRetry.PreviousHosts.AVOID,
                                Optional.empty()),
                        mesh)
                : RetryTranslator.byDefault(mesh);
    }

    private static HttpRetry retry(GatewayRoute.Retry retry, GatewayRoute.Rule rule) {
        ImmutableList<String> on = Stream.concat(
                        RETRY_ON.stream(), retry.codes().stream().map(String::valueOf))
                .collect(ImmutableList.toImmutableList());
        return new HttpRetry(
                retry.attempts().orElse(DEFAULT_ATTEMPTS),
                perTry(rule),
                on,
                HttpRetry.PreviousHosts.AVOID,
                retry.backoff());
    }

    private static Optional<Duration> perTry(GatewayRoute.Rule rule) {
        return rule.timeouts().backendRequest().filter(limit -> !limit.isZero());
    }
}
