package dev.weft.proxy.listener;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Finds out whether plaintext bytes begin an HTTP conversation: the preface of HTTP/2, or a request line of HTTP/1. One per
 * connection, loop-confined; fed with all bytes so far, it goes on where it stopped, so single bytes cost no more than one lump.
 *
 * <p>A method must be a well-known one (as Envoy's inspector has it): any other word would make a text protocol wait for the end of
 * a line that may never come.
 */
final class HttpPreface {
    static final int MOST_BYTES = 64 * 1024;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    private static final byte[][] METHODS = methods(
            "GET",
            "POST",
            "PUT",
            "DELETE",
            "HEAD",
            "OPTIONS",
            "PATCH",
            "CONNECT",
            "TRACE",
            "ACL",
            "BIND",
            "CHECKOUT",
            "COPY",
            "LINK",
            "LOCK",
            "MERGE",
            "MKACTIVITY",
            "MKCALENDAR",
            "MKCOL",
            "MOVE",
            "M-SEARCH",
            "NOTIFY",
            "PROPFIND",
            "PROPPATCH",
            "PURGE",
            "REBIND",
            "REPORT",
            "SEARCH",
            "SOURCE",
            "SUBSCRIBE",
            "UNBIND",
            "UNLINK",
            "UNLOCK",
            "UNSUBSCRIBE");

    enum Found {
        NEED_MORE,
        HTTP_10,
        HTTP_11,
        H2C,
        NOT_HTTP
    }

    private enum State {
        METHOD,
        TARGET,
        VERSION
    }

    private State state = State.METHOD;
    private int at;
    private int part;

    private static byte[][] methods(String... names) {
        byte[][] bytes = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            bytes[i] = (names[i] + " ").getBytes(StandardCharsets.US_ASCII);
        }
        return bytes;
    }

    Found feed(ByteBuf in) {
        int start = in.readerIndex();
        int length = in.readableBytes();
        if (length >= 1 && in.getByte(start) == 'P' && agrees(in, start, length, PREFACE)) {
            return length >= PREFACE.length ? Found.H2C : Found.NEED_MORE;
        }
        if (state == State.METHOD) {
            int method = method(in, start, length);
            if (method <= 0) {
                return method == 0 ? Found.NEED_MORE : Found.NOT_HTTP;
            }
            at = method;
            part = at;
            state = State.TARGET;
        }
        while (at < length) {
            int b = in.getByte(start + at) & 0xFF;
            if (state == State.TARGET) {
                if (b == ' ' && at > part) {
                    state = State.VERSION;
                    part = at + 1;
                } else if (b <= ' ' || b == 0x7F) {
                    return Found.NOT_HTTP;
                }
            } else {
                int k = at - part;
                if (k < VERSION.length) {
                    if (b != VERSION[k]) {
                        return Found.NOT_HTTP;
                    }
                } else if (b == '1') {
                    return Found.HTTP_11;
                } else {
                    return b == '0' ? Found.HTTP_10 : Found.NOT_HTTP;
                }
            }
            at++;
        }
        return length > MOST_BYTES ? Found.NOT_HTTP : Found.NEED_MORE;
    }

    /** Length of a whole method with its blank, 0 while it may become one, -1 if it cannot. */
    private static int method(ByteBuf in, int start, int length) {
        for (byte[] method : METHODS) {
            if (agrees(in, start, length, method)) {
                return length >= method.length ? method.length : 0;
            }
        }
        return -1;
    }

    /** Whether as much as there is of both is equal. */
    private static boolean agrees(ByteBuf in, int start, int length, byte[] wanted) {
        int common = Math.min(length, wanted.length);
        for (int i = 0; i < common; i++) {
            if (in.getByte(start + i) != wanted[i]) {
                return false;
            }
        }
        return true;
    }
}
