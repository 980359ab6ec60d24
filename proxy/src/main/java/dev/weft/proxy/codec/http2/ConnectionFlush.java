package dev.weft.proxy.codec.http2;

import dev.weft.proxy.exchange.Flushable;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Sends what a loop's turn wrote on one connection, and finds out what reached the socket.
 *
 * <p>Loop-confined. Behind each flush it credits body bytes, sends on what waited for the socket, and lets finished streams
 * end. If the socket did not take all, a {@link WriteProbe} tells when it has.
 */
final class ConnectionFlush extends Flushable {
    private final Http2Connection connection;
    private final FrameWriter writer;
    private final DataSender sender;
    private @Nullable ChannelHandlerContext ctx;
    private boolean probing;
    private long progressAt;

    ConnectionFlush(Http2Connection connection, FrameWriter writer, DataSender sender) {
        this.connection = connection;
        this.writer = writer;
        this.sender = sender;
    }

    void bind(ChannelHandlerContext context) {
        ctx = context;
    }

    /** Whether the socket has not taken everything, and since when it took nothing at all. */
    boolean isStuckSince(long nanos) {
        return probing && progressAt < nanos;
    }

    boolean isWaiting() {
        return probing;
    }

    /** Whether the peer lets too many answers pile up. */
    boolean isFlooded() {
        return writer.controlWaiting() > FloodGuard.MOST_CONTROL_WAITING
                || writer.framesWaiting() > FloodGuard.MOST_FRAMES_WAITING;
    }

    @Override
    protected void flushNow() {
        ChannelHandlerContext context = ctx;
        if (context == null || connection.isClosed()) {
            return;
        }
        sender.pump();
        writer.handOver();
        context.flush();
        if (!connection.isClosed()) {
            afterFlush(context);
        }
        connection.streams().finishWritten();
    }

    private void afterFlush(ChannelHandlerContext context) {
        if (WriteProbe.isDrained(context.channel())) {
            progressAt = connection.now();
            writer.drained();
            sender.ledger().credit(connection, sender.ledger().position());
            if (sender.hasSendable()) {
                connection.scheduleFlush();
            }
            return;
        }
        connection.checkWaiting();
        if (!probing && !connection.isClosed()) {
            probing = true;
            long position = sender.ledger().position();
            WriteProbe.send(context, success -> onProbe(context, position, success));
        }
    }

    private void onProbe(ChannelHandlerContext context, long position, boolean success) {
        probing = false;
        if (!success || connection.isClosed()) {
            return;
        }
        progressAt = connection.now();
        sender.ledger().credit(connection, position);
        afterFlush(context);
    }
}
