package dev.weft.proxy.route;

import dev.weft.model.route.RetryPolicy.On;
import dev.weft.proxy.cluster.CircuitBreaker;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.ResponseHead;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whether the try of one request that just failed is repeated. Loop-confined; part of a call and reused.
 *
 * <p>The order is Envoy's: first whether the failure is of a kind that is retried, then whether retries are left, then whether
 * the cluster's breaker has room. The first asks nothing of the others, so an overflow is never reported for a failure that
 * nobody would have repeated.
 */
final class RetryState {
    private static final int SERVER_ERRORS = RetryRules.bit(On.FIVE_XX) | RetryRules.bit(On.GATEWAY_ERROR);
    private static final int GRPC = RetryRules.bit(On.CANCELLED)
            | RetryRules.bit(On.DEADLINE_EXCEEDED)
            | RetryRules.bit(On.INTERNAL)
            | RetryRules.bit(On.RESOURCE_EXHAUSTED)
            | RetryRules.bit(On.UNAVAILABLE);
    private static final int[] NO_STATUSES = {};

    private RetryRules rules = RetryRules.FROM_HEADERS_ONLY;
    private int on;
    private int left;
    private int done;
    private int[] moreStatuses = NO_STATUSES;

    /** What to do about a failed try. */
    enum Verdict {
        /** The failure goes to the client. */
        GIVE_UP,
        RETRY,
        /** As many tries as allowed have failed: flag URX. */
        LIMIT_EXCEEDED,
        /** The cluster has too many retries in flight: flag UO. */
        OVERFLOW
    }

    /** Reads the caller's retry headers and takes them out. */
    void begin(@Nullable RetryRules policy, Headers request) {
        rules = policy == null ? RetryRules.FROM_HEADERS_ONLY : policy;
        on = rules.on();
        left = rules.retries();
        done = 0;
        moreStatuses = NO_STATUSES;
        readHeaders(request);
    }

    private void readHeaders(Headers request) {
        int entry = request.find(HeaderName.X_ENVOY_RETRY_ON);
        if (entry != Headers.NONE) {
            on |= conditions(request.valueText(entry));
            request.remove(HeaderName.X_ENVOY_RETRY_ON);
        }
        entry = request.find(HeaderName.X_ENVOY_RETRY_GRPC_ON);
        if (entry != Headers.NONE) {
            on |= conditions(request.valueText(entry)) & GRPC;
            request.remove(HeaderName.X_ENVOY_RETRY_GRPC_ON);
        }
        entry = request.find(HeaderName.X_ENVOY_RETRIABLE_STATUS_CODES);
        if (entry != Headers.NONE) {
            moreStatuses = statuses(request.valueText(entry));
            request.remove(HeaderName.X_ENVOY_RETRIABLE_STATUS_CODES);
        }
        entry = request.find(HeaderName.X_ENVOY_MAX_RETRIES);
        if (entry != Headers.NONE) {
            long most = request.valueNumber(entry);
            if (most >= 0) {
                left = (int) Math.min(most, Integer.MAX_VALUE);
            }
            request.remove(HeaderName.X_ENVOY_MAX_RETRIES);
        }
    }

    private static int conditions(String list) {
        int bits = 0;
        for (String token : list.split(",", -1)) {
            Optional<On> condition = On.ofToken(token.trim());
            if (condition.isPresent()) {
                bits |= RetryRules.bit(condition.get());
            }
        }
        return bits;
    }

    private static int[] statuses(String list) {
        int[] found = new int[8];
        int count = 0;
        for (String token : list.split(",", -1)) {
            try {
                int status = Integer.parseInt(token.trim());
                if (count == found.length) {
                    found = Arrays.copyOf(found, count * 2);
                }
                found[count++] = status;
            } catch (NumberFormatException e) {
                // a token that is no number names no status, as in Envoy
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** Whether any failure can lead to another try: else nothing of the request needs to be kept. */
    boolean mayRetry() {
        return on != 0 && left > 0;
    }

    /** Nothing is retried any more: the request cannot be repeated, or its answer has begun. */
    void giveUp() {
        on = 0;
    }

    /** How many retries were made. */
    int retries() {
        return done;
    }

    RetryRules.HostSelection hosts() {
        return rules.hosts();
    }

    /** Whether a response with this head is of a kind that is retried. */
    boolean isRetriable(ResponseHead response) {
        if (on == 0) {
            return false;
        }
        if (response.headers().contains(HeaderName.X_ENVOY_RATELIMITED)) {
            return has(On.ENVOY_RATELIMITED);
        }
        int status = response.status();
        if (status >= 500 && status <= 599 && has(On.FIVE_XX)
                || status >= 502 && status <= 504 && has(On.GATEWAY_ERROR)
                || status == 409 && has(On.RETRIABLE_4XX)) {
            return true;
        }
        if (has(On.RETRIABLE_STATUS_CODES) && (contains(rules.statuses(), status) || contains(moreStatuses, status))) {
            return true;
        }
        return (on & GRPC) != 0 && isRetriableGrpc(response.headers().number(HeaderName.GRPC_STATUS));
    }

    private boolean isRetriableGrpc(long grpcStatus) {
        return grpcStatus == 1 && has(On.CANCELLED)
                || grpcStatus == 4 && has(On.DEADLINE_EXCEEDED)
                || grpcStatus == 8 && has(On.RESOURCE_EXHAUSTED)
                || grpcStatus == 13 && has(On.INTERNAL)
                || grpcStatus == 14 && has(On.UNAVAILABLE);
    }

    /**
     * Whether a try that ended without a response is of a kind that is retried.
     *
     * @param sent whether any byte of the request went to the upstream
     */
    boolean isRetriable(FailureReason reason, boolean sent) {
        if (on == 0 || reason == FailureReason.OVERFLOW) {
            return false;
        }
        boolean connectFailed = reason == FailureReason.CONNECT_FAILURE
                || reason == FailureReason.LOCAL_CONNECT_FAILURE
                || reason == FailureReason.CONNECT_TIMEOUT;
        return connectFailed && has(On.CONNECT_FAILURE)
                || !sent && has(On.RESET_BEFORE_REQUEST)
                || has(On.RESET)
                || (on & SERVER_ERRORS) != 0
                || reason == FailureReason.UPSTREAM_REFUSED_STREAM && has(On.REFUSED_STREAM);
    }

    /** The verdict on a try that failed; {@link Verdict#RETRY} takes a permit of the breaker, to be given back. */
    Verdict decide(boolean retriable, CircuitBreaker breaker) {
        if (!retriable) {
            return Verdict.GIVE_UP;
        }
        if (left == 0) {
            return Verdict.LIMIT_EXCEEDED;
        }
        left--;
        if (!breaker.admitRetry()) {
            return Verdict.OVERFLOW;
        }
        done++;
        return Verdict.RETRY;
    }

    /** How long to wait before the retry that was just decided. */
    long backoffNanos(RandomGenerator random) {
        long bound = rules.backoff().bound(done);
        return (random.nextLong() & Long.MAX_VALUE) % bound * 1_000_000;
    }

    private boolean has(On condition) {
        return (on & RetryRules.bit(condition)) != 0;
    }

    private static boolean contains(int[] statuses, int status) {
        for (int one : statuses) {
            if (one == status) {
                return true;
            }
        }
        return false;
    }
}
