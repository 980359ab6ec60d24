package dev.weft.proxy.upstream;

import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Flushable;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.UpstreamFacts;
import dev.weft.proxy.exchange.UpstreamListener;
import dev.weft.proxy.exchange.UpstreamStream;
import dev.weft.proxy.exchange.WriteCredit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * The far end of a tunnel: a connection that carries the body of one CONNECT or upgrade request raw, and nothing else.
 *
 * <p>The last handler of its channel; loop-confined. The request's head is answered here, as soon as the connection
 * stands: 200, or 101 where an upgrade was asked for. Taken once, never used again.
 */
@SuppressWarnings("ReferenceEquality") // connections and listeners are themselves, never equal to another
public final class RawClient extends ChannelInboundHandlerAdapter implements UpstreamConnection, UpstreamStream {
    private final Loop loop;
    private final Established established;
    private final ConnectionOwner owner;
    private final ChannelHandlerContext ctx;
    private final int bufferLimit;
    private final WriteCredit credit = new Written();
    private final Flushable flush = new Flush();

    private @Nullable UpstreamListener listener;
    private boolean taken;
    private boolean answered;
    private boolean paused;
    private boolean closed;
    private long unconsumed;

    private RawClient(Established established, ConnectionOwner owner) {
        this.established = established;
        this.owner = owner;
        this.loop = established.loop();
        this.bufferLimit = established.options().bufferLimit();
        established.channel().pipeline().addLast("raw", this);
        this.ctx = established.channel().pipeline().context(this);
        // Bytes of a server that speaks first wait in the socket until the tunnel is taken.
        established.channel().config().setAutoRead(false);
    }

    /** Takes an established channel over. */
    public static UpstreamConnection attach(Established established, ConnectionOwner owner) {
        return new RawClient(established, owner);
    }

    @Override
    public int capacity() {
        return taken || closed ? 0 : 1;
    }

    @Override
    public int active() {
        return listener == null ? 0 : 1;
    }

    @Override
    public UpstreamStream open(UpstreamListener asking) {
        taken = true;
        listener = asking;
        return this;
    }

    @Override
    public void drain() {
        taken = true;
        if (listener == null) {
            ctx.close();
        }
    }

    @Override
    public void close() {
        taken = true;
        ctx.close();
    }

    @Override
    public void describeTo(UpstreamFacts facts) {
        facts.connection(established.id(), established.local(), HttpProtocol.HTTP_1_1, established.tls());
    }

    @Override
    public void writeHead(RequestHead head, boolean end) {
        boolean connect = head.method() == HttpMethod.CONNECT && head.upgrade() == null;
        // Not from within the call that opens the stream: nobody expects the response before the request is out.
        loop.eventLoop().execute(() -> answer(connect ? 200 : 101));
    }

    @Override
    public void writeData(ByteBuf data, boolean end) {
        if (listener == null) {
            data.release();
            return;
        }
        credit.add(data.readableBytes());
        ctx.write(data, ctx.voidPromise());
        loop.flushAtBatchEnd(flush);
        if (end) {
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> close());
        }
    }

    @Override
    public void writeTrailers(Headers trailers) {
        writeData(Unpooled.EMPTY_BUFFER, true);
    }

    @Override
    public void cancel() {
        listener = null;
        close();
    }

    @Override
    public void onResponseConsumed(int bytes) {
        unconsumed -= bytes;
        if (paused && unconsumed <= bufferLimit / 2) {
            paused = false;
            ctx.channel().config().setAutoRead(true);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        loop.beginBatch();
        UpstreamListener current = listener;
        if (current == null) {
            in.release();
            return;
        }
        unconsumed += in.readableBytes();
        if (unconsumed > bufferLimit && !paused) {
            paused = true;
            ctx.channel().config().setAutoRead(false);
        }
        current.onData(in, false);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        loop.endBatch();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        loop.beginBatch();
        closed = true;
        UpstreamListener current = listener;
        listener = null;
        owner.onClosed(this);
        if (current != null) {
            if (answered) {
                current.onData(Unpooled.EMPTY_BUFFER, true);
            } else {
                current.onReset(FailureReason.UPSTREAM_CLOSED, "");
            }
        }
        loop.endBatch();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        close();
    }

    private void answer(int status) {
        UpstreamListener current = listener;
        if (current == null) {
            return;
        }
        answered = true;
        current.responseHead().clear();
        current.responseHead().status(status);
        current.onHead(false);
        if (listener == current) {
            ctx.channel().config().setAutoRead(true);
        }
    }

    private final class Written extends WriteCredit {
        @Override
        protected void onWritten(int bytes) {
            UpstreamListener current = listener;
            if (current != null) {
                current.onRequestConsumed(bytes);
            }
        }
    }

    private final class Flush extends Flushable {
        @Override
        protected void flushNow() {
            ctx.flush();
            credit.afterFlush(ctx);
        }
    }
}
