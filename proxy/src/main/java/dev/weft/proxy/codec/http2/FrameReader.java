package dev.weft.proxy.codec.http2;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Cuts what a socket delivers into frames.
 *
 * <p>Loop-confined, one per connection. DATA is handed on as it comes, as slices of the received buffer; other frames
 * are small and come whole, in an array of the loop, unless a read ended within one. Nothing received is kept but the
 * beginning of such a frame.
 */
final class FrameReader {
    private static final int AT_HEADER = 0;
    private static final int IN_PAYLOAD = 1;
    private static final int AT_PAD_LENGTH = 2;
    private static final int IN_DATA = 3;
    private static final int IN_PADDING = 4;

    private static final byte[] EMPTY = {};

    private final FrameSink sink;
    private final byte[] whole;

    private int state = AT_HEADER;
    /** The beginning of a frame header or payload that the next read completes. */
    private byte[] partial = EMPTY;

    private int partialLength;
    private int type;
    private int flags;
    private int streamId;
    private int length;
    private int remaining;
    private int padding;
    private boolean stopped;

    /** @param whole an array for one frame, shared by the connections of a loop */
    FrameReader(FrameSink sink, byte[] whole) {
        this.sink = sink;
        this.whole = whole;
    }

    /** Reads nothing any more. */
    void stop() {
        stopped = true;
        partial = EMPTY;
    }

    /** Takes all that the buffer has; it stays the caller's. */
    void read(ByteBuf in) {
        while (!stopped) {
            switch (state) {
                case AT_HEADER -> {
                    if (!readHeader(in)) {
                        return;
                    }
                }
                case IN_PAYLOAD -> {
                    if (!readPayload(in)) {
                        return;
                    }
                }
                case AT_PAD_LENGTH -> {
                    if (!in.isReadable()) {
                        return;
                    }
                    startData(in.readUnsignedByte() + 1);
                }
                case IN_DATA -> {
                    if (!in.isReadable()) {
                        return;
                    }
                    readData(in);
                }
                default -> {
                    int skip = Math.min(padding, in.readableBytes());
                    in.skipBytes(skip);
                    padding -= skip;
                    if (padding > 0) {
                        return;
                    }
                    state = AT_HEADER;
                }
            }
        }
    }

    private boolean readHeader(ByteBuf in) {
        int readable = in.readableBytes();
        if (partialLength == 0 && readable >= Frame.HEADER_BYTES) {
            int at = in.readerIndex();
            long first = in.getLong(at);
            int last = in.getByte(at + 8) & 0xFF;
            in.readerIndex(at + Frame.HEADER_BYTES);
            startFrame(first, last);
            return true;
        }
        if (partial.length == 0) {
            if (readable == 0) {
                return false;
            }
            partial = new byte[Frame.HEADER_BYTES];
        }
        int take = Math.min(Frame.HEADER_BYTES - partialLength, readable);
        in.readBytes(partial, partialLength, take);
        partialLength += take;
        if (partialLength < Frame.HEADER_BYTES) {
            return false;
        }
        long first = 0;
        for (int i = 0; i < 8; i++) {
            first = first << 8 | (partial[i] & 0xFF);
        }
        int last = partial[8] & 0xFF;
        partial = EMPTY;
        partialLength = 0;
        startFrame(first, last);
        return true;
    }

    private void startFrame(long first, int last) {
        length = (int) (first >>> 40);
        type = (int) (first >>> 32) & 0xFF;
        flags = (int) (first >>> 24) & 0xFF;
        streamId = ((int) first << 8 | last) & 0x7FFF_FFFF;
        if (!sink.onFrameHeader(type, flags, streamId, length)) {
            stop();
            return;
        }
        if (type != Frame.DATA) {
            state = IN_PAYLOAD;
        } else if ((flags & Frame.PADDED) != 0) {
            state = AT_PAD_LENGTH;
        } else {
            startData(0);
        }
    }

    /** Reads a frame other than DATA. Returns whether it was complete. */
    private boolean readPayload(ByteBuf in) {
        int readable = in.readableBytes();
        if (partialLength == 0 && readable >= length) {
            in.readBytes(whole, 0, length);
            state = AT_HEADER;
            sink.onFrame(type, flags, streamId, whole, length);
            return true;
        }
        if (readable == 0) {
            return false;
        }
        int take = Math.min(length - partialLength, readable);
        if (partial.length < partialLength + take) {
            // Grows with what really came: a frame header alone must not cost its announced size.
            partial = Arrays.copyOf(partial, Math.min(length, Math.max(256, (partialLength + take) * 2)));
        }
        in.readBytes(partial, partialLength, take);
        partialLength += take;
        if (partialLength < length) {
            return false;
        }
        byte[] payload = partial;
        partial = EMPTY;
        partialLength = 0;
        state = AT_HEADER;
        sink.onFrame(type, flags, streamId, payload, length);
        return true;
    }

    private void startData(int pad) {
        if (pad > length) {
            sink.onBadPadding();
            stop();
            return;
        }
        remaining = length - pad;
        padding = Math.max(0, pad - 1);
        state = remaining > 0 ? IN_DATA : IN_PADDING;
        sink.onDataStart(flags, streamId, remaining, pad);
    }

    private void readData(ByteBuf in) {
        int take = Math.min(remaining, in.readableBytes());
        remaining -= take;
        boolean last = remaining == 0;
        if (last) {
            state = IN_PADDING;
        }
        sink.onDataBytes(in.readRetainedSlice(take), last);
    }
}
