package dev.weft.proxy.route;

import dev.weft.model.route.Forward;
import dev.weft.proxy.cluster.Cluster;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.LocalReply;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.exchange.RouteDecision;
import dev.weft.proxy.exchange.Router;
import org.jspecify.annotations.Nullable;

/**
 * The end of a filter chain: looks the route up, redirects and answers by itself, and hands the rest to an {@link UpstreamCall}.
 * Stands behind the last filter; immutable, shared by the loops, made anew with each version of its route table, which an exchange
 * so pins with its filter chain.
 */
public final class HttpRouter implements Router {
    private final @Nullable Routes routes;
    private final UpstreamCalls calls;
    private final RouterOptions options;

    /** @param routes null while the route table has not arrived: every request is answered 404 then */
    public HttpRouter(@Nullable Routes routes, UpstreamCalls calls, RouterOptions options) {
        this.routes = routes;
        this.calls = calls;
        this.options = options;
    }

    @Override
    public @Nullable RouteDecision route(Exchange exchange) {
        return routes == null ? null : routes.find(exchange);
    }

    @Override
    public RequestSink start(Exchange exchange, boolean end) {
        RouteDecision decision = exchange.route();
        if (decision == null) {
            exchange.answer(FailureReason.NO_ROUTE);
            return RequestSink.IGNORE;
        }
        RouteEntry entry = (RouteEntry) decision;
        return switch (entry.action()) {
            case RouteEntry.Forwards forwards -> forward(exchange, entry, forwards, end);
            case RouteEntry.Redirects redirects -> {
                LocalReply.of(FailureReason.DIRECT_RESPONSE)
                        .status(redirects.location().code())
                        .header(HeaderName.LOCATION, redirects.location().of(exchange.request()))
                        .send(exchange);
                yield RequestSink.IGNORE;
            }
            case RouteEntry.Answers answers -> {
                LocalReply.of(FailureReason.DIRECT_RESPONSE)
                        .status(answers.status())
                        .body(answers.body())
                        .send(exchange);
                yield RequestSink.IGNORE;
            }
            case RouteEntry.NotHere none -> {
                exchange.answer(FailureReason.NO_ROUTE);
                yield RequestSink.IGNORE;
            }
        };
    }

    private RequestSink forward(Exchange exchange, RouteEntry entry, RouteEntry.Forwards forwards, boolean end) {
        Forward.Upgrade.Mode tunnel = Forward.Upgrade.Mode.PASSED_ON;
        RequestHead request = exchange.request();
        if (request.wantsTunnel()) {
            String upgrade = request.upgrade();
            tunnel = mode(forwards.forward(), upgrade == null ? "connect" : upgrade);
            if (tunnel == Forward.Upgrade.Mode.REFUSED) {
                exchange.answer(FailureReason.UPGRADE_REFUSED);
                return RequestSink.IGNORE;
            }
        }
        exchange.upstream().cluster(entry.clusterName());
        Cluster cluster = calls.clusters().find(entry.clusterName());
        if (cluster == null) {
            LocalReply.of(FailureReason.NO_CLUSTER)
                    .status(forwards.forward().clusterNotFoundStatus())
                    .send(exchange);
            return RequestSink.IGNORE;
        }
        UpstreamCall call = calls.acquire(exchange.loop());
        call.begin(exchange, entry, forwards, options);
        return call.start(cluster, end, tunnel);
    }

    private Forward.Upgrade.Mode mode(Forward forward, String type) {
        for (int i = 0; i < forward.upgrades().size(); i++) {
            Forward.Upgrade upgrade = forward.upgrades().get(i);
            if (upgrade.type().equalsIgnoreCase(type)) {
                return upgrade.mode();
            }
        }
        return options.upgrades().contains(type) ? Forward.Upgrade.Mode.PASSED_ON : Forward.Upgrade.Mode.REFUSED;
    }
}
