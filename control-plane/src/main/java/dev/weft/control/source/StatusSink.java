package dev.weft.control.source;

/**
 * The way back to where resources come from: writes what was decided about an object into its status. Called by one thread at a time,
 * which it may block.
 */
public interface StatusSink {

    /** What came of an attempt. */
    enum Written {
        /** The object says it now. */
        CHANGED,
        /** The object said it already. */
        UNCHANGED,
        /** There is no such object any more, or its kind has no status. */
        GONE,
        /** Not now: somebody else wrote at the same moment, or the other side is away. */
        LATER
    }

    Written write(ObjectStatus status);
}
