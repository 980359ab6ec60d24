package dev.weft.proxy.codec.http2;

import dev.weft.proxy.exchange.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where an {@link Http2Connection} meets its channel: the last handler of the pipeline.
 *
 * <p>Loop-confined. Checks a client's preface, feeds the {@link FrameReader}, and tells the connection of the channel's life.
 */
final class Http2Handler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Handler.class);

    private final Http2Connection connection;
    private final FrameReader reader;
    private final Loop loop;
    /** How much of the preface has come; all of it if there is none to wait for. */
    private int prefaceSeen;

    Http2Handler(Http2Connection connection, FrameReader reader, Loop loop, Http2Connection.Role role) {
        this.connection = connection;
        this.reader = reader;
        this.loop = loop;
        this.prefaceSeen = role == Http2Connection.Role.SERVER ? 0 : Frame.PREFACE.length;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        connection.bind(ctx);
        if (ctx.channel().isActive()) {
            connection.start();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        connection.start();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            loop.beginBatch();
            if (!connection.isOver() && (prefaceSeen == Frame.PREFACE.length || readPreface(in))) {
                reader.read(in);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        loop.endBatch();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close(); // there is no half-closed HTTP/2
        }
        connection.onEvent(event);
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.beginBatch();
        connection.onInactive();
        loop.endBatch();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        connection.onRemoved();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) {
            LOG.debug("http/2 connection failed", cause);
        } else {
            LOG.error("http/2 connection failed by our fault", cause);
        }
        ctx.close();
    }

    /** Returns whether the preface is complete. */
    private boolean readPreface(ByteBuf in) {
        while (prefaceSeen < Frame.PREFACE.length && in.isReadable()) {
            if (in.readByte() != Frame.PREFACE[prefaceSeen++]) {
                connection.fail(Http2Error.PROTOCOL_ERROR, "the connection does not begin with the HTTP/2 preface");
                return false;
            }
        }
        return prefaceSeen == Frame.PREFACE.length;
    }
}
