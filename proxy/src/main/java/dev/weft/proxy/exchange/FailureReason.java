package dev.weft.proxy.exchange;

import static dev.weft.proxy.exchange.ResponseFlag.DNS_RESOLUTION_FAILED;
import static dev.weft.proxy.exchange.ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION;
import static dev.weft.proxy.exchange.ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR;
import static dev.weft.proxy.exchange.ResponseFlag.DURATION_TIMEOUT;
import static dev.weft.proxy.exchange.ResponseFlag.FAILED_LOCAL_HEALTH_CHECK;
import static dev.weft.proxy.exchange.ResponseFlag.INVALID_ENVOY_REQUEST_HEADERS;
import static dev.weft.proxy.exchange.ResponseFlag.NO_CLUSTER_FOUND;
import static dev.weft.proxy.exchange.ResponseFlag.NO_HEALTHY_UPSTREAM;
import static dev.weft.proxy.exchange.ResponseFlag.NO_ROUTE_FOUND;
import static dev.weft.proxy.exchange.ResponseFlag.UNAUTHORIZED_EXTERNAL_SERVICE;
import static dev.weft.proxy.exchange.ResponseFlag.UPSTREAM_CONNECTION_FAILURE;
import static dev.weft.proxy.exchange.ResponseFlag.UPSTREAM_CONNECTION_TERMINATION;
import static dev.weft.proxy.exchange.ResponseFlag.UPSTREAM_OVERFLOW;
import static dev.weft.proxy.exchange.ResponseFlag.UPSTREAM_PROTOCOL_ERROR;
import static dev.weft.proxy.exchange.ResponseFlag.UPSTREAM_REMOTE_RESET;
import static dev.weft.proxy.exchange.ResponseFlag.UPSTREAM_REQUEST_TIMEOUT;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Every reason for which this proxy refuses, answers or ends an exchange by itself: a closed set.
 *
 * <p>Each has a stable code for metrics, traces and {@code explain}, Envoy's flag and details for access logs, and the
 * status and body of the answer, which {@link LocalReply} alone builds. A status of 0 means that nobody is left to
 * answer. Statuses, bodies and details are Envoy's, so that dashboards and alerts keep their meaning.
 */
public enum FailureReason {
    // Routing and clusters.
    NO_ROUTE(404, NO_ROUTE_FOUND, "route_not_found", ""),
    NO_CLUSTER(503, NO_CLUSTER_FOUND, "cluster_not_found", ""),
    NO_HEALTHY_HOST(503, NO_HEALTHY_UPSTREAM, "no_healthy_upstream", "no healthy upstream"),
    MAINTENANCE_MODE(503, UPSTREAM_OVERFLOW, "maintenance_mode", "maintenance mode"),
    DIRECT_RESPONSE(0, null, "direct_response", ""),
    DNS_FAILURE(503, DNS_RESOLUTION_FAILED, "dns_resolution_failed", "DNS resolution failure"),

    // Upstream: these answer with the "upstream connect error" body; the text is Envoy's reset reason.
    CONNECT_FAILURE(UPSTREAM_CONNECTION_FAILURE, "remote connection failure"),
    LOCAL_CONNECT_FAILURE(UPSTREAM_CONNECTION_FAILURE, "local connection failure"),
    CONNECT_TIMEOUT(UPSTREAM_CONNECTION_FAILURE, "connection timeout"),
    UPSTREAM_CLOSED(UPSTREAM_CONNECTION_TERMINATION, "connection termination"),
    UPSTREAM_RESET(UPSTREAM_REMOTE_RESET, "remote reset"),
    UPSTREAM_REFUSED_STREAM(UPSTREAM_REMOTE_RESET, "remote refused stream reset"),
    UPSTREAM_PROTOCOL(UPSTREAM_PROTOCOL_ERROR, "protocol error"),
    OVERFLOW(UPSTREAM_OVERFLOW, "overflow"),
    LOCAL_RESET(ResponseFlag.LOCAL_RESET, "local reset"),

    // Time.
    ROUTE_TIMEOUT(504, UPSTREAM_REQUEST_TIMEOUT, "response_timeout", "upstream request timeout"),
    PER_TRY_TIMEOUT(504, UPSTREAM_REQUEST_TIMEOUT, "upstream_per_try_timeout", "upstream request timeout"),
    PER_TRY_IDLE_TIMEOUT(504, UPSTREAM_REQUEST_TIMEOUT, "upstream_per_try_idle_timeout", "upstream request timeout"),
    REQUEST_IDLE_TIMEOUT(408, ResponseFlag.STREAM_IDLE_TIMEOUT, "stream_idle_timeout", "stream timeout"),
    STREAM_IDLE_TIMEOUT(504, ResponseFlag.STREAM_IDLE_TIMEOUT, "stream_idle_timeout", "stream timeout"),
    REQUEST_TIMEOUT(408, null, "request_overall_timeout", "request timeout"),
    REQUEST_HEADER_TIMEOUT(408, null, "request_header_timeout", "request header timeout"),
    MAX_STREAM_DURATION(408, DURATION_TIMEOUT, "max_duration_timeout", "downstream duration timeout"),
    UPSTREAM_MAX_STREAM_DURATION(
            504,
            ResponseFlag.UPSTREAM_MAX_STREAM_DURATION_REACHED,
            "upstream_max_stream_duration_reached",
            "upstream max stream duration reached"),
    FLUSH_TIMEOUT(0, null, "tx_flush_timeout", ""),

    // Downstream.
    DOWNSTREAM_CLOSED(0, DOWNSTREAM_CONNECTION_TERMINATION, "downstream_remote_disconnect", ""),
    DOWNSTREAM_RESET(0, ResponseFlag.DOWNSTREAM_REMOTE_RESET, "http2.remote_reset", ""),
    DOWNSTREAM_LOCAL_CLOSE(0, ResponseFlag.LOCAL_RESET, "downstream_local_disconnect", ""),
    REQUEST_TOO_LARGE(413, null, "request_payload_too_large", "Payload Too Large"),
    RESPONSE_TOO_LARGE(500, null, "response_payload_too_large", "Internal Server Error"),
    UPGRADE_REFUSED(403, null, "upgrade_failed", ""),
    OVERLOAD(503, ResponseFlag.OVERLOAD_MANAGER_TERMINATED, "overload", "envoy overloaded"),
    MISSING_HOST(400, null, "missing_host_header", ""),
    MISSING_PATH(404, null, "missing_path_rejected", ""),
    ABSOLUTE_PATH(404, null, "absolute_path_rejected", ""),
    PATH_NORMALIZATION(400, null, "path_normalization_failed", ""),
    LOW_VERSION(426, null, "low_version", ""),
    INVALID_ENVOY_HEADERS(400, INVALID_ENVOY_REQUEST_HEADERS, "request_headers_failed_strict_check", "invalid header"),

    // HTTP/1 requests that are not well-formed.
    HTTP1_CODEC(400, DOWNSTREAM_PROTOCOL_ERROR, "http1.codec_error", "Bad Request"),
    HTTP1_HEADERS_TOO_LARGE(
            431, DOWNSTREAM_PROTOCOL_ERROR, "http1.headers_too_large", "Request Header Fields Too Large"),
    HTTP1_TOO_MANY_HEADERS(431, DOWNSTREAM_PROTOCOL_ERROR, "http1.too_many_headers", "Request Header Fields Too Large"),
    HTTP1_INVALID_CHARACTERS(400, DOWNSTREAM_PROTOCOL_ERROR, "http1.invalid_characters", "Bad Request"),
    HTTP1_INVALID_URL(400, DOWNSTREAM_PROTOCOL_ERROR, "http1.invalid_url", "Bad Request"),
    HTTP1_INVALID_SCHEME(400, DOWNSTREAM_PROTOCOL_ERROR, "http1.invalid_scheme", "Bad Request"),
    HTTP1_HTTPS_URL_ON_PLAINTEXT(
            400, DOWNSTREAM_PROTOCOL_ERROR, "http1.https_url_on_plaintext_connection", "Bad Request"),
    HTTP1_TRANSFER_ENCODING(501, DOWNSTREAM_PROTOCOL_ERROR, "http1.invalid_transfer_encoding", "Not Implemented"),
    HTTP1_LENGTH_AND_CHUNKED(
            400, DOWNSTREAM_PROTOCOL_ERROR, "http1.content_length_and_chunked_not_allowed", "Bad Request"),
    HTTP1_LENGTH_NOT_ALLOWED(400, DOWNSTREAM_PROTOCOL_ERROR, "http1.content_length_not_allowed", "Bad Request"),
    HTTP1_BODY_DISALLOWED(400, DOWNSTREAM_PROTOCOL_ERROR, "http1.body_disallowed", "Bad Request"),
    HTTP1_CONNECTION_HEADER(400, DOWNSTREAM_PROTOCOL_ERROR, "http1.connection_header_rejected", "Bad Request"),
    HTTP1_UNDERSCORE(400, DOWNSTREAM_PROTOCOL_ERROR, "http1.unexpected_underscore", "Bad Request"),

    // HTTP/2 requests that are not well-formed; mostly ended by a stream or connection error, not by an answer.
    HTTP2_INVALID_FIELD(400, DOWNSTREAM_PROTOCOL_ERROR, "http2.invalid.header.field", "Bad Request"),
    HTTP2_MESSAGING(0, DOWNSTREAM_PROTOCOL_ERROR, "http2.violation.of.messaging.rule", ""),
    HTTP2_TOO_MANY_HEADERS(431, DOWNSTREAM_PROTOCOL_ERROR, "http2.too_many_headers", "Request Header Fields Too Large"),
    HTTP2_HEADERS_TOO_LARGE(
            431, DOWNSTREAM_PROTOCOL_ERROR, "http2.header_list_size_too_large", "Request Header Fields Too Large"),
    HTTP2_UNDERSCORE(400, DOWNSTREAM_PROTOCOL_ERROR, "http2.unexpected_underscore", "Bad Request"),
    HTTP2_FLOOD(0, DOWNSTREAM_PROTOCOL_ERROR, "http2.inbound_empty_frames_flood", ""),

    // Filters.
    RBAC_DENIED(403, null, "rbac_access_denied_matched_policy[none]", "RBAC: access denied"),
    JWT_MISSING(401, null, "jwt_authn_access_denied{Jwt_is_missing}", "Jwt is missing"),
    JWT_INVALID(401, null, "jwt_authn_access_denied{Jwt_verification_fails}", "Jwt verification fails"),
    EXT_AUTHZ_DENIED(403, UNAUTHORIZED_EXTERNAL_SERVICE, "ext_authz_denied", ""),
    EXT_AUTHZ_ERROR(403, UNAUTHORIZED_EXTERNAL_SERVICE, "ext_authz_error", ""),
    LOCAL_RATE_LIMITED(429, ResponseFlag.RATE_LIMITED, "local_rate_limited", "local_rate_limited"),
    RATE_LIMITED(429, ResponseFlag.RATE_LIMITED, "request_rate_limited", ""),
    RATE_LIMIT_ERROR(500, ResponseFlag.RATE_LIMIT_SERVICE_ERROR, "rate_limiter_error", ""),
    FAULT_ABORT(503, ResponseFlag.FAULT_INJECTED, "fault_filter_abort", "fault filter abort"),
    HEALTH_CHECK_FAILED(503, FAILED_LOCAL_HEALTH_CHECK, "health_check_failed", ""),
    NO_FILTER_CONFIG(500, ResponseFlag.NO_FILTER_CONFIG_FOUND, "filter_config_not_found", ""),
    DROP_OVERLOAD(503, ResponseFlag.DROP_OVERLOAD, "drop_overload", "drop overload"),

    // Raw TCP.
    FILTER_CHAIN_NOT_FOUND(0, NO_ROUTE_FOUND, "filter_chain_not_found", ""),
    TLS_FAILURE(0, DOWNSTREAM_PROTOCOL_ERROR, "transport_socket_timeout", ""),
    IDLE_CLOSE(0, null, "on_idle_timeout", ""),
    MAX_CONNECTION_DURATION(0, DURATION_TIMEOUT, "max_connection_duration_reached", ""),

    /** A bug of ours, caught at the rim of the request path. */
    INTERNAL(500, ResponseFlag.LOCAL_RESET, "internal_error", "internal error");

    private final String code = name().toLowerCase(Locale.ROOT).replace('_', '-');
    private final int status;
    private final @Nullable ResponseFlag flag;
    private final String details;
    private final String body;
    private final boolean upstreamReset;

    FailureReason(int status, @Nullable ResponseFlag flag, String details, String body) {
        this.status = status;
        this.flag = flag;
        this.details = details;
        this.body = body;
        this.upstreamReset = false;
    }

    FailureReason(ResponseFlag flag, String resetReason) {
        this.status = 503;
        this.flag = flag;
        this.details = resetReason.replace(' ', '_');
        this.body = resetReason;
        this.upstreamReset = true;
    }

    /** The stable name, such as {@code no-route}; part of metrics, traces and documents. */
    public String code() {
        return code;
    }

    /** The status of the answer; 0 if there is nobody to answer to. */
    public int status() {
        return status;
    }

    /** The set of {@link ResponseFlag} bits. */
    public long flags() {
        return flag == null ? 0 : flag.bit();
    }

    /** Envoy's response code details, complete but for the upstream resets, which {@link LocalReply} wraps. */
    public String details() {
        return details;
    }

    /** The text of the answer; for upstream resets only the reset reason in it. */
    public String body() {
        return body;
    }

    /** Whether an upstream connection or stream ended; such an attempt may be retried by policy. */
    public boolean isUpstreamReset() {
        return upstreamReset;
    }

    /** The gRPC status of the answer to a gRPC request. */
    public int grpcStatus() {
        return this == MAX_STREAM_DURATION ? 4 : LocalReply.grpcStatusOf(status);
    }
}
