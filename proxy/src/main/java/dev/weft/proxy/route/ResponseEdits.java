package dev.weft.proxy.route;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.RequestHead;

/** Edits a response on its way to the client as its route says. Pure functions over the exchange. */
final class ResponseEdits {
    private ResponseEdits() {}

    /** @param requestEnd when the request was complete, 0 where it is not: then nobody waited for the upstream alone */
    static void apply(Exchange exchange, RouteEntry entry, RouterOptions options, long requestEnd) {
        if (options.addsEnvoyHeaders() && requestEnd != 0) {
            exchange.response()
                    .headers()
                    .set(
                            HeaderName.X_ENVOY_UPSTREAM_SERVICE_TIME,
                            (exchange.loop().now() - requestEnd) / 1_000_000);
        }
        HeaderEdits edits = entry.responseEdits();
        if (!edits.isEmpty()) {
            edits.applyToResponse(exchange);
        }
    }

    /** Whether the upstream agreed to the tunnel that the request asked for. */
    static boolean opensTunnel(Exchange exchange) {
        RequestHead request = exchange.request();
        int status = exchange.response().status();
        return request.upgrade() != null && status == 101
                || request.method() == HttpMethod.CONNECT && status >= 200 && status < 300;
    }
}
