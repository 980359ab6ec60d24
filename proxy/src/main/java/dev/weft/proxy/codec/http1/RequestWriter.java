package dev.weft.proxy.codec.http1;

import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.RequestHead;
import io.netty.buffer.ByteBuf;

/**
 * Writes requests to one upstream connection. Used by {@code Http1Client}; loop-confined.
 *
 * <p>The start line and the host are written from the head's ranges, the other fields as runs of received bytes.
 */
public final class RequestWriter extends MessageWriter {
    private static final byte[] VERSION_AND_HOST = bytes(" HTTP/1.1\r\nhost: ");
    private static final byte[] UPGRADE = bytes("connection: Upgrade\r\nupgrade: ");

    /** A writer to that output. */
    public RequestWriter(Http1Output output) {
        super(output);
    }

    /** Writes the head, and the framing that the body needs. */
    public void head(RequestHead head, boolean end) {
        boolean connect = head.method() == HttpMethod.CONNECT;
        String upgrade = head.upgrade();
        ByteBuf out = output().buffer(head.headers().lineBytes() + 2 * head.authorityLength() + 256);
        head.writeMethod(out);
        out.writeByte(' ');
        if (connect) {
            head.writeAuthority(out);
        } else {
            head.writePath(out);
        }
        out.writeBytes(VERSION_AND_HOST);
        head.writeAuthority(out);
        out.writeShort(('\r' << 8) | '\n');
        head.headers().writeLines(out);
        if (connect || upgrade != null) {
            if (upgrade != null) {
                out.writeBytes(UPGRADE);
                writeText(out, upgrade);
                out.writeShort(('\r' << 8) | '\n');
            }
            begin(BodyKind.TUNNEL, 0);
        } else {
            writeFraming(head, end, out);
        }
        out.writeShort(('\r' << 8) | '\n');
    }

    private void writeFraming(RequestHead head, boolean end, ByteBuf out) {
        long length = head.headers().number(HeaderName.CONTENT_LENGTH);
        if (length >= 0) {
            begin(end ? BodyKind.NONE : BodyKind.LENGTH, length);
        } else if (!end) {
            out.writeBytes(CHUNKED_LINE);
            begin(BodyKind.CHUNKED, 0);
        } else {
            // Methods that usually have a body say that there is none, as RFC 9110 8.6 asks.
            HttpMethod method = head.method();
            if (method == HttpMethod.POST || method == HttpMethod.PUT || method == HttpMethod.PATCH) {
                out.writeBytes(NO_LENGTH_LINE);
            }
            begin(BodyKind.NONE, 0);
        }
    }

    private static void writeText(ByteBuf out, String text) {
        for (int i = 0; i < text.length(); i++) {
            out.writeByte(text.charAt(i));
        }
    }
}
