package dev.weft.proxy.pipeline;

import dev.weft.model.route.RouteTable;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.LocalReply;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.exchange.RouteDecision;
import dev.weft.proxy.exchange.Router;
import org.jspecify.annotations.Nullable;

/** Answers 200 with a text of what it knows of the request: one line per fact, one per header. */
record AnsweringRouter(@Nullable RouteTable table) implements Router {
    @Override
    public @Nullable RouteDecision route(Exchange exchange) {
        return null;
    }

    @Override
    public RequestSink start(Exchange exchange, boolean end) {
        StringBuilder text = new StringBuilder();
        text.append("chain=").append(exchange.connection().filterChain()).append('\n');
        text.append("protocol=").append(exchange.request().protocol()).append('\n');
        text.append("path=").append(exchange.request().path()).append('\n');
        text.append("scheme=").append(exchange.request().scheme().text()).append('\n');
        text.append("client=").append(exchange.remoteText()).append('\n');
        text.append("table=")
                .append(table == null ? "none" : table.config().name())
                .append('\n');
        text.append("peer=")
                .append(
                        exchange.connection().peer() == null
                                ? ""
                                : exchange.connection().peer().principal())
                .append('\n');
        Headers headers = exchange.request().headers();
        for (int i = 0; i < headers.entries(); i++) {
            if (headers.isLive(i)) {
                text.append(headers.nameText(i))
                        .append(": ")
                        .append(headers.valueText(i))
                        .append('\n');
            }
        }
        LocalReply.of(FailureReason.DIRECT_RESPONSE)
                .status(200)
                .body(text.toString())
                .send(exchange);
        return RequestSink.IGNORE;
    }
}
