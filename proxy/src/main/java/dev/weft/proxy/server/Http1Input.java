package dev.weft.proxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * What one HTTP/1 client may send: bytes that came too early wait here, and its socket is read only while none do and the upstream
 * keeps up with the body. Loop-confined, part of one {@link Http1Server}.
 */
final class Http1Input {
    private final Channel channel;
    private final int limit;
    private @Nullable ByteBuf backlog;
    private boolean paused;
    private boolean reading = true;
    private long unconsumed;

    /** @param limit bytes of a body that may be on their way upstream before reading stops */
    Http1Input(Channel channel, int limit) {
        this.channel = channel;
        this.limit = limit;
    }

    // ---- what waits ------------------------------------------------------------------------------------------------

    boolean hasBacklog() {
        return backlog != null;
    }

    /** Keeps bytes for later and reads no more. */
    void keep(ByteBuf in) {
        backlog = in;
        updateReading();
    }

    /** Bytes behind those that wait: a read may have been under way. */
    void append(ByteBuf in) {
        ByteBuf waiting = backlog;
        backlog = waiting == null ? in : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(channel.alloc(), waiting, in);
    }

    /** Hands over what waits. {@link #updateReading} must follow when it is dealt with. */
    ByteBuf takeBacklog() {
        ByteBuf waiting = backlog;
        if (waiting == null) {
            throw new AssertionError("nothing waits");
        }
        backlog = null;
        return waiting;
    }

    void dropBacklog() {
        ByteBuf waiting = backlog;
        if (waiting != null) {
            backlog = null;
            waiting.release();
        }
    }

    // ---- the body --------------------------------------------------------------------------------------------------

    /** A message begins or is over: nothing of its body is on its way. */
    void restart() {
        unconsumed = 0;
        if (paused) {
            paused = false;
            updateReading();
        }
    }

    /** Bytes of a body went upstream. */
    void passedOn(int bytes) {
        unconsumed += bytes;
    }

    /** Stops reading if more of the body is on its way than may be. Asked where more is to come. */
    void pauseIfFull() {
        if (unconsumed > limit) {
            paused = true;
            updateReading();
        }
    }

    /** The upstream's socket took bytes of the body. */
    void consumed(int bytes) {
        unconsumed -= bytes;
        if (paused && unconsumed <= limit / 2) {
            paused = false;
            updateReading();
        }
    }

    /** Reads if nothing speaks against it. */
    void updateReading() {
        boolean wanted = backlog == null && !paused;
        if (wanted != reading) {
            reading = wanted;
            channel.config().setAutoRead(wanted);
        }
    }
}
