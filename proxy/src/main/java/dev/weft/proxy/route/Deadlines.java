package dev.weft.proxy.route;

import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.LocalReply;
import dev.weft.proxy.exchange.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * The time limits of one request in nanoseconds, 0 for none: what its route says, changed by what its headers ask for.
 * Loop-confined; part of a call and reused.
 */
final class Deadlines {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private long route;
    private long perTry;
    private long stream;
    private long idle;

    /** Works them out and takes the caller's timeout headers out of the request. */
    void compute(Limits limits, @Nullable RetryRules retry, RequestHead request, RouterOptions options) {
        Headers headers = request.headers();
        route = limits.route();
        perTry = retry == null ? 0 : retry.perTry();
        idle = Math.max(0, limits.idle());
        stream = Math.max(0, limits.maxStream());
        long asked =
                limits.grpcMax() >= 0 && LocalReply.isGrpc(headers) ? GrpcTimeout.nanos(headers) : GrpcTimeout.NONE;
        if (asked != GrpcTimeout.NONE) {
            stream = limits.grpcMax() == 0 ? asked : Math.min(asked, limits.grpcMax());
        }
        long fromHeader = take(headers, HeaderName.X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS);
        if (fromHeader >= 0) {
            route = fromHeader * NANOS_PER_MILLI;
        }
        fromHeader = take(headers, HeaderName.X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS);
        if (fromHeader >= 0) {
            perTry = fromHeader * NANOS_PER_MILLI;
        }
        if (route != 0 && perTry >= route) {
            perTry = 0;
        }
        long expected = perTry > 0 ? perTry : route;
        if (expected > 0 && options.addsEnvoyHeaders()) {
            headers.set(HeaderName.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS, expected / NANOS_PER_MILLI);
        }
    }

    private static long take(Headers headers, HeaderName name) {
        int entry = headers.find(name);
        if (entry == Headers.NONE) {
            return -1;
        }
        long value = headers.valueNumber(entry);
        headers.remove(name);
        return Math.min(value, Long.MAX_VALUE / NANOS_PER_MILLI);
    }

    /** From the end of the request to the end of the response. */
    long route() {
        return route;
    }

    /** From the moment a try has a connection, once the request is complete, to the response's head. */
    long perTry() {
        return perTry;
    }

    /** From the start of the exchange. */
    long stream() {
        return stream;
    }

    /** Without any event. */
    long idle() {
        return idle;
    }
}
