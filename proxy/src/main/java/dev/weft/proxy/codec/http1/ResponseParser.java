package dev.weft.proxy.codec.http1;

import dev.weft.proxy.exchange.ByteRanges;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Parses response heads of one upstream connection into {@link ResponseHead}s.
 *
 * <p>Driven by {@code Http1Client}; loop-confined, reused for each response. Which body a response has depends on the
 * request, so {@link #begin} is told its method and upgrade.
 */
public final class ResponseParser extends HeadParser {
    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] CHUNKED = "chunked".getBytes(StandardCharsets.ISO_8859_1);
    /** {@code HTTP/1.1 200}. */
    private static final int FIXED_PART = 12;

    private final HopByHop hopByHop = new HopByHop();
    private @Nullable ResponseHead head;
    private HttpMethod method = HttpMethod.GET;
    private boolean upgradeAsked;
    private BodyKind body = BodyKind.NONE;
    private boolean keepAlive;

    /** A parser with these limits. */
    public ResponseParser(HeadLimits limits) {
        super(limits);
    }

    /** Starts a response to such a request; the head must be clear. */
    public void begin(ResponseHead target, HttpMethod requestMethod, boolean asksUpgrade) {
        head = target;
        method = requestMethod;
        upgradeAsked = asksUpgrade;
        body = BodyKind.NONE;
        keepAlive = false;
        begin(target.headers());
    }

    /** Takes bytes; whether the head is complete. */
    public HeadProgress parse(ByteBuf in) {
        return feed(in);
    }

    /** Whether part of a head came in. */
    public boolean isStarted() {
        return hasBytes();
    }

    /** Where the body ends. */
    public BodyKind body() {
        return body;
    }

    /** Whether the connection may be used again behind this response. */
    public boolean keepsAlive() {
        return keepAlive;
    }

    @Override
    HeadProgress parseStartLine(Headers headers, int from, int end) {
        byte[] block = headers.block();
        if (end - from < FIXED_PART + 1) {
            return end - from >= VERSION.length && !ByteRanges.startsWith(block, from, VERSION.length, VERSION)
                    ? fail(FailureReason.HTTP1_CODEC)
                    : HeadProgress.MORE;
        }
        byte minor = block[from + 7];
        long status = ByteRanges.number(block, from + 9, 3);
        if (!ByteRanges.startsWith(block, from, VERSION.length, VERSION)
                || (minor != '1' && minor != '0')
                || block[from + 8] != ' '
                || status < 100) {
            return fail(FailureReason.HTTP1_CODEC);
        }
        int reason = from + FIXED_PART;
        if (block[reason] != ' ' && block[reason] != '\r') {
            return fail(FailureReason.HTTP1_CODEC);
        }
        int lineEnd = Scan.control(block, reason, end);
        while (lineEnd < end && block[lineEnd] == '\t') {
            lineEnd = Scan.control(block, lineEnd + 1, end);
        }
        if (lineEnd + 1 >= end) {
            return HeadProgress.MORE;
        }
        if (block[lineEnd] != '\r' || block[lineEnd + 1] != '\n') {
            return fail(FailureReason.HTTP1_CODEC);
        }
        head().status((int) status);
        head().protocol(minor == '1' ? HttpProtocol.HTTP_1_1 : HttpProtocol.HTTP_1_0);
        startLineEndsAt(lineEnd + 2);
        return HeadProgress.DONE;
    }

    @Override
    HeadProgress finish(Headers headers) {
        ResponseHead response = head();
        response.receivedBytes(bytes());
        FailureReason framing = decideBody(response, headers);
        if (framing != null) {
            return fail(framing);
        }
        if (!hopByHop.take(headers)) {
            return fail(FailureReason.HTTP1_CONNECTION_HEADER);
        }
        boolean current = response.protocol() == HttpProtocol.HTTP_1_1;
        keepAlive = body != BodyKind.UNTIL_CLOSE
                && body != BodyKind.TUNNEL
                && !hopByHop.closes()
                && (current || hopByHop.keepsAlive());
        return HeadProgress.DONE;
    }

    private @Nullable FailureReason decideBody(ResponseHead response, Headers headers) {
        int status = response.status();
        int length = headers.find(HeaderName.CONTENT_LENGTH);
        int coding = headers.find(HeaderName.TRANSFER_ENCODING);
        long bytes = length == Headers.NONE ? -1 : ContentLength.only(headers, length);
        if (length != Headers.NONE && bytes < 0) {
            return FailureReason.HTTP1_CODEC;
        }
        if (status < 200 || status == 204) {
            return withoutBody(status, headers, coding, length, bytes);
        }
        if (method == HttpMethod.CONNECT && status < 300) {
            headers.remove(HeaderName.TRANSFER_ENCODING);
            headers.remove(HeaderName.CONTENT_LENGTH);
            body = BodyKind.TUNNEL;
            return null;
        }
        if (coding != Headers.NONE) {
            if (length != Headers.NONE) {
                return FailureReason.HTTP1_LENGTH_AND_CHUNKED;
            }
            if (headers.findFrom(HeaderName.TRANSFER_ENCODING, coding + 1) != Headers.NONE
                    || !headers.valueEqualsIgnoreCase(coding, CHUNKED)
                    || response.protocol() == HttpProtocol.HTTP_1_0) {
                return FailureReason.HTTP1_TRANSFER_ENCODING;
            }
            headers.removeAt(coding);
            body = BodyKind.CHUNKED;
        } else if (length != Headers.NONE) {
            response.contentLength(bytes);
            body = bytes == 0 ? BodyKind.NONE : BodyKind.LENGTH;
        } else {
            body = BodyKind.UNTIL_CLOSE;
        }
        if (method == HttpMethod.HEAD || status == 304) {
            body = BodyKind.NONE;
        }
        return null;
    }

    private @Nullable FailureReason withoutBody(int status, Headers headers, int coding, int length, long bytes) {
        if (coding != Headers.NONE || bytes > 0) {
            return FailureReason.HTTP1_BODY_DISALLOWED;
        }
        if (length != Headers.NONE) {
            headers.removeAt(length);
        }
        if (status == 101) {
            if (!upgradeAsked) {
                return FailureReason.HTTP1_CODEC;
            }
            body = BodyKind.TUNNEL;
        } else {
            body = BodyKind.NONE;
        }
        return null;
    }

    private ResponseHead head() {
        ResponseHead current = head;
        if (current == null) {
            throw new IllegalStateException("no response was begun");
        }
        return current;
    }
}
