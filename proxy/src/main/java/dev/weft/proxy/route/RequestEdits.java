package dev.weft.proxy.route;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.RequestHead;

/** Edits a request on its way to the upstream as its route says: fields, then host, then path. Pure functions over the exchange. */
final class RequestEdits {
    private RequestEdits() {}

    static void apply(Exchange exchange, RouteEntry entry, RouteEntry.Forwards forwards, RouterOptions options) {
        if (!entry.requestEdits().isEmpty()) {
            entry.requestEdits().applyToRequest(exchange);
        }
        RequestHead request = exchange.request();
        String host = forwards.host();
        if (host != null) {
            rewriteHost(request, host, options);
        }
        PathEdit path = forwards.path();
        if (path != null && request.hasPath()) {
            String before = request.path();
            path.apply(request);
            if (options.addsEnvoyHeaders()) {
                request.headers().set(HeaderName.X_ENVOY_ORIGINAL_PATH, before);
            }
        }
    }

    /** Remembers the first host only: a retry's endpoint is no client's wish. */
    static void rewriteHost(RequestHead request, String host, RouterOptions options) {
        if (options.addsEnvoyHeaders() && !request.headers().contains(HeaderName.X_ENVOY_ORIGINAL_HOST)) {
            request.headers().set(HeaderName.X_ENVOY_ORIGINAL_HOST, request.authority());
        }
        request.authority(host);
    }
}
