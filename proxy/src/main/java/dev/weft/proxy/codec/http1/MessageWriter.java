package dev.weft.proxy.codec.http1;

import dev.weft.proxy.exchange.Headers;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Writes the body of one message in the framing that its head announced: the part that requests and responses share.
 *
 * <p>One per direction of a connection, reused; loop-confined. A body that is longer or shorter than its announced
 * length cannot be repaired: {@link #isBroken} tells, and the connection must be closed.
 */
abstract class MessageWriter {
    static final byte[] CHUNKED_LINE = bytes("transfer-encoding: chunked\r\n");
    static final byte[] NO_LENGTH_LINE = bytes("content-length: 0\r\n");
    private static final byte[] LAST_CHUNK = bytes("0\r\n\r\n");
    private static final byte[] LAST_CHUNK_BEFORE_TRAILERS = bytes("0\r\n");
    private static final byte[] HEX = bytes("0123456789abcdef");
    /** Size line of a chunk and the line end behind it. */
    private static final int CHUNK_FRAME = 12;

    private final Http1Output output;
    private BodyKind body = BodyKind.NONE;
    private long remaining;
    private boolean broken;

    MessageWriter(Http1Output output) {
        this.output = output;
    }

    final Http1Output output() {
        return output;
    }

    final void begin(BodyKind kind, long length) {
        body = kind;
        remaining = length;
        broken = false;
    }

    /** How the body is framed. */
    public final BodyKind body() {
        return body;
    }

    /** Whether the peer can no longer tell where messages start. */
    public final boolean isBroken() {
        return broken;
    }

    /** Writes body bytes; the buffer is taken over. */
    public final void data(ByteBuf data, boolean end) {
        switch (body) {
            case NONE -> data.release();
            case LENGTH -> {
                remaining -= data.readableBytes();
                if (remaining < 0 || (end && remaining > 0)) {
                    broken = true;
                    data.release();
                    return;
                }
                output.body(data);
            }
            case CHUNKED -> {
                chunk(data);
                if (end) {
                    output.buffer(LAST_CHUNK.length).writeBytes(LAST_CHUNK);
                }
            }
            case UNTIL_CLOSE, TUNNEL -> output.body(data);
        }
    }

    /** Ends the message with trailers where the framing has room for them. */
    public final void trailers(Headers trailers) {
        if (body == BodyKind.CHUNKED) {
            ByteBuf out = output.buffer(LAST_CHUNK.length + trailers.lineBytes());
            out.writeBytes(LAST_CHUNK_BEFORE_TRAILERS);
            trailers.writeLines(out);
            out.writeShort(('\r' << 8) | '\n');
        } else if (body == BodyKind.LENGTH && remaining > 0) {
            broken = true;
        }
    }

    private void chunk(ByteBuf data) {
        int bytes = data.readableBytes();
        if (bytes == 0) {
            data.release();
            return;
        }
        ByteBuf out = output.buffer(CHUNK_FRAME);
        int digits = (35 - Integer.numberOfLeadingZeros(bytes)) >>> 2;
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
            out.writeByte(HEX[(bytes >>> shift) & 0xF]);
        }
        out.writeShort(('\r' << 8) | '\n');
        output.body(data);
        output.buffer(CHUNK_FRAME).writeShort(('\r' << 8) | '\n');
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
