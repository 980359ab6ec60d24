package dev.weft.proxy.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One of the two sockets of a forwarded connection: reads from it, and writes what the other side read. The last handler of its
 * channel; loop-confined. It owns the bytes that came before there was another side.
 *
 * <p>Reading stops while the other socket takes no more, so what is buffered is bounded by that socket's water mark.
 *
 * <p>The end of one direction is passed on alone: in the clear as FIN; with TLS as FIN too, where the peer said that it takes it so
 * (our own kind), else as close_notify. The native engine ends both directions when it receives a close_notify, which is why our own
 * kind does not send one: the answer would be lost.
 */
final class TcpSide extends ChannelInboundHandlerAdapter {
    private final Channel channel;
    private final Events events;
    private final Deque<ByteBuf> early = new ArrayDeque<>(2);
    private @Nullable TcpSide other;
    private long received;
    private boolean wrote;
    private boolean peerHalfCloses;
    private boolean peerExpected;
    private boolean endWanted;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean closing;

    /** What a side tells its connection. */
    interface Events {
        /** Bytes came in. */
        void onBytes(TcpSide side, int bytes);

        /** The channel is closed. */
        void onClosed(TcpSide side);
    }

    TcpSide(Channel channel, Events events, int bufferLimit) {
        this.channel = channel;
        this.events = events;
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(bufferLimit / 2, bufferLimit));
    }

    Channel channel() {
        return channel;
    }

    /** The peer will tell who it is: how to end a direction is not known before. */
    void peerExpected() {
        peerExpected = true;
    }

    /** The peer told, or will not. */
    void peerKnown() {
        peerExpected = false;
        if (endWanted) {
            endOutput();
        }
    }

    /** The peer of a TLS connection reads FIN as the end of one direction. */
    void peerHalfCloses() {
        peerHalfCloses = true;
    }

    long received() {
        return received;
    }

    /** Begins to forward to {@code target}, what came early first. */
    void forwardTo(TcpSide target) {
        other = target;
        ByteBuf waiting;
        while ((waiting = early.poll()) != null) {
            target.write(waiting);
        }
        target.flush();
        if (inputEnded) {
            target.endOutput();
        }
        read(target.channel.isWritable());
    }

    /** Nothing comes any more once the input has ended. */
    private void read(boolean wanted) {
        if (!inputEnded) {
            channel.config().setAutoRead(wanted);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        received += bytes.readableBytes();
        events.onBytes(this, bytes.readableBytes());
        TcpSide target = other;
        if (target == null) {
            early.add(bytes);
        } else {
            target.write(bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        TcpSide target = other;
        if (target != null) {
            target.flush();
            if (!target.channel.isWritable()) {
                read(false);
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        TcpSide source = other;
        if (source != null) {
            source.read(channel.isWritable());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslCloseCompletionEvent) {
            outputEnded = true;
            onInputEnd();
            TcpSide target = other;
            if (target != null) {
                target.closeAfterFlush();
            }
            closeAfterFlush();
        } else if (event instanceof ChannelInputShutdownEvent) {
            onInputEnd();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        inputEnded = true;
        outputEnded = true;
        dropEarly();
        TcpSide target = other;
        if (target != null) {
            target.closeAfterFlush();
        }
        events.onClosed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        channel.close();
    }

    private void onInputEnd() {
        if (inputEnded) {
            return;
        }
        inputEnded = true;
        TcpSide target = other;
        if (target == null) {
            return;
        }
        if (target.inputEnded) {
            target.closeAfterFlush();
            closeAfterFlush();
        } else {
            target.endOutput();
        }
    }

    private void write(ByteBuf bytes) {
        if (outputEnded) {
            bytes.release();
            return;
        }
        wrote = true;
        channel.write(bytes, channel.voidPromise());
    }

    private void flush() {
        if (wrote) {
            wrote = false;
            channel.flush();
        }
    }

    private void endOutput() {
        if (outputEnded) {
            return;
        }
        if (peerExpected) {
            endWanted = true;
            return;
        }
        outputEnded = true;
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null && !peerHalfCloses) {
            // No FIN beside it: many would take that for the end of the answer too.
            tls.closeOutbound();
        } else if (channel instanceof DuplexChannel duplex) {
            ChannelHandlerContext last = channel.pipeline().context(tls == null ? (ChannelHandler) this : tls);
            // Behind all that was encrypted: a shutdown drops what is not written yet.
            last.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> duplex.shutdownOutput());
        } else {
            closeAfterFlush();
        }
    }

    /** Closes when all that was written is out. */
    void closeAfterFlush() {
        if (closing) {
            return;
        }
        closing = true;
        outputEnded = true;
        if (channel.isActive()) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        } else {
            channel.close();
        }
    }

    private void dropEarly() {
        ByteBuf waiting;
        while ((waiting = early.poll()) != null) {
            waiting.release();
        }
    }
}
