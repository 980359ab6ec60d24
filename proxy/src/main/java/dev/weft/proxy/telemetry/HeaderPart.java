package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.RequestHead;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@code %REQ(X?Y):Z%} and its kind: the value of a field, else of another, at most Z bytes. Pseudo headers of the request are
 * fields too.
 */
final class HeaderPart implements LogPart {
    private final Function<Exchange, Headers> headers;
    private final boolean ofRequest;
    private final String first;
    private final Optional<String> second;
    private final int limit;
    private final boolean stripQuery;

    private HeaderPart(
            Function<Exchange, Headers> headers, boolean ofRequest, String argument, int limit, boolean stripQuery) {
        String[] names = argument.toLowerCase(Locale.ROOT).split("\\?", 2);
        this.headers = headers;
        this.ofRequest = ofRequest;
        this.first = names[0];
        this.second = names.length > 1 ? Optional.of(names[1]) : Optional.empty();
        this.limit = limit;
        this.stripQuery = stripQuery;
    }

    static HeaderPart request(String argument, int limit) {
        return new HeaderPart(x -> x.request().headers(), true, argument, limit, false);
    }

    static HeaderPart response(String argument, int limit) {
        return new HeaderPart(x -> x.response().headers(), false, argument, limit, false);
    }

    static HeaderPart trailer(String argument, int limit) {
        return new HeaderPart(Exchange::responseTrailers, false, argument, limit, false);
    }

    /** {@code grpc-status} of the trailers, else of the head. */
    static LogPart grpcStatus() {
        HeaderPart trailer = trailer("grpc-status", Integer.MAX_VALUE);
        HeaderPart head = response("grpc-status", Integer.MAX_VALUE);
        return new LogPart() {
            @Override
            public void write(Exchange exchange, LineBuffer out) {
                (trailer.isAbsent(exchange) ? head : trailer).write(exchange, out);
            }

            @Override
            public boolean isAbsent(Exchange exchange) {
                return trailer.isAbsent(exchange) && head.isAbsent(exchange);
            }
        };
    }

    HeaderPart withoutQuery() {
        String argument = second.map(s -> first + "?" + s).orElse(first);
        return new HeaderPart(headers, ofRequest, argument, limit, true);
    }

    @Override
    public void write(Exchange exchange, LineBuffer out) {
        if (!write(exchange, first, out) && (second.isEmpty() || !write(exchange, second.get(), out))) {
            out.text("-");
        }
    }

    @Override
    public boolean isAbsent(Exchange exchange) {
        return !has(exchange, first) && (second.isEmpty() || !has(exchange, second.get()));
    }

    private boolean has(Exchange exchange, String name) {
        if (ofRequest && name.startsWith(":")) {
            return !pseudo(exchange.request(), name).isEmpty();
        }
        return headers.apply(exchange).find(HeaderName.of(name)) != Headers.NONE;
    }

    private boolean write(Exchange exchange, String name, LineBuffer out) {
        if (ofRequest && name.startsWith(":")) {
            String value = pseudo(exchange.request(), name);
            if (value.isEmpty()) {
                return false;
            }
            out.text(value.substring(0, Math.min(value.length(), Math.min(limit, end(value)))));
            return true;
        }
        Headers fields = headers.apply(exchange);
        int entry = fields.find(HeaderName.of(name));
        if (entry == Headers.NONE) {
            return false;
        }
        out.range(fields.block(), fields.valueStart(entry), Math.min(limit, fields.valueLength(entry)));
        return true;
    }

    private int end(String path) {
        int query = stripQuery ? path.indexOf('?') : -1;
        return query < 0 ? path.length() : query;
    }

    private static String pseudo(RequestHead head, String name) {
        return switch (name) {
            case ":method" -> head.methodText();
            case ":path" -> head.path();
            case ":authority" -> head.authority();
            case ":scheme" -> head.scheme().text();
            default -> "";
        };
    }
}
