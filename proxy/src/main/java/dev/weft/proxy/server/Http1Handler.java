package dev.weft.proxy.server;

import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of an HTTP/1 client's channel: tells its {@link Http1Server} what happens there, in the loop's batches.
 * Loop-confined.
 */
final class Http1Handler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Http1Handler.class);

    private final Http1Server server;
    private final Loop loop;
    private final ConnectionFacts facts;

    Http1Handler(Http1Server server, Loop loop, ConnectionFacts facts) {
        this.server = server;
        this.loop = loop;
        this.facts = facts;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        loop.beginBatch();
        server.onBytes((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        loop.endBatch();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        // One that leaves says so in its next response; an idle connection may have a request on its way.
        if (event == DrainSignal.DRAIN) {
            server.drain();
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            server.onWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        loop.beginBatch();
        server.onClosed();
        loop.endBatch();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // Resets and TLS alerts of the client arrive here too: their exchange ends with channelInactive.
        if (!(cause instanceof IOException || cause instanceof DecoderException)) {
            LOG.error("request path failed, connection is closed client={}", facts.remoteText(), cause);
        }
        context.close();
    }
}
