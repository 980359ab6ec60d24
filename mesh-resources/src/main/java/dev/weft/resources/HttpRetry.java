package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.time.Duration;
import java.util.Optional;

/**
 * How often and when a request is tried again.
 *
 * @param attempts tries after the first; 0 switches retries off
 * @param perTryTimeout absent: the timeout of the rule
 * @param retryOn conditions and status codes in the order written; empty: the mesh's default conditions
 * @param previousHosts whether a retry may meet the endpoint that failed
 * @param backoff base interval; absent: 25 ms
 */
@Immutable
public record HttpRetry(
        int attempts,
        Optional<Duration> perTryTimeout,
        ImmutableList<String> retryOn,
        PreviousHosts previousHosts,
        Optional<Duration> backoff) {

    /** Whether a retry prefers endpoints that have not failed this request. */
    public enum PreviousHosts {
        AVOID,
        ALLOW
    }
}
