package dev.weft.proxy.route;

import com.google.common.collect.ImmutableMap;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.PeerIdentity;
import dev.weft.proxy.exchange.ResponseFlag;
import dev.weft.proxy.exchange.RouteDecision;
import dev.weft.proxy.exchange.TlsFacts;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The value of a header edit: text with Envoy's {@code %OPERATORS%}, compiled once. Immutable.
 *
 * <p>What an operator has no value for is empty, and an edit with an empty value is not made (Envoy's {@code
 * keep_empty_value: false}).
 */
final class ValueTemplate {
    private static final ImmutableMap<String, Part> OPERATORS = ImmutableMap.<String, Part>builder()
            .put("PROTOCOL", x -> x.request().protocol().text())
            .put("ROUTE_NAME", x -> route(x, RouteDecision::routeName))
            .put("UPSTREAM_CLUSTER", x -> x.upstream().cluster())
            .put("UPSTREAM_HOST", x -> x.upstream().host())
            .put("UPSTREAM_REMOTE_ADDRESS", x -> x.upstream().host())
            .put(
                    "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
                    x -> withoutPort(x.upstream().host()))
            .put("UPSTREAM_LOCAL_ADDRESS", x -> x.upstream().localAddress())
            .put("RESPONSE_CODE", x -> Integer.toString(x.response().status()))
            .put("RESPONSE_CODE_DETAILS", Exchange::details)
            .put("RESPONSE_FLAGS", x -> ResponseFlag.codes(x.flags()))
            .put("REQUESTED_SERVER_NAME", x -> x.connection().serverName())
            .put("STREAM_ID", Exchange::requestId)
            .put("CONNECTION_ID", x -> Long.toString(x.connection().id()))
            .put(
                    "START_TIME",
                    x -> Instant.ofEpochMilli(x.timings().startEpochMillis).toString())
            .put("DOWNSTREAM_REMOTE_ADDRESS", Exchange::remoteText)
            .put("DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", x -> withoutPort(x.remoteText()))
            .put("DOWNSTREAM_REMOTE_PORT", x -> port(x.connection().remote()))
            .put("DOWNSTREAM_DIRECT_REMOTE_ADDRESS", x -> x.connection().remoteText())
            .put(
                    "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT",
                    x -> host(x.connection().remote()))
            .put("DOWNSTREAM_LOCAL_ADDRESS", x -> x.connection().localText())
            .put(
                    "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
                    x -> host(x.connection().destination()))
            .put("DOWNSTREAM_LOCAL_PORT", x -> port(x.connection().destination()))
            .put("DOWNSTREAM_PEER_URI_SAN", x -> peer(x, p -> String.join(",", p.uriSans())))
            .put("DOWNSTREAM_PEER_DNS_SAN", x -> peer(x, p -> String.join(",", p.dnsSans())))
            .put("DOWNSTREAM_PEER_SUBJECT", x -> peer(x, PeerIdentity::subject))
            .put("DOWNSTREAM_PEER_ISSUER", x -> peer(x, PeerIdentity::issuer))
            .put("DOWNSTREAM_PEER_SERIAL", x -> peer(x, PeerIdentity::serial))
            .put("DOWNSTREAM_PEER_FINGERPRINT_256", x -> peer(x, PeerIdentity::sha256))
            .put("DOWNSTREAM_LOCAL_URI_SAN", x -> tls(x.connection(), TlsFacts::local))
            .put("DOWNSTREAM_TLS_VERSION", x -> tls(x.connection(), TlsFacts::version))
            .put("DOWNSTREAM_TLS_CIPHER", x -> tls(x.connection(), TlsFacts::cipher))
            .buildOrThrow();

    private final Part[] parts;
    private final @Nullable String constant;

    private ValueTemplate(List<Part> parts, @Nullable String constant) {
        this.parts = parts.toArray(Part[]::new);
        this.constant = constant;
    }

    /** @throws IllegalArgumentException when an operator is unknown or not closed */
    static ValueTemplate parse(String text) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        boolean dynamic = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                literal.append(c);
                continue;
            }
            if (i + 1 < text.length() && text.charAt(i + 1) == '%') {
                literal.append('%');
                i++;
                continue;
            }
            int end = text.indexOf('%', i + 1);
            if (end < 0) {
                throw new IllegalArgumentException(
                        "'" + text + "' has a single % at " + i + ", expected %OPERATOR% or %%");
            }
            flush(literal, parts);
            parts.add(operator(text.substring(i + 1, end), text));
            dynamic = true;
            i = end;
        }
        if (!dynamic) {
            return new ValueTemplate(List.of(), Headers.utf8(literal.toString()));
        }
        flush(literal, parts);
        return new ValueTemplate(parts, null);
    }

    /** The value where no operator takes part, else null. */
    @Nullable
    String constant() {
        return constant;
    }

    /** The value for this exchange as it stands now, one char per byte. */
    String value(Exchange exchange) {
        if (constant != null) {
            return constant;
        }
        if (parts.length == 1) {
            return parts[0].value(exchange);
        }
        StringBuilder value = new StringBuilder();
        for (Part part : parts) {
            value.append(part.value(exchange));
        }
        return value.toString();
    }

    private static void flush(StringBuilder literal, List<Part> parts) {
        if (!literal.isEmpty()) {
            String text = Headers.utf8(literal.toString());
            parts.add(x -> text);
            literal.setLength(0);
        }
    }

    private static Part operator(String operator, String whole) {
        Part known = OPERATORS.get(operator);
        if (known != null) {
            return known;
        }
        int open = operator.indexOf('(');
        int close = operator.lastIndexOf(')');
        if (open > 0 && close > open) {
            String name = operator.substring(0, open);
            String argument = operator.substring(open + 1, close);
            int limit = limit(operator.substring(close + 1), whole);
            switch (name) {
                case "REQ" -> {
                    return limited(header(argument, x -> x.request().headers(), true), limit);
                }
                case "RESP" -> {
                    return limited(header(argument, x -> x.response().headers(), false), limit);
                }
                default -> {
                    // unknown, below
                }
            }
        }
        throw new IllegalArgumentException(
                "'" + whole + "' has the operator %" + operator + "%, which is not known here");
    }

    private static int limit(String text, String whole) {
        if (text.isEmpty()) {
            return Integer.MAX_VALUE;
        }
        try {
            return Integer.parseInt(text.substring(1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + whole + "' has the length '" + text + "', expected :NUMBER", e);
        }
    }

    private static Part limited(Part part, int limit) {
        if (limit == Integer.MAX_VALUE) {
            return part;
        }
        return x -> {
            String value = part.value(x);
            return value.length() > limit ? value.substring(0, limit) : value;
        };
    }

    /** {@code name?alternative}. */
    private static Part header(String argument, Function<Exchange, Headers> of, boolean request) {
        int question = argument.indexOf('?');
        Part first = oneHeader(question < 0 ? argument : argument.substring(0, question), of, request);
        if (question < 0) {
            return first;
        }
        Part second = oneHeader(argument.substring(question + 1), of, request);
        return x -> {
            String value = first.value(x);
            return value.isEmpty() ? second.value(x) : value;
        };
    }

    private static Part oneHeader(String name, Function<Exchange, Headers> of, boolean request) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (request) {
            switch (lower) {
                case ":path" -> {
                    return x -> x.request().path();
                }
                case ":authority", "host" -> {
                    return x -> x.request().authority();
                }
                case ":method" -> {
                    return x -> x.request().methodText();
                }
                case ":scheme" -> {
                    return x -> x.request().scheme().text();
                }
                default -> {
                    // a field
                }
            }
        } else if (lower.equals(":status")) {
            return x -> Integer.toString(x.response().status());
        }
        HeaderName key = HeaderName.of(lower);
        return x -> {
            String value = of.apply(x).text(key);
            return value == null ? "" : value;
        };
    }

    private static String route(Exchange exchange, Function<RouteDecision, String> of) {
        RouteDecision route = exchange.route();
        return route == null ? "" : of.apply(route);
    }

    private static String peer(Exchange exchange, Function<PeerIdentity, String> of) {
        PeerIdentity peer = exchange.connection().peer();
        return peer == null ? "" : of.apply(peer);
    }

    private static String tls(ConnectionFacts connection, Function<TlsFacts, String> of) {
        TlsFacts tls = connection.tls();
        return tls == null ? "" : of.apply(tls);
    }

    private static String host(InetSocketAddress address) {
        return address.getAddress() == null
                ? address.getHostString()
                : address.getAddress().getHostAddress();
    }

    private static String port(InetSocketAddress address) {
        return Integer.toString(address.getPort());
    }

    private static String withoutPort(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon);
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** One operator or literal. */
    @FunctionalInterface
    private interface Part {
        String value(Exchange exchange);
    }
}
