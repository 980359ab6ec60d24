package dev.weft.proxy.exchange;

import io.netty.buffer.ByteBuf;

/**
 * Takes a response part by part, towards the client: the filters take it from the router, a server connection from the
 * filters.
 *
 * <p>Called on the exchange's loop only. A buffer handed over belongs to the callee. The head itself is {@link
 * Exchange#response}. For flow control see {@link RequestSink}; the request's credit travels here.
 */
public interface ResponseSink {
    /** Drops everything: what an exchange holds where no client is attached. */
    ResponseSink IGNORE = new ResponseSink() {
        @Override
        public void onInformational() {}

        @Override
        public void onResponseHead(boolean end) {}

        @Override
        public void onResponseData(ByteBuf data, boolean end) {
            data.release();
        }

        @Override
        public void onResponseTrailers() {}

        @Override
        public void onResponseReset(FailureReason reason) {}

        @Override
        public void onRequestConsumed(int bytes) {}
    };

    /** A 1xx head other than 101; it stands in {@link Exchange#response} for the time of the call only. */
    void onInformational();

    /** The head; {@code end} if the message has neither body nor trailers. */
    void onResponseHead(boolean end);

    /** Body bytes; {@code end} if the message ends here. May be empty only with {@code end}. */
    void onResponseData(ByteBuf data, boolean end);

    /** The message ends with {@link Exchange#responseTrailers}. */
    void onResponseTrailers();

    /** The response breaks off behind its head; the client must see that it is incomplete. */
    void onResponseReset(FailureReason reason);

    /** So many bytes of the request's body were written to the upstream's socket. */
    void onRequestConsumed(int bytes);
}
