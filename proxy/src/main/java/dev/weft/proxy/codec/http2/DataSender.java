package dev.weft.proxy.codec.http2;

import dev.weft.proxy.exchange.Headers;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Sends bodies within the peer's windows, fairly, and no faster than its socket takes them.
 *
 * <p>Loop-confined, part of one connection. What may not be sent waits in its stream; the source stops by itself because
 * it is credited only for bytes that reached the socket. Streams that could send stand in a ring and get one frame each
 * in turn, so a large body delays a small one by at most a frame per busy stream.
 *
 * <p>The surprising rule: the channel itself is given at most {@link #AHEAD} bytes before its socket has drained, whatever
 * the windows allow. A peer that announces a huge window and does not read would otherwise get all its bodies queued
 * in the channel, where nobody can reset them.
 */
@SuppressWarnings("ReferenceEquality") // streams are themselves, never equal to another
final class DataSender {
    /** Bytes that the channel may hold before it has to drain. */
    static final int AHEAD = 128 * 1024;

    private static final int LARGEST_WINDOW = Integer.MAX_VALUE;

    private final Http2Connection connection;
    private final FrameWriter writer;
    private final FloodGuard flood;
    private final WrittenLedger ledger = new WrittenLedger();

    private int window = Frame.DEFAULT_WINDOW;
    private int peerStreamWindow = Frame.DEFAULT_WINDOW;
    private int largestFrame = Frame.DEFAULT_SIZE;
    private @Nullable Http2Stream first;
    private @Nullable Http2Stream last;

    DataSender(Http2Connection connection, FrameWriter writer, FloodGuard flood) {
        this.connection = connection;
        this.writer = writer;
        this.flood = flood;
    }

    WrittenLedger ledger() {
        return ledger;
    }

    int window() {
        return window;
    }

    int peerStreamWindow() {
        return peerStreamWindow;
    }

    int largestFrame() {
        return largestFrame;
    }

    void largestFrame(int size) {
        largestFrame = size;
    }

    /** The peer's SETTINGS_INITIAL_WINDOW_SIZE for streams to come; existing ones get the difference one by one. */
    void peerStreamWindow(int size) {
        peerStreamWindow = size;
    }

    /** Whether anything could be sent if the channel drained. */
    boolean hasSendable() {
        return first != null && window > 0;
    }

    /** The peer gives more room for all streams. Returns false if there cannot be as much. */
    boolean enlarge(int increment) {
        if (window > LARGEST_WINDOW - increment) {
            return false;
        }
        window += increment;
        return true;
    }

    /** The peer gives more room, or takes some back, for one stream. Returns false if there cannot be as much. */
    boolean enlarge(Http2Stream stream, int increment) {
        long sum = (long) stream.sendWindow + increment;
        if (sum > LARGEST_WINDOW) {
            return false;
        }
        stream.sendWindow = (int) sum;
        if (stream.hasQueued() && stream.sendWindow > 0) {
            list(stream);
        }
        return true;
    }

    /** Sends or queues body bytes, which belong to the sender. */
    void send(Http2Stream stream, ByteBuf data, boolean end) {
        int length = data.readableBytes();
        if (!stream.hasQueued() && (length == 0 || (first == null && length <= room(stream)))) {
            write(stream, data, length, end);
            return;
        }
        if (!stream.hasQueued()) {
            stream.stuckSince = connection.now();
        }
        stream.enqueue(data);
        if (end) {
            stream.bits |= Http2Stream.END_QUEUED;
        }
        if (stream.sendWindow > 0) {
            list(stream);
            // Nothing else may be on its way that would bring a flush: a piece longer than a frame waits even on an
            // idle connection.
            connection.scheduleFlush();
        }
    }

    /** Sends trailers, behind what is queued. The fields must stay as they are until the stream has ended. */
    void sendTrailers(Http2Stream stream, Headers trailers) {
        if (stream.hasQueued()) {
            stream.trailers = trailers;
            stream.bits |= Http2Stream.TRAILERS_QUEUED;
            return;
        }
        connection.writeTrailers(stream, trailers);
    }

    /** Sends what windows and channel allow; streams take turns. */
    void pump() {
        while (first != null && window > 0 && writer.bytesWaiting() < AHEAD) {
            Http2Stream stream = first;
            first = stream.nextSendable;
            if (first == null) {
                last = null;
            }
            stream.nextSendable = null;
            stream.bits &= ~Http2Stream.SENDABLE;
            if (!stream.isOpen() || !stream.hasQueued() || stream.sendWindow <= 0) {
                continue;
            }
            sendQueued(stream);
        }
    }

    /** The stream is over. */
    void remove(Http2Stream stream) {
        stream.dropQueue();
        if (!stream.has(Http2Stream.SENDABLE)) {
            return;
        }
        stream.bits &= ~Http2Stream.SENDABLE;
        Http2Stream before = null;
        for (Http2Stream each = first; each != null; each = each.nextSendable) {
            if (each == stream) {
                if (before == null) {
                    first = stream.nextSendable;
                } else {
                    before.nextSendable = stream.nextSendable;
                }
                if (last == stream) {
                    last = before;
                }
                break;
            }
            before = each;
        }
        stream.nextSendable = null;
    }

    private void sendQueued(Http2Stream stream) {
        int left = Math.min(Math.min(stream.sendWindow, window), largestFrame);
        while (left > 0 && stream.hasQueued()) {
            ByteBuf data = stream.firstQueued();
            int length = Math.min(left, data.readableBytes());
            boolean whole = length == data.readableBytes();
            left -= length;
            stream.tookQueued(length);
            if (whole) {
                stream.removeFirstQueued();
            }
            boolean end = !stream.hasQueued() && stream.has(Http2Stream.END_QUEUED);
            write(stream, data, length, end);
        }
        if (stream.hasQueued()) {
            stream.stuckSince = connection.now();
            if (stream.sendWindow > 0) {
                list(stream);
            }
            return;
        }
        stream.stuckSince = 0;
        Headers trailers = stream.trailers;
        if (stream.has(Http2Stream.TRAILERS_QUEUED) && trailers != null) {
            stream.bits &= ~Http2Stream.TRAILERS_QUEUED;
            connection.writeTrailers(stream, trailers);
        }
    }

    private void write(Http2Stream stream, ByteBuf data, int length, boolean end) {
        stream.sendWindow -= length;
        window -= length;
        flood.onDataSent();
        if (!end && length > 0) {
            ledger.add(stream, length);
        }
        writer.data(stream.id(), data, length, end);
        connection.wrote(stream, end);
    }

    private int room(Http2Stream stream) {
        return writer.bytesWaiting() >= AHEAD ? 0 : Math.min(Math.min(stream.sendWindow, window), largestFrame);
    }

    private void list(Http2Stream stream) {
        if (stream.has(Http2Stream.SENDABLE)) {
            return;
        }
        stream.bits |= Http2Stream.SENDABLE;
        if (last == null) {
            first = stream;
        } else {
            last.nextSendable = stream;
        }
        last = stream;
    }
}
