package dev.weft.proxy.server;

import dev.weft.proxy.codec.http1.BodyKind;
import dev.weft.proxy.codec.http1.BodyReader;
import dev.weft.proxy.codec.http1.HeadProgress;
import dev.weft.proxy.codec.http1.Http1Output;
import dev.weft.proxy.codec.http1.RequestParser;
import dev.weft.proxy.codec.http1.ResponseWriter;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.ResponseSink;
import dev.weft.proxy.exchange.WriteCredit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's HTTP/1 connection: bytes to exchanges, one at a time, and their responses back.
 *
 * <p>The last handler of its channel, put there by {@code proxy.listener}; loop-confined. Hands requests to {@link
 * Exchange#toUpstream} and is the {@link ResponseSink} of each.
 *
 * <p>Pipelined requests wait as bytes, with reading switched off, until the response before them is written. An answer
 * that begins before its request is complete is the connection's last: the rest of the request is read and dropped for a
 * moment, so that the client sees the answer and not a reset.
 */
public final class Http1Server extends ChannelInboundHandlerAdapter implements ResponseSink {
    private static final Logger LOG = LoggerFactory.getLogger(Http1Server.class);

    /** More pipelined requests than that let other connections go first. */
    private static final int MOST_REQUESTS_AT_ONCE = 16;

    private enum State {
        /** Between requests, or within a request's head. */
        HEAD,
        /** Within a request's body, or in a tunnel. */
        BODY,
        /** The request is complete, or a tunnel is asked for; its answer is not complete. */
        ANSWER,
        /** The last answer is out; what still comes is dropped. */
        DROP,
        CLOSED
    }

    private final Loop loop;
    private final ConnectionFacts facts;
    private final HttpService service;
    private final ServerOptions options;
    private final ChannelHandlerContext ctx;
    private final Http1Output output;
    private final ResponseWriter writer;
    private final RequestParser parser;
    private final BodyReader body;
    private final Http1Watch watch;
    private final WriteCredit credit = new Written();
    private final Runnable resume = this::resumeBacklog;
    private final long mostRequests;

    private State state = State.HEAD;
    private @Nullable Exchange exchange;
    private @Nullable ByteBuf backlog;
    private boolean consuming;
    private boolean tunnel;
    private boolean closing;
    private boolean paused;
    private boolean reading = true;
    private long unconsumed;
    private long requests;

    private Http1Server(Channel channel, Loop loop, ConnectionFacts facts, HttpService service) {
        this.loop = loop;
        this.facts = facts;
        this.service = service;
        this.options = service.options();
        channel.pipeline().addLast("http1", this);
        this.ctx = channel.pipeline().context(this);
        this.output = new Http1Output(loop, ctx, credit);
        this.writer = new ResponseWriter(output);
        this.parser = new RequestParser(options.limits());
        this.body = new BodyReader(options.limits());
        this.watch = new Http1Watch(loop, options.timeouts(), this);
        this.mostRequests = options.maxRequests() == 0 ? Long.MAX_VALUE : options.maxRequests();
    }

    /** Serves HTTP/1 on a channel of this loop from now on, as its last handler. */
    public static void install(Channel channel, Loop loop, ConnectionFacts facts, HttpService service) {
        new Http1Server(channel, loop, facts, service);
    }

    // ---- requests --------------------------------------------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        loop.beginBatch();
        watch.progressed();
        ByteBuf waiting = backlog;
        if (waiting == null) {
            consume(in);
        } else {
            backlog = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), waiting, in);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        loop.endBatch();
    }

    /** Takes the buffer over and deals with as much of it as can be dealt with now. */
    private void consume(ByteBuf in) {
        boolean owned = true;
        int most = MOST_REQUESTS_AT_ONCE;
        consuming = true;
        try {
            while (owned && in.isReadable()) {
                switch (state) {
                    case HEAD -> {
                        if (most-- == 0 || !ctx.channel().isWritable()) {
                            wait(in);
                            owned = false;
                            if (most < 0) {
                                ctx.channel().eventLoop().execute(resume);
                            }
                        } else {
                            readHead(in);
                        }
                    }
                    case BODY -> owned = readBody(in);
                    case ANSWER -> {
                        wait(in);
                        owned = false;
                    }
                    case DROP, CLOSED -> in.skipBytes(in.readableBytes());
                }
            }
        } finally {
            consuming = false;
            if (owned) {
                in.release();
            }
        }
    }

    private void readHead(ByteBuf in) {
        Exchange current = exchange;
        if (current == null) {
            current = loop.exchange();
            exchange = current;
            current.timings().start = loop.now();
            current.timings().startEpochMillis = loop.epochMillis();
            parser.begin(current.request());
            watch.exchangeStarted();
        }
        HeadProgress progress = parser.parse(in);
        if (progress == HeadProgress.MORE) {
            return;
        }
        current.begin(service.filterChain(), facts, this);
        if (progress == HeadProgress.FAILED) {
            refuse(current, parser.failure());
            return;
        }
        FailureReason refusal = accept(current.request());
        if (refusal != null) {
            refuse(current, refusal);
            return;
        }
        start(current);
    }

    /** What a well-formed head is still to be refused for; null if nothing. */
    private @Nullable FailureReason accept(RequestHead head) {
        ServerOptions.Http1 http1 = options.http1();
        if (head.protocol() == HttpProtocol.HTTP_1_0) {
            if (http1.http10() == ServerOptions.Http10.REJECT) {
                return FailureReason.LOW_VERSION;
            }
            if (!head.hasAuthority() && !http1.defaultHost().isEmpty()) {
                head.authority(http1.defaultHost());
            }
        }
        if (!head.hasAuthority()) {
            return FailureReason.MISSING_HOST;
        }
        if (http1.underscores() != ServerOptions.Underscores.ALLOW
                && !UnderscoreFields.areAcceptable(head.headers(), http1.underscores())) {
            return FailureReason.HTTP1_UNDERSCORE;
        }
        if (facts.tls() != null) {
            head.scheme(RequestHead.Scheme.HTTPS);
        }
        return null;
    }

    private void start(Exchange current) {
        requests++;
        BodyKind kind = parser.body();
        tunnel = kind == BodyKind.TUNNEL;
        boolean end = kind == BodyKind.NONE;
        body.begin(kind, current.request().contentLength());
        unconsumed = 0;
        state = end || tunnel ? State.ANSWER : State.BODY;
        if (end) {
            current.timings().requestEnd = loop.now();
        }
        if (parser.expectsContinue() && options.http1().expectContinue() == ServerOptions.ExpectContinue.ANSWER) {
            current.request().headers().remove(HeaderName.EXPECT);
            if (!end) {
                writer.writeContinue();
            }
        }
        current.toUpstream().onRequestHead(end);
    }

    /** Returns whether the buffer is still ours. */
    private boolean readBody(ByteBuf in) {
        Exchange current = exchange;
        if (current == null) {
            throw new AssertionError("a body without an exchange");
        }
        switch (body.next(in, current.requestTrailers())) {
            case MORE -> {}
            case DATA -> {
                int bytes = body.available();
                boolean whole = bytes == in.readableBytes();
                boolean last = body.isLastData();
                current.countRequest(bytes);
                unconsumed += bytes;
                if (last) {
                    requestEnded(current);
                } else if (unconsumed > options.bufferLimit()) {
                    paused = true;
                    updateReading();
                }
                current.toUpstream().onRequestData(whole ? in : in.readRetainedSlice(bytes), last);
                return !whole;
            }
            case END -> {
                requestEnded(current);
                current.toUpstream().onRequestData(Unpooled.EMPTY_BUFFER, true);
            }
            case TRAILERS -> {
                requestEnded(current);
                if (options.http1().trailers() == ServerOptions.Trailers.PASS_ON) {
                    current.toUpstream().onRequestTrailers();
                } else {
                    current.requestTrailers().clear();
                    current.toUpstream().onRequestData(Unpooled.EMPTY_BUFFER, true);
                }
            }
            case FAILED -> refuse(current, body.failure());
        }
        return true;
    }

    private void requestEnded(Exchange current) {
        state = State.ANSWER;
        current.timings().requestEnd = loop.now();
    }

    /** Answers what cannot be understood; the connection's bytes have no meaning behind it. */
    private void refuse(Exchange current, FailureReason reason) {
        closing = true;
        state = State.DROP;
        current.answer(reason);
    }

    /** Keeps bytes for later and reads no more. */
    private void wait(ByteBuf in) {
        backlog = in;
        updateReading();
    }

    private void resumeBacklog() {
        ByteBuf waiting = backlog;
        if (waiting == null || consuming || state == State.ANSWER) {
            return;
        }
        backlog = null;
        consume(waiting);
        updateReading();
    }

    private void updateReading() {
        boolean wanted = backlog == null && !paused;
        if (wanted != reading) {
            reading = wanted;
            ctx.channel().config().setAutoRead(wanted);
        }
    }

    // ---- responses -------------------------------------------------------------------------------------------------

    @Override
    public void onInformational() {
        Exchange current = exchange;
        if (current != null && current.request().protocol() == HttpProtocol.HTTP_1_1) {
            writer.informational(current.response());
        }
    }

    @Override
    public void onResponseHead(boolean end) {
        Exchange current = exchange;
        if (current == null) {
            return;
        }
        watch.progressed();
        current.timings().responseStart = loop.now();
        int status = current.response().status();
        boolean connect = current.request().method() == HttpMethod.CONNECT;
        boolean opensTunnel = tunnel && (status == 101 || (connect && status >= 200 && status < 300));
        closing |= !parser.keepsAlive()
                || state == State.BODY
                || requests >= mostRequests
                || current.closesConnection()
                || service.isDraining();
        ResponseWriter.Connection wanted = closing ? ResponseWriter.Connection.CLOSE : ResponseWriter.Connection.KEEP;
        wanted = writer.head(current.request(), current.response(), end, wanted);
        closing |= wanted == ResponseWriter.Connection.CLOSE;
        if (opensTunnel && !end) {
            closing = true;
            state = State.BODY;
            loop.eventLoop().execute(resume);
        } else {
            tunnel = false;
        }
        if (end) {
            responseEnded(current);
        }
    }

    @Override
    public void onResponseData(ByteBuf data, boolean end) {
        Exchange current = exchange;
        if (current == null) {
            data.release();
            return;
        }
        watch.progressed();
        writer.data(data, end);
        if (end || writer.isBroken()) {
            responseEnded(current);
        }
    }

    @Override
    public void onResponseTrailers() {
        Exchange current = exchange;
        if (current != null) {
            if (options.http1().trailers() == ServerOptions.Trailers.PASS_ON) {
                writer.trailers(current.responseTrailers());
            } else {
                writer.data(Unpooled.EMPTY_BUFFER, true);
            }
            responseEnded(current);
        }
    }

    @Override
    public void onResponseReset(FailureReason reason) {
        Exchange current = exchange;
        if (current == null) {
            return;
        }
        if (writer.body() == BodyKind.UNTIL_CLOSE) {
            // The end of the connection would look like the end of the body: reset it instead.
            ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        finish(current);
        state = State.DROP;
        output.closeAfterFlush();
    }

    private void responseEnded(Exchange current) {
        current.timings().responseEnd = loop.now();
        boolean whole = state == State.ANSWER || tunnel || writer.isBroken();
        finish(current);
        if (!closing && !writer.isBroken()) {
            state = State.HEAD;
            if (backlog != null && !consuming) {
                loop.eventLoop().execute(resume);
            }
            return;
        }
        state = State.DROP;
        long linger = options.timeouts().delayedClose().toNanos();
        if (whole || linger == 0) {
            output.closeAfterFlush();
        } else {
            watch.closeAfter(linger);
        }
        dropBacklog();
        updateReading();
    }

    private void finish(Exchange current) {
        exchange = null;
        credit.forget();
        unconsumed = 0;
        tunnel = false;
        if (paused) {
            paused = false;
            updateReading();
        }
        current.complete();
        loop.recycle(current);
    }

    @Override
    public void onRequestConsumed(int bytes) {
        unconsumed -= bytes;
        if (paused && unconsumed <= options.bufferLimit() / 2) {
            paused = false;
            updateReading();
        }
    }

    // ---- ends ------------------------------------------------------------------------------------------------------

    /** Ends the connection behind the exchange that is open; now if there is none. */
    void drain() {
        closing = true;
        if (exchange == null && state == State.HEAD && backlog == null) {
            state = State.DROP;
            output.closeAfterFlush();
        }
    }

    void closeNow() {
        ctx.close();
    }

    void onTimeout(FailureReason reason) {
        Exchange current = exchange;
        if (current == null) {
            return;
        }
        if (state == State.HEAD) {
            current.begin(service.filterChain(), facts, this);
            refuse(current, reason);
        } else {
            current.answer(reason);
        }
    }

    boolean isBusy() {
        return exchange != null;
    }

    boolean isReadingHead() {
        return state == State.HEAD;
    }

    boolean isReadingBody() {
        return state == State.BODY && !tunnel;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        // One that leaves says so in its next response; an idle connection may have a request on its way.
        if (event == DrainSignal.DRAIN) {
            drain();
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable() && backlog != null) {
            loop.eventLoop().execute(resume);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        loop.beginBatch();
        boolean readingHead = state == State.HEAD;
        state = State.CLOSED;
        watch.stop();
        output.discard();
        dropBacklog();
        Exchange current = exchange;
        if (current != null) {
            if (readingHead) {
                // Nobody has heard of it yet.
                exchange = null;
                loop.recycle(current);
            } else {
                current.toUpstream().onRequestReset(FailureReason.DOWNSTREAM_CLOSED);
                finish(current);
            }
        }
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

    private void dropBacklog() {
        ByteBuf waiting = backlog;
        if (waiting != null) {
            backlog = null;
            waiting.release();
        }
    }

    private final class Written extends WriteCredit {
        @Override
        protected void onWritten(int bytes) {
            Exchange current = exchange;
            if (current != null) {
                watch.progressed();
                current.toUpstream().onResponseConsumed(bytes);
            }
        }
    }
}
