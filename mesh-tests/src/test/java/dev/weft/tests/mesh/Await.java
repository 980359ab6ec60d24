package dev.weft.tests.mesh;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition with a deadline. */
public final class Await {
    private static final long PAUSE_NANOS = 5_000_000;

    private Await() {}

    /** @param description what went wrong, asked for only when the time is up */
    public static void until(Duration limit, BooleanSupplier condition, Supplier<String> description) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + limit.toMillis() + " ms: " + description.get());
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
