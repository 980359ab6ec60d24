package dev.weft.model.http;

import com.google.common.collect.ImmutableSet;
import java.util.Optional;

/**
 * Which operators a log format may have, and how they are written: Envoy's {@code %NAME%}, {@code %NAME(argument)%} and {@code
 * %NAME(argument):length%}. Pure; what each gives is the proxy's affair. Asked where a format comes in, so that one which cannot be written is
 * refused there and not found out when lines are missing.
 */
public final class LogOperators {
    /** Operators without an argument. */
    public static final ImmutableSet<String> PLAIN = ImmutableSet.of(
            "ACCESS_LOG_TYPE",
            "BYTES_RECEIVED",
            "BYTES_SENT",
            "CONNECTION_ID",
            "CONNECTION_TERMINATION_DETAILS",
            "DOWNSTREAM_DIRECT_REMOTE_ADDRESS",
            "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT",
            "DOWNSTREAM_DIRECT_REMOTE_PORT",
            "DOWNSTREAM_LOCAL_ADDRESS",
            "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
            "DOWNSTREAM_LOCAL_PORT",
            "DOWNSTREAM_LOCAL_URI_SAN",
            "DOWNSTREAM_PEER_FINGERPRINT_256",
            "DOWNSTREAM_PEER_ISSUER",
            "DOWNSTREAM_PEER_SERIAL",
            "DOWNSTREAM_PEER_SUBJECT",
            "DOWNSTREAM_PEER_URI_SAN",
            "DOWNSTREAM_REMOTE_ADDRESS",
            "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
            "DOWNSTREAM_REMOTE_PORT",
            "DOWNSTREAM_TLS_CIPHER",
            "DOWNSTREAM_TLS_VERSION",
            "DURATION",
            "FILTER_CHAIN_NAME",
            "HOSTNAME",
            "LISTENER_NAME",
            "LOCAL_REPLY_BODY",
            "PROTOCOL",
            "REQUESTED_SERVER_NAME",
            "REQUEST_DURATION",
            "REQUEST_TX_DURATION",
            "RESPONSE_CODE",
            "RESPONSE_CODE_DETAILS",
            "RESPONSE_DURATION",
            "RESPONSE_FLAGS",
            "RESPONSE_FLAGS_LONG",
            "RESPONSE_TX_DURATION",
            "ROUTE_NAME",
            "SPAN_ID",
            "STREAM_ID",
            "TRACE_ID",
            "UNIQUE_ID",
            "UPSTREAM_CLUSTER",
            "UPSTREAM_CLUSTER_RAW",
            "UPSTREAM_CONNECTION_ID",
            "UPSTREAM_HOST",
            "UPSTREAM_HOST_NAME",
            "UPSTREAM_LOCAL_ADDRESS",
            "UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
            "UPSTREAM_LOCAL_PORT",
            "UPSTREAM_PEER_ISSUER",
            "UPSTREAM_PEER_SUBJECT",
            "UPSTREAM_PEER_URI_SAN",
            "UPSTREAM_PROTOCOL",
            "UPSTREAM_REMOTE_ADDRESS",
            "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
            "UPSTREAM_REMOTE_PORT",
            "UPSTREAM_REQUEST_ATTEMPT_COUNT",
            "UPSTREAM_TLS_CIPHER",
            "UPSTREAM_TLS_VERSION",
            "UPSTREAM_TRANSPORT_FAILURE_REASON",
            "VIRTUAL_HOST_NAME",
            "WEFT_REASON");

    /** Operators that take one, or may. */
    public static final ImmutableSet<String> WITH_ARGUMENT = ImmutableSet.of(
            "REQ",
            "RESP",
            "TRAILER",
            "REQ_WITHOUT_QUERY",
            "START_TIME",
            "GRPC_STATUS",
            "GRPC_STATUS_NUMBER",
            "DYNAMIC_METADATA",
            "CLUSTER_METADATA",
            "UPSTREAM_METADATA",
            "METADATA",
            "FILTER_STATE",
            "UPSTREAM_FILTER_STATE");

    private static final ImmutableSet<String> GRPC_FORMS =
            ImmutableSet.of("", "CAMEL_STRING", "SNAKE_STRING", "NUMBER");

    private LogOperators() {}

    /** What is wrong with a text that may hold operators; empty where nothing is. */
    public static Optional<String> problem(String format) {
        int at = format.indexOf('%');
        while (at >= 0) {
            if (format.startsWith("%%", at)) {
                at = format.indexOf('%', at + 2);
                continue;
            }
            int end = end(format, at + 1);
            if (end < 0) {
                return Optional.of("'" + format.substring(at) + "' has no closing percent sign");
            }
            Optional<String> problem = problemOf(format.substring(at + 1, end));
            if (problem.isPresent()) {
                return problem;
            }
            at = format.indexOf('%', end + 1);
        }
        return Optional.empty();
    }

    /** The percent sign that closes an operator which begins at {@code from}, -1 for none; one inside parentheses belongs to the argument. */
    public static int end(String format, int from) {
        int depth = 0;
        for (int i = from; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == '%' && depth == 0) {
                return i;
            }
        }
        return -1;
    }

    private static Optional<String> problemOf(String operator) {
        int open = operator.indexOf('(');
        int close = operator.lastIndexOf(')');
        int colon = operator.lastIndexOf(':');
        String length = colon > close ? operator.substring(colon + 1) : "";
        String called = length.isEmpty() ? operator : operator.substring(0, colon);
        if (!length.chars().allMatch(c -> c >= '0' && c <= '9') || length.length() > 9) {
            return Optional.of("'" + length + "' in %" + operator + "% is no length");
        }
        String name = open < 0 ? called : operator.substring(0, open);
        boolean known = open < 0 && PLAIN.contains(name) || WITH_ARGUMENT.contains(name);
        if (!known || open >= 0 && !called.endsWith(")")) {
            return Optional.of("unknown operator %" + operator + "%");
        }
        String argument = open < 0 ? "" : operator.substring(open + 1, close);
        return name.equals("GRPC_STATUS") && !GRPC_FORMS.contains(argument)
                ? Optional.of("'" + argument + "' in %" + operator
                        + "% is no form, expected CAMEL_STRING, SNAKE_STRING or NUMBER")
                : Optional.empty();
    }
}
