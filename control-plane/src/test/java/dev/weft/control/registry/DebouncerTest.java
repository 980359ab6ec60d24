package dev.weft.control.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DebouncerTest {
    private final Debouncer debouncer =
            new Debouncer(new Debouncer.Times(Duration.ofMillis(100), Duration.ofMillis(10), Duration.ofSeconds(10)));

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    @Test
    void waitsForNothingWithoutAChange() {
        assertThat(debouncer.remaining(0)).isEmpty();
    }

    @Test
    void endsABurstAfterAQuietTime() {
        debouncer.changed(Debouncer.Change.CONFIGURATION, millis(0));
        debouncer.changed(Debouncer.Change.CONFIGURATION, millis(80));

        assertThat(debouncer.remaining(millis(100))).hasValue(millis(80));
        assertThat(debouncer.remaining(millis(180))).hasValue(0);
        assertThat(debouncer.since()).isZero();
    }

    @Test
    void endsABurstThatNeverGetsQuiet() {
        for (int at = 0; at < 10_000; at += 50) {
            debouncer.changed(Debouncer.Change.CONFIGURATION, millis(at));
        }

        assertThat(debouncer.remaining(millis(9_990))).hasValue(millis(10));
        assertThat(debouncer.remaining(millis(10_000))).hasValue(0);
    }

    @Test
    void waitsLessForEndpointsAlone() {
        debouncer.changed(Debouncer.Change.ENDPOINTS, millis(0));
        assertThat(debouncer.remaining(millis(0))).hasValue(millis(10));

        debouncer.changed(Debouncer.Change.CONFIGURATION, millis(5));
        assertThat(debouncer.remaining(millis(5))).hasValue(millis(100));
    }

    @Test
    void startsAnewAfterABurst() {
        debouncer.changed(Debouncer.Change.CONFIGURATION, millis(0));
        debouncer.reset();

        assertThat(debouncer.remaining(millis(500))).isEmpty();
        debouncer.changed(Debouncer.Change.ENDPOINTS, millis(600));
        assertThat(debouncer.remaining(millis(600))).hasValue(millis(10));
    }
}
