package dev.weft.proxy.codec.http1;

import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * Writes responses to one client's connection. Used by {@code Http1Server}; loop-confined.
 *
 * <p>Reason phrases are the standard ones: what an upstream wrote there is not passed on, as in Envoy.
 */
public final class ResponseWriter extends MessageWriter {
    private static final byte[] CLOSE = bytes("connection: close\r\n");
    private static final byte[] KEEP_ALIVE = bytes("connection: keep-alive\r\n");
    private static final byte[] UPGRADE = bytes("connection: Upgrade\r\nupgrade: ");
    private static final byte[] CONTINUE = bytes("HTTP/1.1 100 Continue\r\n\r\n");

    /** Whether the connection stays open behind the response. */
    public enum Connection {
        KEEP,
        CLOSE
    }

    /** A writer to that output. */
    public ResponseWriter(Http1Output output) {
        super(output);
    }

    /** Writes a 100 of our own. */
    public void writeContinue() {
        output().buffer(CONTINUE.length).writeBytes(CONTINUE);
    }

    /** Passes a 1xx head on. */
    public void informational(ResponseHead head) {
        ByteBuf out = output().buffer(head.headers().lineBytes() + 64);
        StatusLines.write(out, head.status());
        head.headers().writeLines(out);
        out.writeShort(('\r' << 8) | '\n');
    }

    /**
     * Writes the head, and the framing that the body needs. Returns whether the connection stays open behind the
     * response: an old client may need its end to find the body's end.
     */
    public Connection head(RequestHead request, ResponseHead head, boolean end, Connection wanted) {
        ByteBuf out = output().buffer(head.headers().lineBytes() + 256);
        int status = head.status();
        StatusLines.write(out, status);
        head.headers().writeLines(out);
        Connection connection = wanted;
        String upgrade = request.upgrade();
        if (status == 101 && upgrade != null) {
            out.writeBytes(UPGRADE);
            for (int i = 0; i < upgrade.length(); i++) {
                out.writeByte(upgrade.charAt(i));
            }
            out.writeShort(('\r' << 8) | '\n');
            begin(BodyKind.TUNNEL, 0);
        } else if (request.method() == HttpMethod.CONNECT && status >= 200 && status < 300) {
            begin(BodyKind.TUNNEL, 0);
        } else {
            connection = writeFraming(request, head, end, out, wanted);
        }
        out.writeShort(('\r' << 8) | '\n');
        return connection;
    }

    private Connection writeFraming(
            RequestHead request, ResponseHead head, boolean end, ByteBuf out, Connection wanted) {
        boolean current = request.protocol() != HttpProtocol.HTTP_1_0;
        Connection connection = wanted;
        int status = head.status();
        if (request.method() == HttpMethod.HEAD || status == 204 || status == 304) {
            begin(BodyKind.NONE, 0);
        } else {
            long length = head.headers().number(HeaderName.CONTENT_LENGTH);
            if (length >= 0) {
                begin(end ? BodyKind.NONE : BodyKind.LENGTH, length);
            } else if (end) {
                out.writeBytes(NO_LENGTH_LINE);
                begin(BodyKind.NONE, 0);
            } else if (current) {
                out.writeBytes(CHUNKED_LINE);
                begin(BodyKind.CHUNKED, 0);
            } else {
                begin(BodyKind.UNTIL_CLOSE, 0);
                connection = Connection.CLOSE;
            }
        }
        if (connection == Connection.CLOSE) {
            out.writeBytes(CLOSE);
        } else if (!current) {
            out.writeBytes(KEEP_ALIVE);
        }
        return connection;
    }
}
