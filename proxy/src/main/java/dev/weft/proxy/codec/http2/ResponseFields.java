package dev.weft.proxy.codec.http2;

import dev.weft.proxy.codec.http2.hpack.HpackField;
import dev.weft.proxy.exchange.HeaderId;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.ResponseHead;

/** Builds a response's head from a block. */
public final class ResponseFields extends MessageFields {
    private ResponseHead head = new ResponseHead();

    /** Starts a block that fills this head, which is empty. */
    public MessageFields begin(ResponseHead into, Http2Config config) {
        head = into;
        into.protocol(HttpProtocol.HTTP_2);
        begin(into.headers(), config);
        return this;
    }

    @Override
    boolean onPseudo(HpackField field) {
        if (field.nameId() != HeaderId.PSEUDO_STATUS || head.status() != 0 || field.valueLength() != 3) {
            return false;
        }
        byte[] value = field.value();
        int at = field.valueAt();
        int status = 0;
        for (int i = at; i < at + 3; i++) {
            int digit = value[i] - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            status = status * 10 + digit;
        }
        // 101 does not exist in HTTP/2: RFC 9113 section 8.6.
        if (status < 100 || status == 101) {
            return false;
        }
        head.status(status);
        return true;
    }

    @Override
    boolean isInterim() {
        return head.status() < 200;
    }

    @Override
    void finish() {
        super.finish();
        head.contentLength(contentLength());
        head.receivedBytes(listBytes());
        if (outcome() == Outcome.WELL_FORMED && head.status() == 0) {
            malformed();
        }
    }
}
