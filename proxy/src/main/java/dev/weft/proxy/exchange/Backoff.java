package dev.weft.proxy.exchange;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waiting times between tries: full jitter, a uniform share of a span that doubles with each failure, 500 ms to 30 s (Envoy). */
public final class Backoff {
    private static final long BASE_MILLIS = 500;
    private static final long CAP_MILLIS = 30_000;

    private final RandomGenerator random;
    private int failures;

    public Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** How long to wait before the next try. */
    public Duration next() {
        long span = Math.min(CAP_MILLIS, BASE_MILLIS << Math.min(failures, 10));
        failures++;
        return Duration.ofMillis(random.nextLong(span + 1));
    }

    /** Something worked. */
    public void reset() {
        failures = 0;
    }
}
