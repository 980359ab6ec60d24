package dev.weft.model.route;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import java.time.Duration;
import java.util.Optional;

/**
 * When and how a failed try is repeated ({@code envoy.config.route.v3.RetryPolicy}).
 *
 * @param retries tries after the first
 * @param perTry limit of one try; absent means the route's timeout
 * @param previousHosts whether endpoints that were tried are avoided
 * @param hostSelectionAttempts how often a pick may be repeated to avoid them
 * @param maxInterval cap of the backoff; absent means ten times the base
 */
@Immutable
public record RetryPolicy(
        ImmutableSet<On> on,
        int retries,
        Optional<Duration> perTry,
        ImmutableList<Integer> retriableStatusCodes,
        boolean previousHosts,
        int hostSelectionAttempts,
        Duration baseInterval,
        Optional<Duration> maxInterval) {
    public static final Duration DEFAULT_BASE_INTERVAL = Duration.ofMillis(25);

    /** Retry conditions by Envoy's names ({@code x-envoy-retry-on} and {@code x-envoy-retry-grpc-on}). */
    public enum On {
        FIVE_XX("5xx"),
        GATEWAY_ERROR("gateway-error"),
        RESET("reset"),
        RESET_BEFORE_REQUEST("reset-before-request"),
        CONNECT_FAILURE("connect-failure"),
        ENVOY_RATELIMITED("envoy-ratelimited"),
        RETRIABLE_4XX("retriable-4xx"),
        REFUSED_STREAM("refused-stream"),
        RETRIABLE_STATUS_CODES("retriable-status-codes"),
        RETRIABLE_HEADERS("retriable-headers"),
        HTTP3_POST_CONNECT_FAILURE("http3-post-connect-failure"),
        CANCELLED("cancelled"),
        DEADLINE_EXCEEDED("deadline-exceeded"),
        INTERNAL("internal"),
        RESOURCE_EXHAUSTED("resource-exhausted"),
        UNAVAILABLE("unavailable");

        private final String token;

        On(String token) {
            this.token = token;
        }

        public String token() {
            return token;
        }

        /** The condition of a token, empty where Envoy knows none. */
        public static Optional<On> ofToken(String token) {
            for (On on : values()) {
                if (on.token.equals(token)) {
                    return Optional.of(on);
                }
            }
            return Optional.empty();
        }
    }
}
