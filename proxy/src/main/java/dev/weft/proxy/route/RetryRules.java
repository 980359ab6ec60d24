package dev.weft.proxy.route;

import dev.weft.model.route.RetryPolicy;
import dev.weft.model.route.RetryPolicy.On;
import java.util.Collection;

/**
 * A route's retry policy, compiled: conditions as bits. Immutable.
 *
 * @param on one bit per {@link On}
 * @param statuses for {@link On#RETRIABLE_STATUS_CODES}
 * @param perTry nanoseconds, 0 for none
 */
record RetryRules(int on, int retries, int[] statuses, long perTry, HostSelection hosts, Backoff backoff) {
    private static final long CAP_FACTOR = 10;

    /** What a request asks for by headers where its route has no policy. */
    static final RetryRules FROM_HEADERS_ONLY = new RetryRules(
            0,
            1,
            new int[0],
            0,
            new HostSelection(0, false),
            new Backoff(
                    RetryPolicy.DEFAULT_BASE_INTERVAL.toMillis(),
                    RetryPolicy.DEFAULT_BASE_INTERVAL.toMillis() * CAP_FACTOR));

    static RetryRules of(RetryPolicy policy) {
        long base = Math.max(1, policy.baseInterval().toMillis());
        long cap = policy.maxInterval().isPresent()
                ? Math.max(base, policy.maxInterval().get().toMillis())
                : base * CAP_FACTOR;
        int[] statuses = new int[policy.retriableStatusCodes().size()];
        for (int i = 0; i < statuses.length; i++) {
            statuses[i] = policy.retriableStatusCodes().get(i);
        }
        return new RetryRules(
                bits(policy.on()),
                policy.retries(),
                statuses,
                policy.perTry().isPresent() ? policy.perTry().get().toNanos() : 0,
                new HostSelection(policy.hostSelectionAttempts(), policy.previousHosts()),
                new Backoff(base, cap));
    }

    static int bits(Collection<On> conditions) {
        int bits = 0;
        for (On on : conditions) {
            bits |= bit(on);
        }
        return bits;
    }

    static int bit(On on) {
        return 1 << on.ordinal();
    }

    /** @param reselections how often a refused pick is repeated */
    record HostSelection(int reselections, boolean avoidPrevious) {}

    /** Full jitter, in milliseconds. */
    record Backoff(long base, long cap) {
        /** The exclusive upper bound before the n-th retry, n from 1: min((2^n − 1)·base, cap). */
        long bound(int retry) {
            long factor = retry >= 30 ? Long.MAX_VALUE / base : (1L << retry) - 1;
            return Math.max(1, Math.min(factor * base, cap));
        }
    }
}
