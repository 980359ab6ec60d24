package dev.weft.proxy.exchange;

/** A connection that has written but not flushed; see {@link Loop#flushAtBatchEnd}. */
public abstract class Flushable {
    /** Whether it stands in one of the loop's lists. */
    boolean listed;

    /** Flush the socket now. */
    protected abstract void flushNow();
}
