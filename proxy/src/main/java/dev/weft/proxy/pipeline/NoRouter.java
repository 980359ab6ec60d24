package dev.weft.proxy.pipeline;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.exchange.RouteDecision;
import dev.weft.proxy.exchange.Router;
import org.jspecify.annotations.Nullable;

/** The end of chains that carry no requests. */
enum NoRouter implements Router {
    INSTANCE;

    @Override
    public @Nullable RouteDecision route(Exchange exchange) {
        return null;
    }

    @Override
    public RequestSink start(Exchange exchange, boolean end) {
        return RequestSink.IGNORE;
    }
}
