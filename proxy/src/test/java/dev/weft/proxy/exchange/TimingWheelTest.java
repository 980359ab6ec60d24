package dev.weft.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimingWheelTest {
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(8);

    private final TimingWheel wheel = new TimingWheel(1000);
    private final List<Long> fired = new ArrayList<>();

    @Test
    void firesEachTimerOnceAndAtMostOneTickLate() {
        Random random = new Random(3);
        long now = 1000;
        List<TestTimer> timers = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            // From milliseconds to days: all levels and the horizon.
            long delay = (long) Math.exp(random.nextDouble() * Math.log(4e14));
            TestTimer timer = new TestTimer(now + delay);
            timers.add(timer);
            wheel.add(timer, timer.due);
        }
        for (int i = 0; i < timers.size(); i += 3) {
            wheel.cancel(timers.get(i));
            timers.get(i).cancelled = true;
        }

        while (wheel.nextNanos() != Long.MAX_VALUE) {
            now = wheel.nextNanos();
            for (TestTimer timer : timers) {
                timer.now = now;
            }
            wheel.advance(now);
        }

        for (TestTimer timer : timers) {
            assertThat(timer.firedAt.size()).isEqualTo(timer.cancelled ? 0 : 1);
            if (!timer.cancelled) {
                assertThat(timer.firedAt.get(0) - timer.due).isBetween(0L, TICK);
            }
        }
    }

    @Test
    void letsATimerArmItselfAndCancelOthersWhileItFires() {
        TestTimer victim = new TestTimer(0);
        Timer again = new Timer() {
            @Override
            protected void onTimer() {
                fired.add(1L);
                wheel.cancel(victim);
                if (fired.size() < 3) {
                    wheel.add(this, 1000 + fired.size() * 10 * TICK);
                }
            }
        };
        wheel.add(victim, 1000 + TICK);
        wheel.add(again, 1000 + TICK);

        wheel.advance(1000 + 1000 * TICK);

        assertThat(fired).hasSize(3);
        assertThat(victim.firedAt).isEmpty();
        assertThat(wheel.nextNanos()).isEqualTo(Long.MAX_VALUE);
    }

    private static final class TestTimer extends Timer {
        final long due;
        final List<Long> firedAt = new ArrayList<>();
        boolean cancelled;
        long now;

        TestTimer(long due) {
            this.due = due;
        }

        @Override
        protected void onTimer() {
            firedAt.add(now);
        }
    }
}
