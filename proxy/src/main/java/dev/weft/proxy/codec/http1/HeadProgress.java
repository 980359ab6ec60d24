package dev.weft.proxy.codec.http1;

/** How far the parse of a head came. */
public enum HeadProgress {
    /** All bytes were taken, the head is not complete. */
    MORE,
    /** The head is complete, the buffer stands behind it. */
    DONE,
    /** The head is not acceptable; the parser tells why. */
    FAILED
}
