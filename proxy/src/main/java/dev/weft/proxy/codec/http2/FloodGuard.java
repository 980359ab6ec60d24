package dev.weft.proxy.codec.http2;

/**
 * Counts what a peer can send cheaply and we must answer dearly; tells when it is too much.
 *
 * <p>Loop-confined, one per connection. Every method returns whether the connection may go on. The budgets are Envoy's
 * (nghttp2's for resets), which a mesh hop that aggregates many clients does not reach. Resets that the peer provokes by
 * faulty frames count like those that it sends ("MadeYouReset").
 */
final class FloodGuard {
    static final int MOST_EMPTY_FRAMES = 1;
    static final int MOST_CONTINUATIONS = 64;
    static final int MOST_SMALL_CONTINUATIONS = 16;
    /** A CONTINUATION below this is small. */
    static final int SMALL_CONTINUATION = 8 * 1024;
    /** Control frames of ours that wait because the peer does not read. */
    static final int MOST_CONTROL_WAITING = 1_000;
    /** All frames of ours that wait because the peer does not read. */
    static final int MOST_FRAMES_WAITING = 10_000;

    private static final int PRIORITIES_PER_STREAM = 100;
    private static final double RESET_BURST = 1_000;
    private static final double RESETS_PER_NANO = 33e-9;
    private static final int PREMATURE_LIMIT = 500;
    private static final long PREMATURE_NANOS = 2_000_000_000L;

    private int emptyFrames;
    private long priorities;
    private long windowUpdates;
    private long dataSent;
    private double resetTokens = RESET_BURST;
    private long resetsFilledAt;
    private long closed;
    private long premature;

    /** HEADERS, CONTINUATION or DATA without payload and without an end. */
    boolean onEmptyFrame() {
        return ++emptyFrames <= MOST_EMPTY_FRAMES;
    }

    void onFilledFrame() {
        emptyFrames = 0;
    }

    boolean onPriority(int activeStreams) {
        return ++priorities <= PRIORITIES_PER_STREAM * (1L + activeStreams);
    }

    boolean onWindowUpdate(int activeStreams) {
        return ++windowUpdates <= 5 + 2 * (activeStreams + 10 * dataSent);
    }

    void onDataSent() {
        dataSent++;
    }

    /** A stream ended by RST_STREAM that the peer sent, or that its fault made us send. */
    boolean onReset(long nowNanos) {
        if (resetsFilledAt != 0) {
            resetTokens = Math.min(RESET_BURST, resetTokens + (nowNanos - resetsFilledAt) * RESETS_PER_NANO);
        }
        resetsFilledAt = nowNanos;
        return --resetTokens >= 0;
    }

    /** A request is over. Half of the requests reset young and unanswered are too many. */
    boolean onRequestClosed(long ageNanos, boolean resetUnanswered) {
        closed++;
        if (!resetUnanswered || ageNanos >= PREMATURE_NANOS) {
            return true;
        }
        premature++;
        return premature * 2 < Math.max(closed, PREMATURE_LIMIT);
    }
}
