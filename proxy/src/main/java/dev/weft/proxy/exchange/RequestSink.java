package dev.weft.proxy.exchange;

import io.netty.buffer.ByteBuf;

/**
 * Takes a request part by part, towards the upstream: the filters take it from a server connection, the router from
 * the filters.
 *
 * <p>Called on the exchange's loop only. A buffer handed over belongs to the callee. After {@code end} or trailers, or
 * a reset in either direction, no further part comes. The head itself is {@link Exchange#request}.
 *
 * <p>Flow control is credit: who takes the bytes of a body tells the other side by {@link ResponseSink#onRequestConsumed}
 * when they were written to a socket, and only then; the source decides what to do with the credit (an HTTP/2 window
 * update, reading on). The response's credit travels here.
 */
public interface RequestSink {
    /** Drops everything: what an exchange holds where there is no upstream. */
    RequestSink IGNORE = new RequestSink() {
        @Override
        public void onRequestData(ByteBuf data, boolean end) {
            data.release();
        }

        @Override
        public void onRequestTrailers() {}

        @Override
        public void onResponseConsumed(int bytes) {}

        @Override
        public void onRequestReset(FailureReason reason) {}
    };

    /** Body bytes; {@code end} if the message ends here. May be empty only with {@code end}. */
    void onRequestData(ByteBuf data, boolean end);

    /** The message ends with {@link Exchange#requestTrailers}. */
    void onRequestTrailers();

    /** So many bytes of the response's body were written to the client's socket. */
    void onResponseConsumed(int bytes);

    /** The exchange is over before its time: cancel what is in flight. Nothing may be answered any more. */
    void onRequestReset(FailureReason reason);
}
