package dev.weft.proxy.pipeline;

import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Timer;
import dev.weft.proxy.exchange.TlsFacts;
import dev.weft.proxy.server.DrainSignal;
import dev.weft.proxy.server.Http1Server;
import dev.weft.proxy.server.Http2Server;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Decides which HTTP a connection speaks: as configured, else by ALPN, else by what sniffing found, else by its first bytes. Only the
 * last needs this handler, which leaves the pipeline with the first byte that tells; loop-confined, owns the bytes until then.
 */
final class CodecChoice extends ChannelInboundHandlerAdapter {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Loop loop;
    private final ConnectionFacts facts;
    private final HttpChain chain;
    private ByteBuf kept = Unpooled.EMPTY_BUFFER;
    private boolean decided;
    private final Silence silence = new Silence();
    private final Channel channel;

    private CodecChoice(Channel channel, Loop loop, ConnectionFacts facts, HttpChain chain) {
        this.channel = channel;
        this.loop = loop;
        this.facts = facts;
        this.chain = chain;
    }

    static void install(Channel channel, Loop loop, ConnectionFacts facts, HttpChain chain) {
        switch (chain.codec()) {
            case HTTP1 -> Http1Server.install(channel, loop, facts, chain);
            case HTTP2 -> Http2Server.install(channel, loop, facts, chain);
            case AUTO -> choose(channel, loop, facts, chain);
        }
    }

    private static void choose(Channel channel, Loop loop, ConnectionFacts facts, HttpChain chain) {
        TlsFacts tls = facts.tls();
        if (tls != null && !tls.alpn().isEmpty()) {
            if (tls.alpn().equals("h2")) {
                Http2Server.install(channel, loop, facts, chain);
            } else {
                Http1Server.install(channel, loop, facts, chain);
            }
        } else if (tls == null && facts.applicationProtocols().contains("h2c")) {
            Http2Server.install(channel, loop, facts, chain);
        } else if (tls == null && !facts.applicationProtocols().isEmpty()) {
            Http1Server.install(channel, loop, facts, chain);
        } else {
            channel.pipeline().addLast("codec", new CodecChoice(channel, loop, facts, chain));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (decided) {
            context.fireChannelRead(message);
            return;
        }
        kept = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), kept, (ByteBuf) message);
        int common = Math.min(kept.readableBytes(), PREFACE.length);
        int equal = 0;
        while (equal < common && kept.getByte(kept.readerIndex() + equal) == PREFACE[equal]) {
            equal++;
        }
        if (equal < common) {
            Http1Server.install(context.channel(), loop, facts, chain);
        } else if (equal == PREFACE.length) {
            Http2Server.install(context.channel(), loop, facts, chain);
        } else {
            return;
        }
        decided = true;
        ByteBuf bytes = kept;
        kept = Unpooled.EMPTY_BUFFER;
        context.fireChannelRead(bytes);
        context.fireChannelReadComplete();
        if (!context.isRemoved()) {
            context.pipeline().remove(this);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        long limit = chain.options().timeouts().idle().toNanos();
        if (limit > 0) {
            loop.schedule(silence, limit);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        loop.cancel(silence);
        kept.release();
        kept = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!decided && event == DrainSignal.DRAIN) {
            context.close();
            return;
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    /** The client says nothing. */
    private final class Silence extends Timer {
        @Override
        protected void onTimer() {
            channel.close();
        }
    }
}
