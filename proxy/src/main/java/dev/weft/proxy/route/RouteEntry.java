package dev.weft.proxy.route;

import com.google.common.collect.ImmutableList;
import dev.weft.model.Provenance;
import dev.weft.model.route.Forward;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteAction;
import dev.weft.model.route.VirtualHost;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FilterOverride;
import dev.weft.proxy.exchange.RouteDecision;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A route of a virtual host, compiled; a split has one per share. Immutable, shared by the loops, made when the route first
 * matches.
 */
public final class RouteEntry implements RouteDecision {
    private final Route route;
    private final VirtualHost virtualHost;
    private final String cluster;
    private final Action action;
    private final HeaderEdits requestEdits;
    private final HeaderEdits responseEdits;

    private RouteEntry(
            Route route, VirtualHost virtualHost, String cluster, Action action, List<HeaderMutations> levels) {
        this.route = route;
        this.virtualHost = virtualHost;
        this.cluster = cluster;
        this.action = action;
        this.requestEdits = HeaderEdits.ofRequest(levels);
        this.responseEdits = HeaderEdits.ofResponse(levels);
    }

    /**
     * The entries of a route: one, or one per share of its split, in order.
     *
     * @throws IllegalArgumentException when a header edit has an unknown operator
     */
    static ImmutableList<RouteEntry> compile(Route route, VirtualHost host) {
        List<HeaderMutations> levels = List.of(route.mutations(), host.mutations());
        return switch (route.action()) {
            case RouteAction.Redirect redirect ->
                ImmutableList.of(new RouteEntry(
                        route,
                        host,
                        "",
                        new Redirects(
                                RedirectLocation.of(redirect, route.match().path())),
                        levels));
            case RouteAction.DirectResponse direct ->
                ImmutableList.of(new RouteEntry(route, host, "", Answers.of(direct), levels));
            case RouteAction.NonForwarding none ->
                ImmutableList.of(new RouteEntry(route, host, "", new NotHere(), levels));
            case Forward forward -> compile(route, host, forward, levels);
        };
    }

    private static ImmutableList<RouteEntry> compile(
            Route route, VirtualHost host, Forward forward, List<HeaderMutations> levels) {
        return switch (forward.target()) {
            case Forward.SingleCluster single ->
                ImmutableList.of(new RouteEntry(
                        route, host, single.name(), Forwards.of(forward, route, host, Optional.empty()), levels));
            case Forward.WeightedClusters split -> {
                ImmutableList.Builder<RouteEntry> entries = ImmutableList.builder();
                for (Forward.WeightedCluster share : split.clusters()) {
                    List<HeaderMutations> all = new ArrayList<>();
                    all.add(share.mutations());
                    all.addAll(levels);
                    entries.add(new RouteEntry(
                            route, host, share.name(), Forwards.of(forward, route, host, share.hostRewrite()), all));
                }
                yield entries.build();
            }
        };
    }

    public Route route() {
        return route;
    }

    public VirtualHost virtualHost() {
        return virtualHost;
    }

    /** The rule of the user's resource that this came from. */
    public Optional<Provenance> source() {
        return route.source();
    }

    Action action() {
        return action;
    }

    HeaderEdits requestEdits() {
        return requestEdits;
    }

    HeaderEdits responseEdits() {
        return responseEdits;
    }

    @Override
    public String routeName() {
        return route.name();
    }

    @Override
    public String virtualHostName() {
        return virtualHost.name();
    }

    @Override
    public String clusterName() {
        return cluster;
    }

    @Override
    public @Nullable FilterOverride filterOverride(String filterName) {
        return null;
    }

    @Override
    public void editLocalReply(Exchange exchange) {
        responseEdits.applyToResponse(exchange);
    }

    @Override
    public String toString() {
        return "RouteEntry[" + virtualHost.name() + " " + route.name() + " " + cluster + "]";
    }

    /** What the router does. */
    sealed interface Action {}

    record Redirects(RedirectLocation location) implements Action {}

    /** A direct response. */
    @SuppressWarnings("ArrayRecordComponent") // never handed out for writing, never compared
    record Answers(int status, byte[] body) implements Action {
        static Answers of(RouteAction.DirectResponse direct) {
            byte[] body = new byte[0];
            if (direct.body().isPresent()) {
                body = switch (direct.body().get()) {
                    case RouteAction.Text text -> text.text().getBytes(StandardCharsets.UTF_8);
                    case RouteAction.Bytes bytes -> bytes.latin1().getBytes(StandardCharsets.ISO_8859_1);
                };
            }
            return new Answers(direct.status(), body);
        }
    }

    /** Served by gRPC servers themselves; a proxy has nothing there. */
    record NotHere() implements Action {}

    /**
     * Goes to a cluster.
     *
     * @param host the new host of the request, null keeps it
     * @param autoHost whether the endpoint's own name becomes the host
     */
    record Forwards(
            Forward forward,
            Limits limits,
            @Nullable RetryRules retry,
            @Nullable PathEdit path,
            @Nullable String host,
            boolean autoHost)
            implements Action {
        static Forwards of(Forward forward, Route route, VirtualHost host, Optional<String> shareHost) {
            String newHost = null;
            boolean auto = false;
            if (shareHost.isPresent()) {
                newHost = shareHost.get();
            } else if (forward.rewrite().host().isPresent()) {
                switch (forward.rewrite().host().get()) {
                    case Forward.LiteralHost literal -> newHost = literal.host();
                    case Forward.AutoHost a -> auto = true;
                }
            }
            PathEdit path = forward.rewrite().path().isPresent()
                    ? PathEdit.of(forward.rewrite().path().get(), route.match().path())
                    : null;
            RetryRules retry =
                    forward.retry().isPresent() ? RetryRules.of(forward.retry().get()) : null;
            return new Forwards(forward, Limits.of(forward.timeouts()), retry, path, newHost, auto);
        }
    }
}
