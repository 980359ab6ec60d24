package dev.weft.proxy.exchange;

/**
 * When the parts of an exchange passed, in {@link Ticker#nanos}; 0 means not yet.
 *
 * <p>Loop-confined plain fields, written by the codecs and the router on every request and read once at the end.
 */
public final class Timings {
    /** Wall-clock start, milliseconds since 1970. */
    public long startEpochMillis;

    /** The request's head was complete; all durations count from here. */
    public long start;

    /** The request's last byte came. */
    public long requestEnd;

    /** The first and last byte went to the upstream. */
    public long upstreamRequestStart;

    public long upstreamRequestEnd;

    /** The first and last byte came from the upstream. */
    public long upstreamResponseStart;

    public long upstreamResponseEnd;

    /** The response's first and last byte were handed to the client's socket. */
    public long responseStart;

    public long responseEnd;

    void clear() {
        startEpochMillis = 0;
        start = 0;
        requestEnd = 0;
        upstreamRequestStart = 0;
        upstreamRequestEnd = 0;
        upstreamResponseStart = 0;
        upstreamResponseEnd = 0;
        responseStart = 0;
        responseEnd = 0;
    }
}
