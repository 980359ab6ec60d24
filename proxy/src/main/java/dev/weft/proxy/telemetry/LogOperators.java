package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.PeerIdentity;
import dev.weft.proxy.exchange.ResponseFlag;
import dev.weft.proxy.exchange.RouteDecision;
import dev.weft.proxy.exchange.TlsFacts;
import dev.weft.proxy.telemetry.GrpcStatusPart.Form;
import dev.weft.proxy.telemetry.HeaderPart.Query;
import dev.weft.proxy.telemetry.HeaderPart.Source;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
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
            number("REQUEST_TX_DURATION", x -> since(x, x.timings().upstreamRequestEnd)),
            number("RESPONSE_DURATION", x -> since(x, x.timings().upstreamResponseStart)),
            number("RESPONSE_TX_DURATION", x -> between(x.timings().upstreamResponseStart, end(x))),
            number("CONNECTION_ID", x -> x.connection().id()),
            number("UPSTREAM_CONNECTION_ID", x -> x.upstream().connectionId()),
            number("UPSTREAM_REQUEST_ATTEMPT_COUNT", x -> x.upstream().attempts()),
            text("PROTOCOL", x -> isHttp(x) ? x.request().protocol().text() : ""),
            text("UPSTREAM_PROTOCOL", LogOperators::upstreamProtocol),
            Map.entry("RESPONSE_FLAGS", new FlagsPart(ResponseFlag::code)),
            Map.entry("RESPONSE_FLAGS_LONG", new FlagsPart(ResponseFlag::longName)),
            text("RESPONSE_CODE_DETAILS", x -> x.details()),
            text("CONNECTION_TERMINATION_DETAILS", x -> ""),
            text("LOCAL_REPLY_BODY", x -> ""),
            text("STREAM_ID", x -> ""),
            text("TRACE_ID", x -> ""),
            text("SPAN_ID", x -> ""),
            text("ACCESS_LOG_TYPE", x -> isHttp(x) ? "DownstreamEnd" : "TcpConnectionEnd"),
            text("WEFT_REASON", LogOperators::reason),
            text("UPSTREAM_TRANSPORT_FAILURE_REASON", x -> x.upstream().failure()),
            text("UPSTREAM_HOST", x -> x.upstream().host()),
            text("UPSTREAM_HOST_NAME", x -> x.upstream().hostName()),
            text("UPSTREAM_REMOTE_ADDRESS", x -> x.upstream().host()),
            host("UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", x -> x.upstream().host()),
            port("UPSTREAM_REMOTE_PORT", x -> x.upstream().host()),
            host("UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT", x -> x.upstream().localAddress()),
            port("UPSTREAM_LOCAL_PORT", x -> x.upstream().localAddress()),
            text("UPSTREAM_TLS_VERSION", x -> upstreamTls(x, TlsFacts::version)),
            text("UPSTREAM_TLS_CIPHER", x -> upstreamTls(x, TlsFacts::cipher)),
            text("UPSTREAM_PEER_URI_SAN", x -> upstreamTls(x, tls -> of(tls.peer(), PeerIdentity::principal))),
            text("UPSTREAM_PEER_SUBJECT", x -> upstreamTls(x, tls -> of(tls.peer(), PeerIdentity::subject))),
            text("UPSTREAM_PEER_ISSUER", x -> upstreamTls(x, tls -> of(tls.peer(), PeerIdentity::issuer))),
            text("UPSTREAM_CLUSTER", x -> x.upstream().cluster()),
            text("UPSTREAM_CLUSTER_RAW", x -> x.upstream().cluster()),
            text("UPSTREAM_LOCAL_ADDRESS", x -> x.upstream().localAddress()),
            text("DOWNSTREAM_LOCAL_ADDRESS", x -> x.connection().localText()),
            text("DOWNSTREAM_REMOTE_ADDRESS", Exchange::remoteText),
            host("DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", Exchange::remoteText),
            port("DOWNSTREAM_REMOTE_PORT", Exchange::remoteText),
            text("DOWNSTREAM_DIRECT_REMOTE_ADDRESS", x -> x.connection().remoteText()),
            host(
                    "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT",
                    x -> x.connection().remoteText()),
            port("DOWNSTREAM_DIRECT_REMOTE_PORT", x -> x.connection().remoteText()),
            host("DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT", x -> x.connection().localText()),
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

    private static final LogPart ABSENT = text("", x -> "").getValue();

    private LogOperators() {}

    /** Those without an argument. Which there are is said in {@link dev.weft.model.http.LogOperators}, which refuses all others where they come in. */
    static Set<String> plain() {
        return PLAIN.keySet();
    }

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
            case "REQ" -> new HeaderPart(Source.REQUEST, argument, limit, Query.KEPT);
            case "RESP" -> new HeaderPart(Source.RESPONSE, argument, limit, Query.KEPT);
            case "TRAILER" -> new HeaderPart(Source.TRAILERS, argument, limit, Query.KEPT);
            case "REQ_WITHOUT_QUERY" -> new HeaderPart(Source.REQUEST, argument, limit, Query.CUT);
            case "START_TIME" -> new StartTime(argument);
            case "GRPC_STATUS" -> new GrpcStatusPart(form(operator, argument));
            case "GRPC_STATUS_NUMBER" -> new GrpcStatusPart(Form.NUMBER);
            // Nobody here keeps such data, so there is never a value.
            case "DYNAMIC_METADATA",
                    "CLUSTER_METADATA",
                    "UPSTREAM_METADATA",
                    "METADATA",
                    "FILTER_STATE",
                    "UPSTREAM_FILTER_STATE" -> ABSENT;
            default -> throw new IllegalArgumentException("access log format: unknown operator %" + operator + "%");
        };
    }

    private static Form form(String operator, String argument) {
        return switch (argument) {
            case "", "CAMEL_STRING" -> Form.CAMEL_STRING;
            case "SNAKE_STRING" -> Form.SNAKE_STRING;
            case "NUMBER" -> Form.NUMBER;
            default ->
                throw new IllegalArgumentException("access log format: '" + argument + "' in %" + operator
                        + "% is no form, expected CAMEL_STRING, SNAKE_STRING or NUMBER");
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
        return (exchange, out) -> out.literal(bytes);
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

    /** The host of an address, without the brackets of IPv6. */
    private static Map.Entry<String, LogPart> host(String name, Function<Exchange, String> address) {
        return Map.entry(name, new AddressPart(address, AddressPart.Piece.HOST));
    }

    private static Map.Entry<String, LogPart> port(String name, Function<Exchange, String> address) {
        return Map.entry(name, new AddressPart(address, AddressPart.Piece.PORT));
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

    /** A forwarded connection is an exchange without a request. */
    private static boolean isHttp(Exchange exchange) {
        return exchange.request().methodLength() > 0;
    }

    private static String upstreamProtocol(Exchange exchange) {
        HttpProtocol protocol = exchange.upstream().protocol();
        return protocol == null || !isHttp(exchange) ? "" : protocol.text();
    }

    private static String reason(Exchange exchange) {
        FailureReason reason = exchange.failure();
        return reason == null ? "" : reason.code();
    }

    private static String route(Exchange exchange, Function<RouteDecision, String> part) {
        RouteDecision route = exchange.routeIfKnown();
        return route == null ? "" : part.apply(route);
    }

    private static String tls(Exchange exchange, Function<TlsFacts, String> part) {
        TlsFacts tls = exchange.connection().tls();
        return tls == null ? "" : part.apply(tls);
    }

    private static String peer(Exchange exchange, Function<PeerIdentity, String> part) {
        return of(exchange.connection().peer(), part);
    }

    private static String upstreamTls(Exchange exchange, Function<TlsFacts, String> part) {
        TlsFacts tls = exchange.upstream().tls();
        return tls == null ? "" : part.apply(tls);
    }

    private static String of(@Nullable PeerIdentity peer, Function<PeerIdentity, String> part) {
        return peer == null ? "" : part.apply(peer);
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "-";
        }
    }
}
