package dev.weft.proxy.exchange;

import io.netty.buffer.ByteBuf;

/**
 * Who sent a request on an {@link UpstreamStream} and gets its response.
 *
 * <p>Called on the stream's loop only. After {@code end}, trailers or a reset nothing more is called. The response's
 * head and trailers are written into the objects that the listener lends.
 */
public interface UpstreamListener {
    /** Where the client connection puts the response's head; cleared by it before. */
    ResponseHead responseHead();

    /** Where the client connection puts trailers; cleared by it before. */
    Headers responseTrailers();

    /** A 1xx head other than 101; it is gone after the call. */
    void onInformational();

    /** The head is complete; {@code end} if nothing follows. */
    void onHead(boolean end);

    /** Body bytes, which belong to the callee. */
    void onData(ByteBuf data, boolean end);

    /** The response ended with trailers. */
    void onTrailers();

    /** The stream ended without a complete response. {@code detail} is the transport's text, or empty. */
    void onReset(FailureReason reason, String detail);

    /** So many bytes of the request's body were written to the upstream's socket. */
    void onRequestConsumed(int bytes);
}
