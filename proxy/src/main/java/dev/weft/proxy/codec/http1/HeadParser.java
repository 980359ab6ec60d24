package dev.weft.proxy.codec.http1;

import dev.weft.proxy.exchange.ByteRanges;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Copies a head's bytes into the block of its {@link Headers} and indexes them there: the part that requests, responses
 * and trailers share.
 *
 * <p>One per direction of a connection, reused for each message; loop-confined. Bytes may come in any pieces: a line
 * that is not complete is parsed again with the next piece. Lines must end with CR LF; folded lines, blanks before the
 * colon, and control bytes are refused.
 */
abstract class HeadParser {
    /** Bytes copied at once: a body behind the head is copied in vain at most so far. */
    private static final int STEP = 2048;

    private final HeadLimits limits;
    private @Nullable Headers target;
    private int base;
    private int at;
    private int fields;
    private boolean startLineDone;
    private @Nullable FailureReason failure;

    HeadParser(HeadLimits limits) {
        this.limits = limits;
    }

    /** Parses the start line at {@code from}; on {@code DONE} calls {@link #startLineEndsAt}. */
    abstract HeadProgress parseStartLine(Headers headers, int from, int end);

    /** All lines are indexed: check and strip what belongs to the codec. */
    abstract HeadProgress finish(Headers headers);

    /** Starts a message that is put into {@code headers}, which must be clear. */
    final void begin(Headers headers) {
        target = headers;
        base = headers.blockEnd();
        at = base;
        fields = 0;
        startLineDone = false;
        failure = null;
    }

    /** Whether any byte of the head was seen. */
    final boolean hasBytes() {
        Headers headers = target;
        return headers != null && headers.blockEnd() > base;
    }

    /** Why the parse failed. */
    public final FailureReason failure() {
        FailureReason reason = failure;
        return reason == null ? FailureReason.HTTP1_CODEC : reason;
    }

    /** How many bytes the head has. */
    final int bytes() {
        return at - base;
    }

    /** Takes bytes of the head; after {@code DONE} the buffer stands behind the head. */
    final HeadProgress feed(ByteBuf in) {
        Headers headers = target;
        if (headers == null) {
            throw new IllegalStateException("no head was begun");
        }
        while (in.isReadable()) {
            headers.append(in, Math.min(in.readableBytes(), STEP));
            HeadProgress progress = parse(headers);
            if (progress == HeadProgress.FAILED) {
                return progress;
            }
            int size = (progress == HeadProgress.DONE ? at : headers.blockEnd()) - base;
            if (size > limits.bytes()) {
                return fail(FailureReason.HTTP1_HEADERS_TOO_LARGE);
            }
            if (progress == HeadProgress.DONE) {
                int surplus = headers.blockEnd() - at;
                in.readerIndex(in.readerIndex() - surplus);
                headers.truncate(at);
                return finish(headers);
            }
        }
        return HeadProgress.MORE;
    }

    final void startLineEndsAt(int next) {
        at = next;
        startLineDone = true;
    }

    final HeadProgress fail(FailureReason reason) {
        failure = reason;
        return HeadProgress.FAILED;
    }

    private HeadProgress parse(Headers headers) {
        byte[] block = headers.block();
        int end = headers.blockEnd();
        if (!startLineDone) {
            HeadProgress progress = parseStartLine(headers, at, end);
            if (progress != HeadProgress.DONE) {
                return progress;
            }
        }
        while (true) {
            int lineStart = at;
            if (lineStart + 2 > end) {
                return HeadProgress.MORE;
            }
            if (block[lineStart] == '\r') {
                if (block[lineStart + 1] != '\n') {
                    return fail(FailureReason.HTTP1_CODEC);
                }
                at = lineStart + 2;
                return HeadProgress.DONE;
            }
            HeadProgress progress = parseField(headers, block, lineStart, end);
            if (progress != HeadProgress.DONE) {
                return progress;
            }
        }
    }

    private HeadProgress parseField(Headers headers, byte[] block, int lineStart, int end) {
        int nameEnd = lineStart;
        byte lower;
        while (nameEnd < end && (lower = Scan.token(block[nameEnd])) != 0) {
            block[nameEnd++] = lower;
        }
        if (nameEnd == end) {
            return HeadProgress.MORE;
        }
        if (block[nameEnd] != ':' || nameEnd == lineStart) {
            return fail(FailureReason.HTTP1_CODEC);
        }
        int valueStart = ByteRanges.skipBlanks(block, nameEnd + 1, end);
        int lineEnd = Scan.control(block, valueStart, end);
        while (lineEnd < end && block[lineEnd] == '\t') {
            lineEnd = Scan.control(block, lineEnd + 1, end);
        }
        if (lineEnd + 1 >= end) {
            return lineEnd == end || block[lineEnd] == '\r'
                    ? HeadProgress.MORE
                    : fail(FailureReason.HTTP1_INVALID_CHARACTERS);
        }
        if (block[lineEnd] != '\r' || block[lineEnd + 1] != '\n') {
            boolean bareLineFeed = block[lineEnd] == '\n';
            return fail(bareLineFeed ? FailureReason.HTTP1_CODEC : FailureReason.HTTP1_INVALID_CHARACTERS);
        }
        if (++fields > limits.fields()) {
            return fail(FailureReason.HTTP1_TOO_MANY_HEADERS);
        }
        int valueEnd = ByteRanges.trimEnd(block, valueStart, lineEnd);
        boolean exact = valueEnd == lineEnd && valueStart == nameEnd + 2 && block[nameEnd + 1] == ' ';
        headers.addReceived(
                HeaderName.recognize(block, lineStart, nameEnd - lineStart),
                lineStart,
                nameEnd - lineStart,
                valueStart,
                valueEnd - valueStart,
                exact ? Headers.LineForm.EXACT : Headers.LineForm.LOOSE);
        at = lineEnd + 2;
        return HeadProgress.DONE;
    }
}
