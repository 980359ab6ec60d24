package dev.weft.proxy.exchange;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All timers of one loop: arming and cancelling are a few stores, whatever their number.
 *
 * <p>Driven by {@link Loop}, which sleeps until {@link #nextNanos} and then calls {@link #advance}. Loop-confined.
 *
 * <p>Why this design: nearly every timer of a proxy is cancelled before it fires, so neither a heap nor an object per
 * timer is worth its price. Four levels of 64 lists, 8 ms a tick: level 0 covers 0.5 s, level 1 33 s, level 2 35 min, level
 * 3 37 h. A list of a higher level is dealt out to lower ones when its time begins. One bit per list tells which are in
 * use, so an idle loop finds the next one at once and is not woken every tick.
 */
public final class TimingWheel {
    private static final long TICK_NANOS = 8_000_000;
    private static final int LEVELS = 4;
    private static final int LISTS = 64;
    private static final long HORIZON = (1L << (6 * LEVELS)) - LISTS;

    private final @Nullable Timer[] heads = new Timer[LEVELS * LISTS];
    private final long[] used = new long[LEVELS];
    private final long origin;
    private long current;

    /** Starts at this time. */
    public TimingWheel(long nowNanos) {
        this.origin = nowNanos;
    }

    /** Arms a timer, anew if it was armed; it fires at or up to 8 ms behind {@code whenNanos}. */
    public void add(Timer timer, long whenNanos) {
        cancel(timer);
        long tick = (whenNanos - origin + TICK_NANOS - 1) / TICK_NANOS;
        timer.tick = Math.max(tick, current + 1);
        place(timer);
    }

    /** Disarms a timer; nothing happens if it was not armed. */
    public void cancel(Timer timer) {
        if (timer.list < 0) {
            return;
        }
        Timer previous = timer.previous;
        Timer next = timer.next;
        if (previous == null) {
            heads[timer.list] = next;
            if (next == null) {
                used[timer.list >>> 6] &= ~(1L << (timer.list & 63));
            }
        } else {
            previous.next = next;
        }
        if (next != null) {
            next.previous = previous;
        }
        timer.previous = null;
        timer.next = null;
        timer.list = -1;
    }

    /** When {@link #advance} has something to do next; {@link Long#MAX_VALUE} if nothing is armed. */
    public long nextNanos() {
        long tick = nextTick();
        return tick == Long.MAX_VALUE ? Long.MAX_VALUE : origin + tick * TICK_NANOS;
    }

    /** Fires all timers that are due. */
    public void advance(long nowNanos) {
        long target = (nowNanos - origin) / TICK_NANOS;
        while (true) {
            long tick = nextTick();
            if (tick > target) {
                current = Math.max(current, target);
                return;
            }
            current = tick;
            for (int level = LEVELS - 1; level > 0; level--) {
                if ((tick & ((1L << (6 * level)) - 1)) == 0) {
                    deal((level << 6) | (int) ((tick >>> (6 * level)) & 63));
                }
            }
            fire((int) (tick & 63));
        }
    }

    /** Disarms all, for a loop that ends. */
    public void clear() {
        Arrays.fill(heads, null);
        Arrays.fill(used, 0);
    }

    private long nextTick() {
        long best = Long.MAX_VALUE;
        for (int level = 0; level < LEVELS; level++) {
            if (used[level] == 0) {
                continue;
            }
            long now = current >>> (6 * level);
            long turned = Long.rotateRight(used[level], (int) ((now + 1) & 63));
            long steps = Long.numberOfTrailingZeros(turned) + 1;
            best = Math.min(best, (now + steps) << (6 * level));
        }
        return best;
    }

    private void place(Timer timer) {
        long ahead = timer.tick - current;
        if (ahead > HORIZON) {
            // Beyond the last level: wait in its farthest list and be placed again from there.
            link(timer, (LEVELS - 1) << 6 | (int) (((current + HORIZON) >>> (6 * (LEVELS - 1))) & 63));
            return;
        }
        int level = 0;
        while (ahead >= LISTS) {
            ahead >>>= 6;
            level++;
        }
        link(timer, level << 6 | (int) ((timer.tick >>> (6 * level)) & 63));
    }

    private void link(Timer timer, int list) {
        Timer head = heads[list];
        timer.list = list;
        timer.previous = null;
        timer.next = head;
        if (head != null) {
            head.previous = timer;
        }
        heads[list] = timer;
        used[list >>> 6] |= 1L << (list & 63);
    }

    private void deal(int list) {
        Timer timer = take(list);
        while (timer != null) {
            Timer next = timer.next;
            timer.previous = null;
            timer.next = null;
            timer.list = -1;
            place(timer);
            timer = next;
        }
    }

    private void fire(int list) {
        Timer timer;
        // One by one from the list itself: a timer that fires may cancel or arm any other.
        while ((timer = heads[list]) != null) {
            cancel(timer);
            timer.onTimer();
        }
    }

    private @Nullable Timer take(int list) {
        Timer head = heads[list];
        heads[list] = null;
        used[list >>> 6] &= ~(1L << (list & 63));
        return head;
    }
}
