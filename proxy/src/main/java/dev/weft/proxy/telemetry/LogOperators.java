package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.PeerIdentity;
import dev.weft.proxy.exchange.ResponseFlag;
import dev.weft.proxy.exchange.RouteDecision;
import dev.weft.proxy.exchange.TlsFacts;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Envoy's access log operators by name. */
final class LogOperators {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final String HOSTNAME = hostname();

    private static final Map<String, LogPart> PLAIN = Map.ofEntries(
            number("RESPONSE_CODE", x -> x.response().status()),
            number("BYTES_RECEIVED", Exchange::requestBytes),
            number("BYTES_SENT", Exchange::responseBytes),
            number("DURATION", x -> since(x, end(x))),
            number("REQUEST_DURATION", x -> since(x, x.timings().requestEnd)),
            number("RESPONSE_DURATION", x -> since(x, x.timings().upstreamResponseStart)),
            number("RESPONSE_TX_DURATION", x -> between(x.timings().upstreamResponseStart, end(x))),
            number("CONNECTION_ID", x -> x.connection().id()),
            number("UPSTREAM_CONNECTION_ID", x -> x.upstream().connectionId()),
            number("UPSTREAM_REQUEST_ATTEMPT_COUNT", x -> x.upstream().attempts()),
            text("PROTOCOL", x -> x.request().protocol().text()),
            text("UPSTREAM_PROTOCOL", LogOperators::upstreamProtocol),
            text("RESPONSE_FLAGS", x -> ResponseFlag.codes(x.flags())),
            text("RESPONSE_CODE_DETAILS", x -> x.details()),
            text("CONNECTION_TERMINATION_DETAILS", x -> ""),
            text("WEFT_REASON", LogOperators::reason),
            text("UPSTREAM_TRANSPORT_FAILURE_REASON", x -> x.upstream().failure()),
            text("UPSTREAM_HOST", x -> x.upstream().host()),
            text("UPSTREAM_HOST_NAME", x -> x.upstream().hostName()),
            text("UPSTREAM_REMOTE_ADDRESS", x -> x.upstream().host()),
            text("UPSTREAM_CLUSTER", x -> x.upstream().cluster()),
            text("UPSTREAM_CLUSTER_RAW", x -> x.upstream().cluster()),
            text("UPSTREAM_LOCAL_ADDRESS", x -> x.upstream().localAddress()),
            text("DOWNSTREAM_LOCAL_ADDRESS", x -> x.connection().localText()),
            text("DOWNSTREAM_REMOTE_ADDRESS", Exchange::remoteText),
            text("DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", x -> withoutPort(x.remoteText())),
            text("DOWNSTREAM_DIRECT_REMOTE_ADDRESS", x -> x.connection().remoteText()),
            text(
                    "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT",
                    x -> withoutPort(x.connection().remoteText())),
            text(
                    "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
                    x -> withoutPort(x.connection().localText())),
            number("DOWNSTREAM_LOCAL_PORT", x -> x.connection().destination().getPort()),
            text("REQUESTED_SERVER_NAME", x -> x.connection().serverName()),
            text("ROUTE_NAME", x -> route(x, RouteDecision::routeName)),
            text("VIRTUAL_HOST_NAME", x -> route(x, RouteDecision::virtualHostName)),
            text("FILTER_CHAIN_NAME", x -> x.connection().filterChain()),
            text("LISTENER_NAME", x -> x.connection().listener()),
            text("DOWNSTREAM_TLS_VERSION", x -> tls(x, TlsFacts::version)),
            text("DOWNSTREAM_TLS_CIPHER", x -> tls(x, TlsFacts::cipher)),
            text("DOWNSTREAM_LOCAL_URI_SAN", x -> tls(x, TlsFacts::local)),
            text("DOWNSTREAM_PEER_URI_SAN", x -> peer(x, PeerIdentity::principal)),
            text("DOWNSTREAM_PEER_SUBJECT", x -> peer(x, PeerIdentity::subject)),
            text("DOWNSTREAM_PEER_ISSUER", x -> peer(x, PeerIdentity::issuer)),
            text("DOWNSTREAM_PEER_SERIAL", x -> peer(x, PeerIdentity::serial)),
            text("DOWNSTREAM_PEER_FINGERPRINT_256", x -> peer(x, PeerIdentity::sha256)),
            text("HOSTNAME", x -> HOSTNAME),
            text("UNIQUE_ID", Exchange::requestId));

    private LogOperators() {}

    /** @throws IllegalArgumentException when the operator is not known */
    static LogPart parse(String operator) {
        String name = operator;
        int limit = Integer.MAX_VALUE;
        int colon = operator.lastIndexOf(':');
        int close = operator.lastIndexOf(')');
        if (colon > close && !operator.substring(colon + 1).isEmpty()) {
            limit = length(operator, operator.substring(colon + 1));
            name = operator.substring(0, colon);
        }
        int open = name.indexOf('(');
        String argument = open < 0 ? "" : name.substring(open + 1, name.length() - 1);
        String plain = open < 0 ? name : name.substring(0, open);
        LogPart known = PLAIN.get(plain);
        if (known != null && open < 0) {
            return known;
        }
        return switch (plain) {
            case "REQ" -> HeaderPart.request(argument, limit);
            case "RESP" -> HeaderPart.response(argument, limit);
            case "TRAILER" -> HeaderPart.trailer(argument, limit);
            case "REQ_WITHOUT_QUERY" -> HeaderPart.request(argument, limit).withoutQuery();
            case "START_TIME" -> new StartTime(argument);
            case "GRPC_STATUS" -> HeaderPart.grpcStatus();
            case "GRPC_STATUS_NUMBER" -> HeaderPart.grpcStatus();
            default -> throw new IllegalArgumentException("access log format: unknown operator %" + operator + "%");
        };
    }

    private static int length(String operator, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "access log format: '" + digits + "' in %" + operator + "% is no length", e);
        }
    }

    static LogPart literal(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return (exchange, out) -> out.raw(bytes);
    }

    private static Map.Entry<String, LogPart> number(String name, ToLongFunction<Exchange> value) {
        return Map.entry(name, new LogPart() {
            @Override
            public void write(Exchange exchange, LineBuffer out) {
                if (isAbsent(exchange)) {
                    out.text("-");
                } else {
                    out.number(value.applyAsLong(exchange));
                }
            }

            @Override
            public boolean isNumber() {
                return true;
            }

            @Override
            public boolean isAbsent(Exchange exchange) {
                return value.applyAsLong(exchange) < 0;
            }
        });
    }

    private static Map.Entry<String, LogPart> text(String name, Function<Exchange, String> value) {
        return Map.entry(name, new LogPart() {
            @Override
            public void write(Exchange exchange, LineBuffer out) {
                String text = value.apply(exchange);
                out.text(text.isEmpty() ? "-" : text);
            }

            @Override
            public boolean isAbsent(Exchange exchange) {
                return value.apply(exchange).isEmpty();
            }
        });
    }

    private static long end(Exchange exchange) {
        long end = exchange.timings().responseEnd;
        return end == 0 ? exchange.loop().now() : end;
    }

    private static long since(Exchange exchange, long then) {
        return between(exchange.timings().start, then);
    }

    private static long between(long from, long to) {
        return from == 0 || to == 0 ? -1 : Math.max(0, (to - from) / NANOS_PER_MILLI);
    }

    private static String upstreamProtocol(Exchange exchange) {
        HttpProtocol protocol = exchange.upstream().protocol();
        return protocol == null ? "" : protocol.text();
    }

    private static String reason(Exchange exchange) {
        FailureReason reason = exchange.failure();
        return reason == null ? "" : reason.code();
    }

    private static String route(Exchange exchange, Function<RouteDecision, String> part) {
        RouteDecision route = exchange.route();
        return route == null ? "" : part.apply(route);
    }

    private static String tls(Exchange exchange, Function<TlsFacts, String> part) {
        TlsFacts tls = exchange.connection().tls();
        return tls == null ? "" : part.apply(tls);
    }

    private static String peer(Exchange exchange, Function<PeerIdentity, String> part) {
        @Nullable PeerIdentity peer = exchange.connection().peer();
        return peer == null ? "" : part.apply(peer);
    }

    private static String withoutPort(String address) {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? address : address.substring(0, colon);
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "-";
        }
    }
}
