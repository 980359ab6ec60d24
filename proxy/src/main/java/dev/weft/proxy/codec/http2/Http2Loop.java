package dev.weft.proxy.codec.http2;

import dev.weft.proxy.codec.http2.hpack.HpackScratch;
import dev.weft.proxy.exchange.Loop;

/** What all HTTP/2 connections of one loop share: nothing of it is in use between two of their calls. Loop-confined. */
public final class Http2Loop {
    final HpackScratch scratch = new HpackScratch();
    final byte[] frame = new byte[Frame.DEFAULT_SIZE];

    private final RequestFields requestFields = new RequestFields();
    private final ResponseFields responseFields = new ResponseFields();
    private final TrailerFields trailerFields = new TrailerFields();

    private Http2Loop() {}

    /** The one of this loop. */
    public static Http2Loop of(Loop loop) {
        return loop.belonging(Http2Loop.class, Http2Loop::new);
    }

    /** For the next block that is a request's head. */
    public RequestFields requestFields() {
        return requestFields;
    }

    /** For the next block that is a response's head. */
    public ResponseFields responseFields() {
        return responseFields;
    }

    /** For the next block that is trailers. */
    public TrailerFields trailerFields() {
        return trailerFields;
    }
}
