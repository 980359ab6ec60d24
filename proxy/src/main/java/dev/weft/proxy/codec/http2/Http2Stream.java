package dev.weft.proxy.codec.http2;

import dev.weft.proxy.exchange.Headers;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One stream: its two windows, what waits to be sent, and the calls to whoever uses it.
 *
 * <p>Loop-confined. Server and client derive their own kind and recycle it in {@link #onClosed}; the connection drives
 * it. Buffers that wait belong to the stream.
 *
 * <p>The local side ends in steps: the last frame is written; with the next flush {@link #onFinished} tells so, never
 * from within a call of the user's; then, once the peer has ended too, {@link #onClosed}.
 */
public abstract class Http2Stream {
    /** The peer sent END_STREAM. */
    static final int REMOTE_ENDED = 1;
    /** We wrote END_STREAM. */
    static final int LOCAL_ENDED = 2;
    /** Either side sent RST_STREAM, or the connection is gone. */
    static final int RESET = 4;
    /** Waits for the flush in which {@link #onFinished} is called. */
    static final int FINISHING = 8;
    /** END_STREAM follows the last queued byte. */
    static final int END_QUEUED = 16;
    /** Trailers follow the last queued byte. */
    static final int TRAILERS_QUEUED = 32;
    /** Stands in the sender's list of streams that could send. */
    static final int SENDABLE = 64;
    /** A message head has come (client: a final one). */
    static final int HEAD_RECEIVED = 128;
    /** A final response's head was written (server). */
    static final int HEAD_SENT = 256;

    private static final int FIRST_QUEUE = 4;

    @Nullable
    Http2Connection connection;

    int id;
    int bits;
    int sendWindow;
    int receiveWindow;
    /** How large the receive window is when nothing of the body lies here. */
    int receiveTarget;
    /** Bytes that the user has taken but the peer was not told of. */
    int receivedUnreturned;
    /** Body bytes received so far, to compare with content-length. */
    long received;
    /** The announced length of the peer's body; -1 if none. */
    long expected;
    /** When it was opened, and when it last sent or received anything, in the loop's nanoseconds. */
    long openedAt;

    long activeAt;
    /** Since when queued bytes have not moved; 0 if nothing is queued. */
    long stuckSince;

    @Nullable
    Http2Stream nextSendable;

    @Nullable
    Headers trailers;

    private @Nullable ByteBuf[] queue = {};
    private int queueHead;
    private int queueCount;
    private int queuedBytes;

    /** The stream's number; 0 while it is not open. */
    public final int id() {
        return id;
    }

    /** Whether it is open in at least one direction on its connection. */
    public final boolean isOpen() {
        return connection != null && (bits & RESET) == 0;
    }

    /** Whether the peer has sent all it will send. */
    public final boolean isRemoteEnded() {
        return (bits & REMOTE_ENDED) != 0;
    }

    /** Whether our last frame was written or waits behind queued bytes. */
    public final boolean isLocalEnded() {
        return (bits & (LOCAL_ENDED | END_QUEUED | TRAILERS_QUEUED)) != 0;
    }

    /** When it was opened, in the loop's nanoseconds. */
    public final long openedAt() {
        return openedAt;
    }

    /** When it last sent or received a frame, in the loop's nanoseconds. */
    public final long activeAt() {
        return activeAt;
    }

    /** Body bytes that wait for the peer's window or its socket. */
    public final int queuedBytes() {
        return queuedBytes;
    }

    // ---- calls to the user -----------------------------------------------------------------------------------------

    /** Where the fields of the block that is about to be decoded go: a head, or trailers. */
    protected abstract MessageFields fields(boolean end);

    /** The block was decoded; see {@link MessageFields#outcome}, which is not MALFORMED. {@code end}: nothing follows. */
    protected abstract void onFields(boolean end);

    /** How many body bytes follow the head that was decoded; -1 if any number may. */
    protected long bodyLength(MessageFields fields) {
        return fields.contentLength();
    }

    /** Body bytes, which belong to the callee; empty only with {@code end}. */
    protected abstract void onData(ByteBuf data, boolean end);

    /** So many queued or sent body bytes reached the socket. Not called for those behind which the stream ended. */
    protected abstract void onWritten(int bytes);

    /** Our side's last frame was flushed, or the reset that the user asked for. */
    protected abstract void onFinished();

    /** The stream is over before its time; not called for a reset that the user asked for. */
    protected abstract void onReset(StreamEnd why, int error);

    /** The connection knows it no more: recycle. */
    protected abstract void onClosed();

    // ---- for the connection ----------------------------------------------------------------------------------------

    final boolean has(int bit) {
        return (bits & bit) != 0;
    }

    final void opened(Http2Connection owner, int number, int window, int peerWindow, long now) {
        connection = owner;
        id = number;
        bits = 0;
        sendWindow = peerWindow;
        receiveWindow = window;
        receiveTarget = window;
        receivedUnreturned = 0;
        received = 0;
        expected = -1;
        openedAt = now;
        activeAt = now;
        stuckSince = 0;
        nextSendable = null;
        trailers = null;
    }

    final void closed() {
        dropQueue();
        connection = null;
        id = 0;
        trailers = null;
        onClosed();
    }

    final boolean hasQueued() {
        return queueCount > 0;
    }

    final void enqueue(ByteBuf data) {
        if (queueCount == queue.length) {
            @Nullable ByteBuf[] grown = new ByteBuf[Math.max(FIRST_QUEUE, queueCount * 2)];
            for (int i = 0; i < queueCount; i++) {
                grown[i] = queue[(queueHead + i) & (queue.length - 1)];
            }
            queue = grown;
            queueHead = 0;
        }
        queue[(queueHead + queueCount) & (queue.length - 1)] = data;
        queueCount++;
        queuedBytes += data.readableBytes();
    }

    /** The first queued buffer; only if there is one. */
    final ByteBuf firstQueued() {
        ByteBuf first = queue[queueHead];
        if (first == null) {
            throw new AssertionError("stream " + id + " has nothing queued");
        }
        return first;
    }

    /** Bytes of the first buffer were taken out of it. */
    final void tookQueued(int bytes) {
        queuedBytes -= bytes;
    }

    /** The first buffer is somebody else's now. */
    final void removeFirstQueued() {
        queue[queueHead] = null;
        queueHead = (queueHead + 1) & (queue.length - 1);
        queueCount--;
    }

    final void dropQueue() {
        while (queueCount > 0) {
            ByteBuf first = firstQueued();
            removeFirstQueued();
            first.release();
        }
        queuedBytes = 0;
        queueHead = 0;
        if (queue.length > 64) {
            queue = Arrays.copyOf(queue, FIRST_QUEUE);
        }
        bits &= ~(END_QUEUED | TRAILERS_QUEUED);
    }

    @Override
    public String toString() {
        return "Http2Stream[" + id + ", sendWindow=" + sendWindow + ", receiveWindow=" + receiveWindow + ", queued="
                + queuedBytes + ", bits=" + Integer.toBinaryString(bits) + ']';
    }
}
