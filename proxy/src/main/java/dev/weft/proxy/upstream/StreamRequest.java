package dev.weft.proxy.upstream;

import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.UpstreamListener;
import dev.weft.proxy.exchange.UpstreamStream;
import org.jspecify.annotations.Nullable;

/**
 * A wish for a stream; waits in at most one pool at a time, linked without allocation.
 *
 * <p>Loop-confined; extended by whoever sends requests (the router's call). Exactly one of the two callbacks comes, unless
 * it was cancelled; it may come during {@link ConnectionPool#open}.
 */
public abstract class StreamRequest implements UpstreamListener {
    @Nullable
    StreamRequest previous;

    @Nullable
    StreamRequest next;

    @Nullable
    ConnectionPool waitsIn;

    /** Asked once before a stream is opened; on false the request is refused with {@code OVERFLOW}. */
    protected boolean admitStream() {
        return true;
    }

    /** The stream is open: write the head now. This object is its listener. */
    protected abstract void onStream(UpstreamStream stream);

    /** There will be no stream. {@code detail} is the transport's text, or empty. */
    protected abstract void onRefused(FailureReason reason, String detail);

    /** Gives up waiting; nothing happens if it does not wait. */
    public final void cancelWaiting() {
        ConnectionPool pool = waitsIn;
        if (pool != null) {
            pool.cancel(this);
        }
    }
}
