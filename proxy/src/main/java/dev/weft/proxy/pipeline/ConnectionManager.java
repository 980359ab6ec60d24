package dev.weft.proxy.pipeline;

import com.google.common.collect.ImmutableList;
import dev.weft.model.http.HttpOptions;
import dev.weft.model.http.HttpOptions.ServerHeader;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.FilterAction;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.HttpFilter;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.LocalReply;
import dev.weft.proxy.exchange.RequestHead;
import java.nio.charset.StandardCharsets;

/**
 * What the HTTP connection manager itself does to each request and response, as the first filter of every chain: checks, path
 * normalisation, forwarding headers, request id; and the response's {@code server} and {@code date}. Immutable, shared by the
 * loops.
 *
 * <p>The order of the checks is Envoy's, since each has its own answer.
 */
final class ConnectionManager extends HttpFilter {
    private static final int TEMPORARY_REDIRECT = 307;
    /** What only a trusted neighbour may say; no address is internal unless configured, and none is yet. */
    private static final ImmutableList<HeaderName> NOT_FROM_OUTSIDE = ImmutableList.of(
            HeaderName.X_ENVOY_INTERNAL,
            HeaderName.X_ENVOY_RETRY_ON,
            HeaderName.X_ENVOY_RETRY_GRPC_ON,
            HeaderName.X_ENVOY_RETRIABLE_STATUS_CODES,
            HeaderName.X_ENVOY_RETRIABLE_HEADER_NAMES,
            HeaderName.X_ENVOY_MAX_RETRIES,
            HeaderName.X_ENVOY_UPSTREAM_ALT_STAT_NAME,
            HeaderName.X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS,
            HeaderName.X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS,
            HeaderName.X_ENVOY_UPSTREAM_RQ_TIMEOUT_ALT_RESPONSE,
            HeaderName.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS,
            HeaderName.X_ENVOY_FORCE_TRACE,
            HeaderName.X_ENVOY_IP_TAGS,
            HeaderName.X_ENVOY_ORIGINAL_URL,
            HeaderName.X_ENVOY_HEDGE_ON_PER_TRY_TIMEOUT);

    private static final ImmutableList<HeaderName> NOT_FROM_CLIENTS = ImmutableList.of(
            HeaderName.X_ENVOY_DECORATOR_OPERATION,
            HeaderName.X_ENVOY_DOWNSTREAM_SERVICE_CLUSTER,
            HeaderName.X_ENVOY_DOWNSTREAM_SERVICE_NODE);

    private final HttpOptions options;
    private final ForwardedFor forwardedFor;
    private final ForwardedCertificate forwardedCertificate;
    private final byte[] serverName;

    ConnectionManager(HttpOptions options) {
        super("connection_manager", REQUEST_HEAD | RESPONSE_HEAD);
        this.options = options;
        this.forwardedFor = new ForwardedFor(options.forwarded());
        this.forwardedCertificate = new ForwardedCertificate(options.forwarded());
        this.serverName = options.serverHeader().name().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public FilterAction onRequestHead(Exchange exchange, boolean end) {
        RequestHead request = exchange.request();
        if (!request.hasAuthority()) {
            return refuse(exchange, FailureReason.MISSING_HOST);
        }
        if (request.method() != HttpMethod.CONNECT) {
            if (!request.hasPath()) {
                return refuse(exchange, FailureReason.MISSING_PATH);
            }
            if (request.headers().block()[request.pathStart()] != '/') {
                return refuse(exchange, FailureReason.ABSOLUTE_PATH);
            }
            if (!normalizePath(exchange)) {
                return FilterAction.ANSWERED;
            }
        }
        forwardedFor.onRequest(exchange);
        removeForeign(request.headers());
        identify(exchange);
        forwardedCertificate.onRequest(exchange);
        return FilterAction.CONTINUE;
    }

    private static FilterAction refuse(Exchange exchange, FailureReason reason) {
        exchange.answer(reason);
        return FilterAction.ANSWERED;
    }

    /** Returns whether the request goes on. */
    private boolean normalizePath(Exchange exchange) {
        RequestHead request = exchange.request();
        if (!PathNormalizer.mayNeed(
                options.paths(), request.headers().block(), request.pathStart(), request.pathLength())) {
            return true;
        }
        return switch (PathNormalizer.normalize(options.paths(), request.path())) {
            case PathNormalizer.Outcome.Unchanged ignored -> true;
            case PathNormalizer.Outcome.Changed changed -> {
                request.path(changed.path());
                yield true;
            }
            case PathNormalizer.Outcome.Redirected redirected -> {
                if (LocalReply.isGrpc(request.headers())) {
                    refuse(exchange, FailureReason.PATH_NORMALIZATION);
                } else {
                    LocalReply.of(FailureReason.DIRECT_RESPONSE)
                            .status(TEMPORARY_REDIRECT)
                            .details("path_normalization_failed")
                            .header(HeaderName.LOCATION, redirected.path())
                            .send(exchange);
                }
                yield false;
            }
            case PathNormalizer.Outcome.Rejected ignored -> {
                refuse(exchange, FailureReason.PATH_NORMALIZATION);
                yield false;
            }
        };
    }

    private void removeForeign(Headers headers) {
        for (int i = 0; i < NOT_FROM_OUTSIDE.size(); i++) {
            headers.remove(NOT_FROM_OUTSIDE.get(i));
        }
        if (options.forwarded().useRemoteAddress()) {
            for (int i = 0; i < NOT_FROM_CLIENTS.size(); i++) {
                headers.remove(NOT_FROM_CLIENTS.get(i));
            }
        }
    }

    /** An id from outside is not believed at the edge: it could be another request's. */
    private void identify(Exchange exchange) {
        Headers headers = exchange.request().headers();
        boolean edge = options.forwarded().useRemoteAddress();
        if (!options.generateRequestId() || !edge && headers.contains(HeaderName.X_REQUEST_ID)) {
            return;
        }
        RequestId.replace(headers, exchange.loop().random());
    }

    @Override
    public FilterAction onResponseHead(Exchange exchange, boolean end) {
        Headers headers = exchange.response().headers();
        ServerHeader.Mode mode = options.serverHeader().mode();
        if (mode == ServerHeader.Mode.OVERWRITE) {
            headers.set(HeaderName.SERVER, serverName);
        } else if (mode == ServerHeader.Mode.APPEND_IF_ABSENT && !headers.contains(HeaderName.SERVER)) {
            headers.add(HeaderName.SERVER, serverName);
        }
        if (!headers.contains(HeaderName.DATE)) {
            headers.add(HeaderName.DATE, exchange.loop().date());
        }
        return FilterAction.CONTINUE;
    }
}
