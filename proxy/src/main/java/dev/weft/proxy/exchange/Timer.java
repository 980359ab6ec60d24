package dev.weft.proxy.exchange;

import org.jspecify.annotations.Nullable;

/**
 * Something to do later on a loop; a field of whoever needs it, so that arming it allocates nothing.
 *
 * <p>Loop-confined; armed by {@link Loop#schedule}, part of at most one {@link TimingWheel} at a time.
 */
public abstract class Timer {
    @Nullable
    Timer previous;

    @Nullable
    Timer next;

    long tick;
    /** Which of the wheel's lists holds it; -1 for none. */
    int list = -1;

    /** The time has come. The timer may be armed again here. */
    protected abstract void onTimer();

    /** Whether it is waiting. */
    public final boolean isArmed() {
        return list >= 0;
    }
}
