package dev.weft.proxy.codec.http2;

import dev.weft.proxy.codec.http2.hpack.HpackField;
import dev.weft.proxy.exchange.HeaderId;
import dev.weft.proxy.exchange.Headers;

/** Builds trailers from a block: no pseudo headers, and nothing that would change how the message is framed. */
public final class TrailerFields extends MessageFields {
    /** Starts a block that fills these trailers, which are empty. */
    public MessageFields begin(Http2Config config, Headers into) {
        begin(into, config);
        return this;
    }

    @Override
    boolean onPseudo(HpackField field) {
        return false;
    }

    @Override
    boolean onSpecial(HpackField field) {
        return field.nameId() == HeaderId.CONTENT_LENGTH || field.nameId() == HeaderId.HOST;
    }
}
