package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.RequestHead;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code %REQ(X?Y):Z%} and its kind: the value of a field, else of another, at most Z bytes. Pseudo headers of the request are
 * fields too. Immutable.
 */
final class HeaderPart implements LogPart {
    private final Source source;
    private final Name first;
    private final @Nullable Name second;
    private final int limit;
    private final Query query;

    /** Where the field is looked for. */
    enum Source {
        REQUEST,
        RESPONSE,
        TRAILERS
    }

    /** What becomes of a query in the value. */
    enum Query {
        KEPT,
        CUT
    }

    /** A field's name, or a pseudo header's. */
    private record Name(String text, HeaderName header) {
        static Name of(String text) {
            return new Name(text, HeaderName.of(text.startsWith(":") ? text.substring(1) : text));
        }

        boolean isPseudo() {
            return text.startsWith(":");
        }
    }

    /** @param argument one name, or two with a question mark between */
    HeaderPart(Source source, String argument, int limit, Query query) {
        String[] names = argument.toLowerCase(Locale.ROOT).split("\\?", 2);
        this.source = source;
        this.first = Name.of(names[0]);
        this.second = names.length > 1 ? Name.of(names[1]) : null;
        this.limit = limit;
        this.query = query;
    }

    @Override
    public void write(Exchange exchange, LineBuffer out) {
        if (write(exchange, first, out)) {
            return;
        }
        Name other = second;
        if (other == null || !write(exchange, other, out)) {
            out.text("-");
        }
    }

    @Override
    public boolean isAbsent(Exchange exchange) {
        Name other = second;
        return !has(exchange, first) && (other == null || !has(exchange, other));
    }

    private Headers headers(Exchange exchange) {
        return switch (source) {
            case REQUEST -> exchange.request().headers();
            case RESPONSE -> exchange.response().headers();
            case TRAILERS -> exchange.responseTrailers();
        };
    }

    private boolean has(Exchange exchange, Name name) {
        if (name.isPseudo()) {
            return hasPseudo(exchange, name.text);
        }
        return headers(exchange).find(name.header) != Headers.NONE;
    }

    private boolean write(Exchange exchange, Name name, LineBuffer out) {
        if (name.isPseudo()) {
            return hasPseudo(exchange, name.text) && writePseudo(exchange, name.text, out);
        }
        Headers fields = headers(exchange);
        int entry = fields.find(name.header);
        if (entry == Headers.NONE) {
            return false;
        }
        range(fields.block(), fields.valueStart(entry), fields.valueLength(entry), out);
        return true;
    }

    private void range(byte[] block, int start, int length, LineBuffer out) {
        int end = Math.min(limit, length);
        if (query == Query.CUT) {
            for (int i = 0; i < end; i++) {
                if (block[start + i] == '?') {
                    end = i;
                }
            }
        }
        out.range(block, start, end);
    }

    private boolean hasPseudo(Exchange exchange, String name) {
        RequestHead head = exchange.request();
        if (source == Source.RESPONSE) {
            return name.equals(":status") && exchange.response().status() != 0;
        }
        return source == Source.REQUEST
                && switch (name) {
                    case ":method" -> head.methodLength() > 0;
                    case ":path" -> head.hasPath();
                    case ":authority" -> head.hasAuthority();
                    case ":scheme" -> head.methodLength() > 0;
                    default -> false;
                };
    }

    private boolean writePseudo(Exchange exchange, String name, LineBuffer out) {
        RequestHead head = exchange.request();
        byte[] block = head.headers().block();
        switch (name) {
            case ":method" -> range(block, head.methodStart(), head.methodLength(), out);
            case ":path" -> range(block, head.pathStart(), head.pathLength(), out);
            case ":authority" -> range(block, head.authorityStart(), head.authorityLength(), out);
            case ":scheme" -> out.text(head.scheme().text());
            case ":status" -> out.number(exchange.response().status());
            default -> {
                return false;
            }
        }
        return true;
    }
}
