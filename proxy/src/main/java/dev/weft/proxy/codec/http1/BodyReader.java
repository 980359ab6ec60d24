package dev.weft.proxy.codec.http1;

import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.exchange.Headers;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds the body's bytes in what was received, without copying them.
 *
 * <p>One per direction of a connection, reused; loop-confined. The caller loops: {@link #next} skips framing and says
 * what follows; on {@code DATA} the caller takes exactly {@link #available} bytes out of the buffer.
 */
public final class BodyReader {
    /** What {@link #next} found. */
    public enum Part {
        /** All bytes were taken, the body goes on. */
        MORE,
        /** {@link #available} bytes of the body stand in the buffer: take them. */
        DATA,
        /** The body is over; the buffer stands behind it. */
        END,
        /** The body is over, and trailers were put into the fields given. */
        TRAILERS,
        /** The framing is broken; see {@link #failure}. */
        FAILED
    }

    private static final int MOST_EXTENSION_BYTES = 1024;
    private static final int MOST_EXTENSION_BYTES_IN_ALL = 16 * 1024;
    private static final int MOST_SIZE_DIGITS = 15;

    private enum State {
        DONE,
        LENGTH,
        UNTIL_CLOSE,
        CHUNK_SIZE,
        CHUNK_BLANK,
        CHUNK_EXTENSION,
        CHUNK_SIZE_LF,
        CHUNK_DATA,
        CHUNK_DATA_CR,
        CHUNK_DATA_LF,
        TRAILERS
    }

    private final TrailerParser trailerParser;
    private State state = State.DONE;
    private long remaining;
    private int available;
    private int digits;
    private int extensionBytes;
    private int allExtensionBytes;
    private @Nullable FailureReason failure;

    /** A reader whose trailers have these limits. */
    public BodyReader(HeadLimits limits) {
        trailerParser = new TrailerParser(limits);
    }

    /** Starts a body. */
    public void begin(BodyKind kind, long length) {
        remaining = length;
        failure = null;
        allExtensionBytes = 0;
        state = switch (kind) {
            case NONE -> State.DONE;
            case LENGTH -> State.LENGTH;
            case CHUNKED -> {
                startChunk();
                yield State.CHUNK_SIZE;
            }
            case UNTIL_CLOSE, TUNNEL -> State.UNTIL_CLOSE;
        };
    }

    /** Whether nothing more belongs to the body. */
    public boolean isDone() {
        return state == State.DONE;
    }

    /** Whether the end of the connection is the end of the body. */
    public boolean endsWithConnection() {
        return state == State.UNTIL_CLOSE;
    }

    /** How many bytes of the body stand at the buffer's reader index. */
    public int available() {
        return available;
    }

    /** Whether the bytes found last are known to be the body's end: only where its length was announced. */
    public boolean isLastData() {
        return state == State.DONE;
    }

    /** Why the framing is broken. */
    public FailureReason failure() {
        FailureReason reason = failure;
        return reason == null ? FailureReason.HTTP1_CODEC : reason;
    }

    /** Looks at what follows; trailers are put into {@code trailers}, which must be clear. */
    public Part next(ByteBuf in, Headers trailers) {
        while (true) {
            switch (state) {
                case DONE -> {
                    return Part.END;
                }
                case LENGTH -> {
                    if (!in.isReadable()) {
                        return Part.MORE;
                    }
                    available = (int) Math.min(remaining, in.readableBytes());
                    remaining -= available;
                    if (remaining == 0) {
                        state = State.DONE;
                    }
                    return Part.DATA;
                }
                case UNTIL_CLOSE -> {
                    available = in.readableBytes();
                    return available == 0 ? Part.MORE : Part.DATA;
                }
                case CHUNK_DATA -> {
                    if (remaining == 0) {
                        state = State.CHUNK_DATA_CR;
                        continue;
                    }
                    if (!in.isReadable()) {
                        return Part.MORE;
                    }
                    available = (int) Math.min(remaining, in.readableBytes());
                    remaining -= available;
                    return Part.DATA;
                }
                case TRAILERS -> {
                    return nextOfTrailers(in, trailers);
                }
                default -> {
                    if (!in.isReadable()) {
                        return Part.MORE;
                    }
                    if (!framing(in.readByte(), trailers)) {
                        failure = FailureReason.HTTP1_CODEC;
                        return Part.FAILED;
                    }
                }
            }
        }
    }

    private Part nextOfTrailers(ByteBuf in, Headers trailers) {
        return switch (trailerParser.feed(in)) {
            case MORE -> Part.MORE;
            case FAILED -> {
                failure = trailerParser.failure();
                yield Part.FAILED;
            }
            case DONE -> {
                state = State.DONE;
                yield trailers.size() == 0 ? Part.END : Part.TRAILERS;
            }
        };
    }

    /** One byte of the lines around chunks; false if it does not belong there. */
    private boolean framing(byte value, Headers trailers) {
        switch (state) {
            case CHUNK_SIZE -> {
                int digit = Character.digit(value, 16);
                if (digit >= 0) {
                    remaining = remaining << 4 | digit;
                    return ++digits <= MOST_SIZE_DIGITS;
                }
                if (digits == 0) {
                    return false;
                }
                state = switch (value) {
                    case '\r' -> State.CHUNK_SIZE_LF;
                    case ';' -> State.CHUNK_EXTENSION;
                    case ' ', '\t' -> State.CHUNK_BLANK;
                    default -> State.DONE;
                };
                return state != State.DONE;
            }
            case CHUNK_BLANK -> {
                // Blanks before an extension are allowed, before the line's end they are not.
                if (value == ';') {
                    state = State.CHUNK_EXTENSION;
                    return true;
                }
                return (value == ' ' || value == '\t') && countExtension();
            }
            case CHUNK_EXTENSION -> {
                if (value == '\r') {
                    state = State.CHUNK_SIZE_LF;
                    return true;
                }
                boolean text = value == '\t' || (value & 0xFF) >= 0x20 && value != 0x7F;
                return text && countExtension();
            }
            case CHUNK_SIZE_LF -> {
                if (value != '\n') {
                    return false;
                }
                if (remaining == 0) {
                    trailers.clear();
                    trailerParser.begin(trailers);
                    state = State.TRAILERS;
                } else {
                    state = State.CHUNK_DATA;
                }
                return true;
            }
            case CHUNK_DATA_CR -> {
                state = State.CHUNK_DATA_LF;
                return value == '\r';
            }
            case CHUNK_DATA_LF -> {
                startChunk();
                state = State.CHUNK_SIZE;
                return value == '\n';
            }
            default -> throw new AssertionError("no framing in state " + state);
        }
    }

    private void startChunk() {
        remaining = 0;
        digits = 0;
        extensionBytes = 0;
    }

    private boolean countExtension() {
        return ++extensionBytes <= MOST_EXTENSION_BYTES && ++allExtensionBytes <= MOST_EXTENSION_BYTES_IN_ALL;
    }
}
