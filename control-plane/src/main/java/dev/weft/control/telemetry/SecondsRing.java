package dev.weft.control.telemetry;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Increments of one series, second by second, for the last ten minutes. A second without traffic costs one reference. Not safe for many
 * threads: guarded by {@link MetricsWindow}.
 */
final class SecondsRing {

    static final int SECONDS = 600;

    private final int width;
    private final long[] @Nullable [] slots = new long[SECONDS][];
    private final long[] times = new long[SECONDS];

    /** @param width numbers per second: one for a counter, one per bucket for a histogram */
    SecondsRing(int width) {
        this.width = width;
        Arrays.fill(times, Long.MIN_VALUE);
    }

    int width() {
        return width;
    }

    /** Adds to the second {@code time}, counted from any fixed point. */
    void add(long time, long[] increments) {
        int slot = (int) Math.floorMod(time, (long) SECONDS);
        long[] values = slots[slot];
        if (values == null || times[slot] != time) {
            if (times[slot] > time) {
                return;
            }
            slots[slot] = increments.clone();
            times[slot] = time;
            return;
        }
        for (int i = 0; i < width; i++) {
            values[i] += increments[i];
        }
    }

    /** What was added in the {@code seconds} seconds that ended before {@code now}. */
    long[] sum(long now, int seconds) {
        long[] sum = new long[width];
        for (int i = 0; i < SECONDS; i++) {
            long[] values = slots[i];
            if (values != null && times[i] < now && times[i] >= now - seconds) {
                for (int k = 0; k < width; k++) {
                    sum[k] += values[k];
                }
            }
        }
        return sum;
    }

    boolean isEmptySince(long time) {
        return Arrays.stream(times).noneMatch(at -> at >= time);
    }
}
