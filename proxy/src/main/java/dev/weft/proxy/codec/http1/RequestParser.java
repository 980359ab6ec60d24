package dev.weft.proxy.codec.http1;

import dev.weft.proxy.exchange.ByteRanges;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.RequestHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Parses request heads of one client's connection into {@link RequestHead}s.
 *
 * <p>Driven by {@code Http1Server}; loop-confined, reused for each request. The host becomes the authority, an absolute
 * target is taken apart, hop-by-hop fields are taken out, and the body's framing is decided: by exactly one of a length
 * and {@code chunked}, or not at all.
 */
public final class RequestParser extends HeadParser {
    private static final byte[] HTTP_SCHEME = "http://".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] HTTPS_SCHEME = "https://".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] CHUNKED = "chunked".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] CONTINUE = "100-continue".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.ISO_8859_1);
    /** How many empty lines before a request are forgiven (RFC 9112 2.2 asks for at least one). */
    private static final int MOST_EMPTY_LINES = 4;

    private final HopByHop hopByHop = new HopByHop();
    private @Nullable RequestHead head;
    private BodyKind body = BodyKind.NONE;
    private boolean keepAlive;
    private boolean expectsContinue;
    private boolean pathLacksSlash;

    /** A parser with these limits. */
    public RequestParser(HeadLimits limits) {
        super(limits);
    }

    /** Starts a request; the head must be clear. */
    public void begin(RequestHead target) {
        head = target;
        body = BodyKind.NONE;
        keepAlive = false;
        expectsContinue = false;
        pathLacksSlash = false;
        begin(target.headers());
    }

    /** Takes bytes; whether the head is complete. After {@code FAILED} ask {@link #failure}. */
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

    /** Whether the client wants the connection to stay open. */
    public boolean keepsAlive() {
        return keepAlive;
    }

    /** Whether the client waits for a 100 before it sends the body. */
    public boolean expectsContinue() {
        return expectsContinue;
    }

    @Override
    HeadProgress parseStartLine(Headers headers, int from, int end) {
        byte[] block = headers.block();
        int at = from;
        for (int i = 0; i < MOST_EMPTY_LINES && at + 1 < end && block[at] == '\r' && block[at + 1] == '\n'; i++) {
            at += 2;
        }
        int methodEnd = at;
        while (methodEnd < end && Scan.token(block[methodEnd]) != 0) {
            methodEnd++;
        }
        if (methodEnd == end || (methodEnd == at && end - at < 2)) {
            return HeadProgress.MORE;
        }
        if (block[methodEnd] != ' ' || methodEnd == at) {
            return fail(FailureReason.HTTP1_CODEC);
        }
        int targetStart = methodEnd + 1;
        int targetEnd = Scan.targetEnd(block, targetStart, end);
        // The rest of the line has a fixed size: " HTTP/1.1" CR LF.
        int lineEnd = targetEnd + 1 + VERSION.length + 1 + 2;
        if (targetEnd < end && block[targetEnd] != ' ') {
            return fail(FailureReason.HTTP1_INVALID_URL);
        }
        if (lineEnd > end) {
            return HeadProgress.MORE;
        }
        byte minor = block[lineEnd - 3];
        if (!ByteRanges.startsWith(block, targetEnd + 1, VERSION.length, VERSION)
                || (minor != '1' && minor != '0')
                || block[lineEnd - 2] != '\r'
                || block[lineEnd - 1] != '\n') {
            return fail(FailureReason.HTTP1_CODEC);
        }
        RequestHead request = head();
        request.methodAt(at, methodEnd - at);
        request.protocol(minor == '1' ? HttpProtocol.HTTP_1_1 : HttpProtocol.HTTP_1_0);
        if (!takeTarget(request, block, targetStart, targetEnd)) {
            return fail(FailureReason.HTTP1_INVALID_URL);
        }
        startLineEndsAt(lineEnd);
        return HeadProgress.DONE;
    }

    @Override
    HeadProgress finish(Headers headers) {
        RequestHead request = head();
        request.receivedBytes(bytes());
        if (pathLacksSlash) {
            int slash = headers.append("/");
            headers.append(headers.block(), request.pathStart(), request.pathLength());
            request.pathAt(slash, request.pathLength() + 1);
        }
        if (!takeHost(request, headers)) {
            return fail(FailureReason.HTTP1_CODEC);
        }
        FailureReason framing = decideBody(request, headers);
        if (framing != null) {
            return fail(framing);
        }
        if (!hopByHop.take(headers)) {
            return fail(FailureReason.HTTP1_CONNECTION_HEADER);
        }
        boolean current = request.protocol() == HttpProtocol.HTTP_1_1;
        keepAlive = current ? !hopByHop.closes() : hopByHop.keepsAlive() && !hopByHop.closes();
        if (hopByHop.upgrade() != null && current && body == BodyKind.NONE && request.method() != HttpMethod.CONNECT) {
            request.upgrade(hopByHop.upgrade());
        }
        if (request.wantsTunnel()) {
            body = BodyKind.TUNNEL;
        }
        int expect = headers.find(HeaderName.EXPECT);
        expectsContinue = expect != Headers.NONE && current && headers.valueEqualsIgnoreCase(expect, CONTINUE);
        return HeadProgress.DONE;
    }

    private boolean takeTarget(RequestHead request, byte[] block, int start, int end) {
        int length = end - start;
        if (length == 0) {
            return false;
        }
        if (request.method() == HttpMethod.CONNECT) {
            request.authorityAt(start, length);
            return isAuthority(block, start, end) && ByteRanges.indexOf(block, start, end, (byte) ':') < end;
        }
        if (block[start] == '/') {
            request.pathAt(start, length);
            return true;
        }
        if (block[start] == '*') {
            request.pathAt(start, length);
            return length == 1 && request.method() == HttpMethod.OPTIONS;
        }
        int hostStart = start + schemeLength(request, block, start, length);
        if (hostStart == start) {
            return false;
        }
        int hostEnd = hostStart;
        while (hostEnd < end && block[hostEnd] != '/' && block[hostEnd] != '?' && block[hostEnd] != '#') {
            hostEnd++;
        }
        if (hostEnd == hostStart || !isAuthority(block, hostStart, hostEnd)) {
            return false;
        }
        request.authorityAt(hostStart, hostEnd - hostStart);
        request.pathAt(hostEnd, end - hostEnd);
        // The path of "http://host?query" is "/?query". The slash is put before it when all lines are in: appended now
        // it would tear them apart.
        pathLacksSlash = hostEnd == end || block[hostEnd] != '/';
        return true;
    }

    private static int schemeLength(RequestHead request, byte[] block, int start, int length) {
        if (length > HTTP_SCHEME.length && ByteRanges.equalsIgnoreCase(block, start, HTTP_SCHEME.length, HTTP_SCHEME)) {
            request.scheme(RequestHead.Scheme.HTTP);
            return HTTP_SCHEME.length;
        }
        if (length > HTTPS_SCHEME.length
                && ByteRanges.equalsIgnoreCase(block, start, HTTPS_SCHEME.length, HTTPS_SCHEME)) {
            request.scheme(RequestHead.Scheme.HTTPS);
            return HTTPS_SCHEME.length;
        }
        return 0;
    }

    /** One host at most; an absolute target's authority goes before it, as RFC 9112 3.2.2 says. */
    private static boolean takeHost(RequestHead request, Headers headers) {
        int entry = headers.find(HeaderName.HOST);
        if (entry == Headers.NONE) {
            return true;
        }
        if (headers.findFrom(HeaderName.HOST, entry + 1) != Headers.NONE) {
            return false;
        }
        int start = headers.valueStart(entry);
        int length = headers.valueLength(entry);
        headers.removeAt(entry);
        if (!isAuthority(headers.block(), start, start + length)) {
            return false;
        }
        if (!request.hasAuthority()) {
            request.authorityAt(start, length);
        }
        return true;
    }

    private @Nullable FailureReason decideBody(RequestHead request, Headers headers) {
        int length = headers.find(HeaderName.CONTENT_LENGTH);
        int coding = headers.find(HeaderName.TRANSFER_ENCODING);
        if (coding != Headers.NONE) {
            if (length != Headers.NONE) {
                return FailureReason.HTTP1_LENGTH_AND_CHUNKED;
            }
            if (headers.findFrom(HeaderName.TRANSFER_ENCODING, coding + 1) != Headers.NONE
                    || !headers.valueEqualsIgnoreCase(coding, CHUNKED)) {
                return FailureReason.HTTP1_TRANSFER_ENCODING;
            }
            if (request.protocol() == HttpProtocol.HTTP_1_0 || request.method() == HttpMethod.CONNECT) {
                return FailureReason.HTTP1_BODY_DISALLOWED;
            }
            headers.removeAt(coding);
            body = BodyKind.CHUNKED;
            return null;
        }
        if (length == Headers.NONE) {
            body = BodyKind.NONE;
            return null;
        }
        long bytes = ContentLength.only(headers, length);
        if (bytes < 0) {
            return FailureReason.HTTP1_CODEC;
        }
        if (request.method() == HttpMethod.CONNECT) {
            headers.removeAt(length);
            return bytes == 0 ? null : FailureReason.HTTP1_LENGTH_NOT_ALLOWED;
        }
        request.contentLength(bytes);
        body = bytes == 0 ? BodyKind.NONE : BodyKind.LENGTH;
        return null;
    }

    /** No user info, no path, no blank: what could be read as another host by a laxer parser. */
    private static boolean isAuthority(byte[] block, int start, int end) {
        for (int i = start; i < end; i++) {
            byte value = block[i];
            if (value <= ' '
                    || value == '@'
                    || value == '/'
                    || value == '?'
                    || value == '#'
                    || value == '\\'
                    || value == ',') {
                return false;
            }
        }
        return true;
    }

    private RequestHead head() {
        RequestHead current = head;
        if (current == null) {
            throw new IllegalStateException("no request was begun");
        }
        return current;
    }
}
