package dev.weft.proxy.codec.http2;

import org.jspecify.annotations.Nullable;

/**
 * The streams of one connection: which are open, which numbers were used, and the ways in which one ends.
 *
 * <p>Loop-confined, part of one connection, which opens them; the parts that read frames end them. A stream is over when both sides
 * have ended, and not before its last frame went out: its user may still look at it while that is written.
 */
final class Streams {
    private final Http2Connection connection;
    private final Http2Endpoint endpoint;
    private final FloodGuard flood;
    private final FrameWriter writer;
    private final DataSender sender;
    private final boolean server;
    private final StreamMap open = new StreamMap();
    private final ResetMemory resets = new ResetMemory();
    private final FinishList finishing = new FinishList();
    private int next;
    private int lastOfPeer;
    private int lastServed = Integer.MAX_VALUE;

    Streams(
            Http2Connection connection,
            Http2Endpoint endpoint,
            FloodGuard flood,
            FrameWriter writer,
            DataSender sender) {
        this.connection = connection;
        this.endpoint = endpoint;
        this.flood = flood;
        this.writer = writer;
        this.sender = sender;
        this.server = connection.isServer();
        this.next = server ? 2 : 1;
    }

    int size() {
        return open.size();
    }

    /** How many streams we may still open before the numbers run out. */
    int left() {
        return (Integer.MAX_VALUE - next) / 2;
    }

    /** The number of a stream that we open. */
    int nextNumber() {
        int number = next;
        next += 2;
        return number;
    }

    /** The highest stream that the peer opened. */
    int lastOfPeer() {
        return lastOfPeer;
    }

    /** A GOAWAY of ours names this stream. */
    void serveUpTo(int id) {
        lastServed = Math.min(lastServed, id);
    }

    void add(Http2Stream stream) {
        open.add(stream);
    }

    @Nullable
    Http2Stream find(int id) {
        return open.find(id);
    }

    /** The open streams as they are now: a copy. */
    Http2Stream[] all() {
        return open.snapshot();
    }

    /** Whether this object still is that stream. */
    boolean has(Http2Stream stream, int id) {
        return stream.connection == connection && stream.id() == id && !stream.has(Http2Stream.RESET);
    }

    /** Whether the stream has not been opened yet by whoever may. */
    boolean isIdle(int id) {
        boolean ours = (id & 1) == (next & 1);
        return ours ? id >= next : !server || id > lastOfPeer;
    }

    /** Whether the stream is not above what a GOAWAY of ours named. */
    boolean serves(int id) {
        return id <= lastServed;
    }

    /** Whether we reset the stream a short while ago. */
    boolean wasReset(int id) {
        return resets.contains(id);
    }

    void peerOpened(int id) {
        lastOfPeer = id;
    }

    /** Its last frame was written, and goes out with the next flush. */
    void finishWithFlush(Http2Stream stream) {
        finishing.add(stream);
    }

    /** Ends a stream of ours by RST_STREAM; its user learns of it with the flush. */
    void reset(Http2Stream stream, int error) {
        writeReset(stream.id(), error);
        forget(stream);
        finishing.add(stream);
    }

    /** The peer ended its side. */
    void remoteEnded(Http2Stream stream, int id) {
        if (has(stream, id) && stream.has(Http2Stream.LOCAL_ENDED) && !stream.has(Http2Stream.FINISHING)) {
            release(stream);
        }
    }

    /** The peer broke the protocol on a stream; it need not be open. */
    void onStreamFault(int id, int error) {
        if (connection.isOver()) {
            return;
        }
        writeReset(id, error);
        Http2Stream stream = open.find(id);
        if (stream != null) {
            end(stream, StreamEnd.PEER_FAULT, error);
        }
        countReset();
    }

    /** The peer reset a stream, or made us do it. */
    void countReset() {
        if (server && !flood.onReset(connection.now())) {
            connection.abort("http2.stream_reset_flood");
        }
    }

    /** What the stream has to send could not be sent for too long. */
    void giveUp(Http2Stream stream) {
        writeReset(stream.id(), Http2Error.CANCEL);
        end(stream, StreamEnd.FLUSH_TIMEOUT, Http2Error.CANCEL);
    }

    /** Ends a stream for a cause that its user learns of. */
    void end(Http2Stream stream, StreamEnd why, int error) {
        forget(stream);
        if (!stream.has(Http2Stream.FINISHING)) {
            stream.onReset(why, error);
            closed(stream);
        } else if (!server) {
            // The request was written whole, but its answer is not complete. It is closed with the flush.
            stream.onReset(why, error);
        } // else all was written that the client asked for: it ends as it should
    }

    /** Ends all for a cause of the connection. */
    void endAll(StreamEnd why) {
        for (Http2Stream stream : open.snapshot()) {
            if (stream.connection == connection && !stream.has(Http2Stream.RESET)) {
                end(stream, why, Http2Error.NO_ERROR);
            }
        }
        finishWritten();
    }

    /** The flush has happened that the last frames waited for. */
    void finishWritten() {
        finishing.finish(this);
    }

    /** The stream's user knows that our side has ended. */
    void finished(Http2Stream stream) {
        if (stream.has(Http2Stream.RESET)) {
            closed(stream);
        } else if (stream.isRemoteEnded()) {
            release(stream);
        }
    }

    private void writeReset(int id, int error) {
        writer.reset(id, error);
        resets.add(id);
        connection.scheduleFlush();
    }

    /** Takes the stream out of everything but the list of those that finish. */
    private void forget(Http2Stream stream) {
        stream.bits |= Http2Stream.RESET;
        sender.remove(stream);
        open.remove(stream.id());
    }

    private void release(Http2Stream stream) {
        open.remove(stream.id());
        sender.remove(stream);
        closed(stream);
    }

    private void closed(Http2Stream stream) {
        boolean unanswered = stream.has(Http2Stream.RESET) && !stream.has(Http2Stream.HEAD_SENT);
        boolean fine = !server || flood.onRequestClosed(connection.now() - stream.openedAt(), unanswered);
        stream.closed();
        endpoint.onStreamClosed();
        if (!fine && !connection.isOver()) {
            connection.abort("too_many_premature_resets");
        }
    }
}
