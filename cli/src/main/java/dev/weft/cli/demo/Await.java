package dev.weft.cli.demo;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for something outside of this process, by asking again. Not for the request path. */
final class Await {
    private static final Duration PAUSE = Duration.ofMillis(40);

    private Await() {}

    /** Whether the condition came true in time. */
    static boolean until(Duration limit, BooleanSupplier condition) throws InterruptedException {
        return found(limit, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty())
                .isPresent();
    }

    /** The first value that is there, or empty after the limit. */
    static <T> Optional<T> found(Duration limit, Supplier<Optional<T>> look) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> value = look.get();
            if (value.isPresent() || System.nanoTime() > deadline) {
                return value;
            }
            Thread.sleep(PAUSE);
        }
    }
}
