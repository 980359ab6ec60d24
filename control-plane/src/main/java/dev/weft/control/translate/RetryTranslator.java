package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.model.route.RetryPolicy;
import dev.weft.model.route.RetryPolicy.On;
import dev.weft.resources.HttpRetry;
import dev.weft.resources.MeshConfig;
import java.time.Duration;
import java.util.Optional;

/** Retry policies, Istio's default where nobody says any. */
final class RetryTranslator {
    private static final int HOST_SELECTION_ATTEMPTS = 5;
    private static final int DEFAULT_RETRIES = 2;
    private static final ImmutableSet<On> DEFAULT_ON = ImmutableSet.of(
            On.CONNECT_FAILURE, On.REFUSED_STREAM, On.UNAVAILABLE, On.CANCELLED, On.RETRIABLE_STATUS_CODES);

    private static final RetryPolicy BUILT_IN = policy(DEFAULT_ON, DEFAULT_RETRIES);

    /** What never reached the application may be sent again: the keep-alive race with an application that closes. */
    static final RetryPolicy INBOUND = policy(ImmutableSet.of(On.RESET_BEFORE_REQUEST), DEFAULT_RETRIES);

    private RetryTranslator() {}

    static Optional<RetryPolicy> byDefault(MeshConfig mesh) {
        return mesh.defaultHttpRetryPolicy().isPresent()
                ? translate(mesh.defaultHttpRetryPolicy().get(), DEFAULT_ON, ImmutableList.of())
                : Optional.of(BUILT_IN);
    }

    static Optional<RetryPolicy> translate(HttpRetry retry, MeshConfig mesh) {
        Optional<RetryPolicy> whole = byDefault(mesh);
        return translate(
                retry,
                whole.map(RetryPolicy::on).orElse(DEFAULT_ON),
                whole.map(RetryPolicy::retriableStatusCodes).orElse(ImmutableList.of()));
    }

    private static Optional<RetryPolicy> translate(
            HttpRetry retry, ImmutableSet<On> defaultOn, ImmutableList<Integer> defaultCodes) {
        if (retry.attempts() <= 0) {
            return Optional.empty();
        }
        ImmutableSet.Builder<On> on = ImmutableSet.builder();
        ImmutableList.Builder<Integer> codes = ImmutableList.builder();
        for (String token : retry.retryOn()) {
            Optional<On> condition = On.ofToken(token);
            if (condition.isPresent()) {
                on.add(condition.get());
            } else {
                codes.add(Integer.parseInt(token));
                on.add(On.RETRIABLE_STATUS_CODES);
            }
        }
        Duration base = retry.backoff().orElse(RetryPolicy.DEFAULT_BASE_INTERVAL);
        boolean byDefault = retry.retryOn().isEmpty();
        return Optional.of(new RetryPolicy(
                byDefault ? defaultOn : on.build(),
                retry.attempts(),
                retry.perTryTimeout(),
                byDefault ? defaultCodes : codes.build(),
                retry.previousHosts() == HttpRetry.PreviousHosts.AVOID,
                HOST_SELECTION_ATTEMPTS,
                base,
                retry.backoff().map(b -> b.multipliedBy(10))));
    }

    private static RetryPolicy policy(ImmutableSet<On> on, int retries) {
        return new RetryPolicy(
                on,
                retries,
                Optional.empty(),
                ImmutableList.of(),
                true,
                HOST_SELECTION_ATTEMPTS,
                RetryPolicy.DEFAULT_BASE_INTERVAL,
                Optional.empty());
    }
}
