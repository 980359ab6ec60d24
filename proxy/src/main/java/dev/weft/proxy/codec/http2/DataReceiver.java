package dev.weft.proxy.codec.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Takes DATA, watches what the peer may send, and gives it room again.
 *
 * <p>Loop-confined, part of one connection. The connection's window is given back as the bytes come: it must never be held by
 * one slow stream. The stream's is given back when its user says that the bytes were written on, so what one body has
 * inside the proxy never exceeds the stream's window. Both in batches of half a window.
 */
final class DataReceiver {
    private final Http2Connection connection;
    private final FrameWriter writer;
    private final FloodGuard flood;
    private final Http2Config.Windows windows;

    private int window = Frame.DEFAULT_WINDOW;
    private int unreturned;
    /** For new streams. The peer may not know a smaller one than the default before it acknowledged our settings. */
    private int streamWindow;

    private @Nullable Http2Stream current;
    private int currentId;
    private boolean currentEnds;

    DataReceiver(Http2Connection connection, FrameWriter writer, FloodGuard flood, Http2Config.Windows windows) {
        this.connection = connection;
        this.writer = writer;
        this.flood = flood;
        this.windows = windows;
        this.streamWindow = Math.max(windows.stream(), Frame.DEFAULT_WINDOW);
    }

    int streamWindow() {
        return streamWindow;
    }

    /** Behind our SETTINGS: enlarges the connection's window to what is configured. */
    void start() {
        int more = windows.connection() - Frame.DEFAULT_WINDOW;
        if (more > 0) {
            window += more;
            writer.windowUpdate(0, more);
        }
    }

    /** The peer has our settings. Returns by how much the window of existing streams changes. */
    int onSettingsAck() {
        int change = windows.stream() - streamWindow;
        streamWindow = windows.stream();
        return change;
    }

    void onStart(int flags, int streamId, int length, int padding) {
        int all = length + padding;
        currentEnds = (flags & Frame.END_STREAM) != 0;
        currentId = streamId;
        current = null;
        if (all > window) {
            connection.fail(Http2Error.FLOW_CONTROL_ERROR, "DATA of " + all + " bytes, the window is " + window);
            return;
        }
        window -= all;
        returnToConnection(all);
        if (length > 0 || currentEnds) {
            flood.onFilledFrame();
        } else if (!flood.onEmptyFrame()) {
            connection.abort("http2.inbound_empty_frames_flood");
            return;
        }
        Http2Stream stream = connection.streams().find(streamId);
        if (stream == null) {
            onClosedStream(streamId);
            return;
        }
        if (stream.isRemoteEnded()) {
            connection.streams().onStreamFault(streamId, Http2Error.STREAM_CLOSED);
            return;
        }
        if (!stream.has(Http2Stream.HEAD_RECEIVED)) {
            connection.streams().onStreamFault(streamId, Http2Error.PROTOCOL_ERROR);
            return;
        }
        stream.receiveWindow -= all;
        if (stream.receiveWindow < 0) {
            connection.streams().onStreamFault(streamId, Http2Error.FLOW_CONTROL_ERROR);
            return;
        }
        current = stream;
        if (padding > 0) {
            consumed(stream, padding);
        }
        if (length == 0 && currentEnds) {
            deliver(stream, Unpooled.EMPTY_BUFFER, true);
        }
    }

    void onBytes(ByteBuf bytes, boolean last) {
        Http2Stream stream = current;
        if (stream == null || !connection.streams().has(stream, currentId)) {
            bytes.release();
            return;
        }
        deliver(stream, bytes, last && currentEnds);
    }

    /** The stream's user wrote so many of its body's bytes on. */
    void consumed(Http2Stream stream, int bytes) {
        if (stream.isRemoteEnded() || !stream.isOpen()) {
            return;
        }
        stream.receivedUnreturned += bytes;
        if (stream.receivedUnreturned * 2L < stream.receiveTarget) {
            return;
        }
        int increment = stream.receivedUnreturned + growth(stream);
        writer.windowUpdate(stream.id(), increment);
        stream.receiveWindow += increment;
        stream.receivedUnreturned = 0;
        connection.scheduleFlush();
    }

    /** A taker that leaves nearly nothing lying here waits for its sender, who may send more at once. */
    private int growth(Http2Stream stream) {
        int lying = stream.receiveTarget - stream.receiveWindow - stream.receivedUnreturned;
        if (lying * 4L > stream.receiveTarget || stream.receiveTarget >= windows.mostStream()) {
            return 0;
        }
        int growth = Math.min(stream.receiveTarget, windows.mostStream() - stream.receiveTarget);
        stream.receiveTarget += growth;
        return growth;
    }

    private void onClosedStream(int id) {
        if (connection.streams().isIdle(id)) {
            connection.fail(Http2Error.PROTOCOL_ERROR, "DATA on stream " + id + ", which was never opened");
        } else if (connection.streams().serves(id) && !connection.streams().wasReset(id)) {
            connection.streams().onStreamFault(id, Http2Error.STREAM_CLOSED);
        }
    }

    private void deliver(Http2Stream stream, ByteBuf bytes, boolean end) {
        stream.received += bytes.readableBytes();
        if (stream.expected >= 0 && (end ? stream.received != stream.expected : stream.received > stream.expected)) {
            bytes.release();
            connection.streams().onStreamFault(stream.id(), Http2Error.PROTOCOL_ERROR);
            return;
        }
        stream.activeAt = connection.now();
        if (end) {
            stream.bits |= Http2Stream.REMOTE_ENDED;
        }
        stream.onData(bytes, end);
        if (end) {
            connection.streams().remoteEnded(stream, currentId);
        }
    }

    private void returnToConnection(int bytes) {
        unreturned += bytes;
        if (unreturned * 2L >= Math.max(windows.connection(), Frame.DEFAULT_WINDOW)) {
            writer.windowUpdate(0, unreturned);
            window += unreturned;
            unreturned = 0;
            connection.scheduleFlush();
        }
    }
}
