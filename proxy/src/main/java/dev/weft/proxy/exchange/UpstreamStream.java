package dev.weft.proxy.exchange;

import io.netty.buffer.ByteBuf;

/**
 * One request on a client connection: an HTTP/2 stream, or an HTTP/1 connection for the time of one exchange.
 *
 * <p>Loop-confined. Made by {@code proxy.upstream} for one {@link UpstreamListener}; invalid after the listener's last
 * call or after {@link #cancel}. Writes are flushed with the loop's batch.
 */
public interface UpstreamStream {
    /** Writes the head. The request's fields are only read; the connection adds framing and hop-by-hop fields. */
    void writeHead(RequestHead head, boolean end);

    /** Writes body bytes; the buffer belongs to the callee. May be empty only with {@code end}. */
    void writeData(ByteBuf data, boolean end);

    /** Ends the request with trailers; HTTP/1 drops them unless its body is chunked. */
    void writeTrailers(Headers trailers);

    /** So many bytes of the response's body were written to the client: the upstream may send as many more. */
    void onResponseConsumed(int bytes);

    /** Gives the exchange up; the listener is not called again. HTTP/1 closes the connection, HTTP/2 resets the stream. */
    void cancel();

    /**
     * Whether the connection carried exchanges before this one: if it then closes without an answer, its end may have crossed
     * this request, which the upstream never saw.
     */
    default boolean isReused() {
        return false;
    }

    /** Tells the facts of the connection. */
    void describeTo(UpstreamFacts facts);
}
