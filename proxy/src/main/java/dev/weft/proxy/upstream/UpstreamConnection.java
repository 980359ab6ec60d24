package dev.weft.proxy.upstream;

import dev.weft.proxy.exchange.UpstreamListener;
import dev.weft.proxy.exchange.UpstreamStream;

/**
 * A usable connection to one endpoint: one HTTP/1 exchange at a time, or many HTTP/2 streams.
 *
 * <p>Loop-confined; owned by a {@link ConnectionPool}, which learns of changes through its {@link ConnectionOwner}.
 */
public interface UpstreamConnection {
    /** How many more streams may be opened now; 0 while busy, draining or closed. */
    int capacity();

    /** How many streams are open. */
    int active();

    /** Opens a stream for this listener; only with {@link #capacity} left. */
    UpstreamStream open(UpstreamListener listener);

    /** Takes no more streams and closes with the last one. */
    void drain();

    /** Closes now; open streams are reset. */
    void close();
}
