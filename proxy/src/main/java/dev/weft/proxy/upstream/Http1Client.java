package dev.weft.proxy.upstream;

import dev.weft.proxy.codec.http1.BodyReader;
import dev.weft.proxy.codec.http1.HeadProgress;
import dev.weft.proxy.codec.http1.Http1Output;
import dev.weft.proxy.codec.http1.RequestWriter;
import dev.weft.proxy.codec.http1.ResponseParser;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.ResponseHead;
import dev.weft.proxy.exchange.UpstreamFacts;
import dev.weft.proxy.exchange.UpstreamListener;
import dev.weft.proxy.exchange.UpstreamStream;
import dev.weft.proxy.exchange.WriteCredit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1 connection to an upstream: one exchange at a time, itself the stream of that exchange.
 *
 * <p>The last handler of its channel; loop-confined; kept by a {@link ConnectionPool}. The connection is used again only
 * if request and response both ended in agreement: anything else (a response before the request's end, bytes behind the
 * response, an end by closing) closes it.
 *
 * <p>A finished connection goes back to its pool before the response's last bytes are handed on, so that what these cause
 * finds it.
 */
@SuppressWarnings("ReferenceEquality") // connections and listeners are themselves, never equal to another
public final class Http1Client extends ChannelInboundHandlerAdapter implements UpstreamConnection, UpstreamStream {
    private static final Logger LOG = LoggerFactory.getLogger(Http1Client.class);

    private final Loop loop;
    private final Established established;
    private final ConnectionOwner owner;
    private final ChannelHandlerContext ctx;
    private final Http1Output output;
    private final RequestWriter writer;
    private final ResponseParser parser;
    private final BodyReader body;
    private final WriteCredit credit = new Written();
    private final IdleTimer idle;
    private final long mostRequests;
    private final int bufferLimit;

    private @Nullable UpstreamListener listener;
    private HttpMethod method = HttpMethod.GET;
    private boolean upgradeAsked;
    private boolean requestEnded;
    private boolean headDone;
    private boolean draining;
    private boolean closed;
    private boolean paused;
    private long requests;
    private long unconsumed;

    private Http1Client(Established established, ConnectionOwner owner) {
        this.established = established;
        this.owner = owner;
        this.loop = established.loop();
        PoolOptions options = established.options();
        established.channel().pipeline().addLast("http1", this);
        this.ctx = established.channel().pipeline().context(this);
        this.output = new Http1Output(loop, ctx, credit);
        this.writer = new RequestWriter(output);
        this.parser = new ResponseParser(options.limits());
        this.body = new BodyReader(options.limits());
        this.bufferLimit = options.bufferLimit();
        this.mostRequests = options.maxRequests() == 0 ? Long.MAX_VALUE : options.maxRequests();
        this.idle = new IdleTimer(loop, options.idleTimeout(), this);
    }

    /** Takes an established channel over. */
    public static UpstreamConnection attach(Established established, ConnectionOwner owner) {
        return new Http1Client(established, owner);
    }

    // ---- the connection --------------------------------------------------------------------------------------------

    @Override
    public int capacity() {
        return listener == null && !draining && !closed && requests < mostRequests ? 1 : 0;
    }

    @Override
    public int active() {
        return listener == null ? 0 : 1;
    }

    @Override
    public UpstreamStream open(UpstreamListener asking) {
        if (capacity() == 0) {
            throw new IllegalStateException("an HTTP/1 connection was asked for a second stream");
        }
        listener = asking;
        requests++;
        requestEnded = false;
        headDone = false;
        return this;
    }

    @Override
    public void drain() {
        draining = true;
        if (listener == null) {
            ctx.close();
        }
    }

    @Override
    public void close() {
        draining = true;
        ctx.close();
    }

    // ---- the stream: request ---------------------------------------------------------------------------------------

    @Override
    public boolean isReused() {
        return requests > 1;
    }

    @Override
    public void describeTo(UpstreamFacts facts) {
        facts.connection(established.id(), established.local(), HttpProtocol.HTTP_1_1, established.tls());
    }

    @Override
    public void writeHead(RequestHead head, boolean end) {
        UpstreamListener current = listener;
        if (current == null) {
            return;
        }
        method = head.method();
        upgradeAsked = head.upgrade() != null;
        current.responseHead().clear();
        parser.begin(current.responseHead(), method, upgradeAsked);
        writer.head(head, end);
        requestEnded = end;
    }

    @Override
    public void writeData(ByteBuf data, boolean end) {
        if (listener == null) {
            data.release();
            return;
        }
        writer.data(data, end);
        requestEnded = end;
        closeIfBroken();
    }

    @Override
    public void writeTrailers(Headers trailers) {
        if (listener != null) {
            writer.trailers(trailers);
            requestEnded = true;
            closeIfBroken();
        }
    }

    @Override
    public void cancel() {
        if (listener != null) {
            listener = null;
            close();
        }
    }

    private void closeIfBroken() {
        if (writer.isBroken()) {
            fail(FailureReason.LOCAL_RESET, "request body differs from its content-length");
        }
    }

    // ---- response --------------------------------------------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        loop.beginBatch();
        boolean owned = true;
        try {
            owned = !readResponse(in);
        } finally {
            if (owned) {
                in.release();
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        loop.endBatch();
    }

    /** Returns whether the buffer was handed on. */
    private boolean readResponse(ByteBuf in) {
        while (true) {
            UpstreamListener current = listener;
            if (current == null) {
                if (in.isReadable()) {
                    // Nobody asked for these bytes: whatever they are, the next response would be misread.
                    close();
                }
                return false;
            }
            if (!headDone) {
                if (!readHead(current, in)) {
                    return false;
                }
                continue;
            }
            BodyReader.Part part = body.next(in, current.responseTrailers());
            switch (part) {
                case MORE -> {
                    return false;
                }
                case DATA -> {
                    if (handData(current, in)) {
                        return true;
                    }
                }
                case END -> {
                    release(!in.isReadable());
                    current.onData(Unpooled.EMPTY_BUFFER, true);
                }
                case TRAILERS -> {
                    release(!in.isReadable());
                    current.onTrailers();
                }
                case FAILED -> {
                    fail(FailureReason.UPSTREAM_PROTOCOL, body.failure().details());
                    return false;
                }
            }
        }
    }

    /** Returns whether to go on with this buffer. */
    private boolean readHead(UpstreamListener current, ByteBuf in) {
        HeadProgress progress = parser.parse(in);
        if (progress == HeadProgress.MORE) {
            return false;
        }
        if (progress == HeadProgress.FAILED) {
            fail(FailureReason.UPSTREAM_PROTOCOL, parser.failure().details());
            return false;
        }
        ResponseHead head = current.responseHead();
        int status = head.status();
        if (status < 200 && status != 101) {
            current.onInformational();
            if (listener == current) {
                head.clear();
                parser.begin(head, method, upgradeAsked);
            }
            return true;
        }
        headDone = true;
        body.begin(parser.body(), head.contentLength());
        boolean end = body.isDone();
        if (end) {
            release(parser.keepsAlive() && !in.isReadable());
        }
        current.onHead(end);
        return true;
    }

    /** Returns whether the buffer itself was handed on, which spares a slice. */
    private boolean handData(UpstreamListener current, ByteBuf in) {
        int bytes = body.available();
        boolean whole = bytes == in.readableBytes();
        boolean last = body.isLastData();
        if (last) {
            release(whole);
        } else {
            unconsumed += bytes;
            if (unconsumed > bufferLimit && !paused) {
                paused = true;
                ctx.channel().config().setAutoRead(false);
            }
        }
        current.onData(whole ? in : in.readRetainedSlice(bytes), last);
        return whole;
    }

    @Override
    public void onResponseConsumed(int bytes) {
        if (listener == null) {
            return;
        }
        unconsumed -= bytes;
        if (paused && unconsumed <= bufferLimit / 2) {
            paused = false;
            ctx.channel().config().setAutoRead(true);
        }
    }

    // ---- ends ------------------------------------------------------------------------------------------------------

    /** The response is complete: the connection serves the next exchange if everything agrees, else closes. */
    private void release(boolean nothingBehind) {
        listener = null;
        credit.forget();
        unconsumed = 0;
        if (paused) {
            paused = false;
            ctx.channel().config().setAutoRead(true);
        }
        if (nothingBehind && requestEnded && parser.keepsAlive() && requests < mostRequests && !draining) {
            idle.touch();
            owner.onCapacity(this);
        } else {
            close();
        }
    }

    private void fail(FailureReason reason, String detail) {
        UpstreamListener current = listener;
        listener = null;
        close();
        if (current != null) {
            current.onReset(reason, detail);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        loop.beginBatch();
        closed = true;
        idle.stop();
        output.discard();
        UpstreamListener current = listener;
        listener = null;
        owner.onClosed(this);
        if (current != null) {
            if (headDone && body.endsWithConnection()) {
                current.onData(Unpooled.EMPTY_BUFFER, true);
            } else {
                current.onReset(FailureReason.UPSTREAM_CLOSED, "");
            }
        }
        loop.endBatch();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        loop.beginBatch();
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        if (cause instanceof IOException || cause instanceof DecoderException) {
            fail(FailureReason.UPSTREAM_CLOSED, text);
        } else {
            LOG.error("response path failed, connection is closed", cause);
            fail(FailureReason.INTERNAL, text);
        }
        loop.endBatch();
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
}
