package dev.weft.proxy.codec.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames, many into one buffer, and hands the buffers to the channel at a flush.
 *
 * <p>Loop-confined, one per connection. Small payloads are copied behind their frame header: that is cheaper than an entry
 * of its own in the channel's queue and in the system call. Large ones go as they are.
 */
final class FrameWriter {
    private static final int BUFFER = 16 * 1024;
    private static final int LARGEST_COPY = 4 * 1024;

    private final ByteBufAllocator allocator;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable ByteBuf out;
    private int controlWaiting;
    private int framesWaiting;
    private int bytesWaiting;

    FrameWriter(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    void bind(ChannelHandlerContext context) {
        ctx = context;
    }

    /** Control frames since the socket took all that there was. */
    int controlWaiting() {
        return controlWaiting;
    }

    /** Frames of any kind since then. */
    int framesWaiting() {
        return framesWaiting;
    }

    /** Bytes written since then. */
    int bytesWaiting() {
        return bytesWaiting;
    }

    /** The socket took everything. */
    void drained() {
        controlWaiting = 0;
        framesWaiting = 0;
        bytesWaiting = out == null ? 0 : out.readableBytes();
    }

    void preface() {
        room(Frame.PREFACE.length).writeBytes(Frame.PREFACE);
    }

    /** Alternating identifiers and values. */
    void settings(int... idsAndValues) {
        ByteBuf to = frame(idsAndValues.length * 3, Frame.SETTINGS, 0, 0);
        for (int i = 0; i < idsAndValues.length; i += 2) {
            to.writeShort(idsAndValues[i]);
            to.writeInt(idsAndValues[i + 1]);
        }
        controlWaiting++;
    }

    void settingsAck() {
        frame(0, Frame.SETTINGS, Frame.ACK, 0);
        controlWaiting++;
    }

    void ping(int flags, byte[] payload) {
        frame(8, Frame.PING, flags, 0).writeBytes(payload, 0, 8);
        controlWaiting++;
    }

    void goAway(int lastStreamId, int error, byte[] debug) {
        frame(8 + debug.length, Frame.GOAWAY, 0, 0)
                .writeInt(lastStreamId)
                .writeInt(error)
                .writeBytes(debug);
        controlWaiting++;
    }

    void reset(int streamId, int error) {
        frame(4, Frame.RST_STREAM, 0, streamId).writeInt(error);
        controlWaiting++;
    }

    void windowUpdate(int streamId, int increment) {
        frame(4, Frame.WINDOW_UPDATE, 0, streamId).writeInt(increment);
        controlWaiting++;
    }

    /** Writes an encoded block as HEADERS and as many CONTINUATIONs as the peer's frame size needs. */
    void headers(int streamId, byte[] block, int length, boolean end, int largestFrame) {
        int first = Math.min(length, largestFrame);
        int flags = (end ? Frame.END_STREAM : 0) | (first == length ? Frame.END_HEADERS : 0);
        frame(first, Frame.HEADERS, flags, streamId).writeBytes(block, 0, first);
        for (int at = first; at < length; ) {
            int next = Math.min(length - at, largestFrame);
            frame(next, Frame.CONTINUATION, at + next == length ? Frame.END_HEADERS : 0, streamId)
                    .writeBytes(block, at, next);
            at += next;
        }
    }

    /** Writes the next {@code length} bytes of the buffer, which becomes the writer's if that is all of it. */
    void data(int streamId, ByteBuf data, int length, boolean end) {
        boolean whole = length == data.readableBytes();
        int flags = end ? Frame.END_STREAM : 0;
        if (length <= LARGEST_COPY) {
            frame(length, Frame.DATA, flags, streamId).writeBytes(data, length);
            if (whole) {
                data.release();
            }
            return;
        }
        ByteBuf to = room(Frame.HEADER_BYTES);
        writeHeader(to, length, Frame.DATA, flags, streamId);
        framesWaiting++;
        bytesWaiting += Frame.HEADER_BYTES + length;
        handOver();
        ChannelHandlerContext context = context();
        context.write(whole ? data : data.readRetainedSlice(length), context.voidPromise());
    }

    /** Gives what was written to the channel; a flush must follow. */
    void handOver() {
        ByteBuf full = out;
        if (full != null) {
            out = null;
            ChannelHandlerContext context = context();
            context.write(full, context.voidPromise());
        }
    }

    /** Drops what the channel has not got. */
    void discard() {
        if (out != null) {
            out.release();
            out = null;
        }
    }

    private ByteBuf frame(int length, int type, int flags, int streamId) {
        ByteBuf to = room(Frame.HEADER_BYTES + length);
        writeHeader(to, length, type, flags, streamId);
        framesWaiting++;
        bytesWaiting += Frame.HEADER_BYTES + length;
        return to;
    }

    private static void writeHeader(ByteBuf to, int length, int type, int flags, int streamId) {
        to.writeLong((long) length << 40 | (long) type << 32 | (long) flags << 24 | streamId >>> 8);
        to.writeByte(streamId);
    }

    private ByteBuf room(int bytes) {
        ByteBuf current = out;
        if (current != null && current.writableBytes() >= bytes) {
            return current;
        }
        handOver();
        current = allocator.ioBuffer(Math.max(BUFFER, bytes));
        out = current;
        return current;
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new AssertionError("frames written before the connection is in a pipeline");
        }
        return context;
    }
}
