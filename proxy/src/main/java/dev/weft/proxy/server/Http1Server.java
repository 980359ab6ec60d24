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
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.WriteCredit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * One client's HTTP/1 connection: bytes to exchanges, one at a time, and their responses back.
 *
 * <p>Put on a channel by {@code proxy.listener}, behind its {@link Http1Handler}; loop-confined. Hands requests to {@link
 * Exchange#toUpstream}; {@link Http1Answers} writes what comes back.
 *
 * <p>Pipelined requests wait as bytes, with reading switched off, until the response before them is written. An answer
 * that begins before its request is complete is the connection's last: the rest of the request is read and dropped for a
 * moment, so that the client sees the answer and not a reset.
 */
public final class Http1Server {
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
    private final Http1Input input;
    private final Http1Output output;
    private final ResponseWriter writer;
    private final RequestParser parser;
    private final BodyReader body;
    private final Http1Watch watch;
    private final Http1Answers answers;
    private final WriteCredit credit = new Written();
    private final Runnable resume = this::resumeBacklog;
    private final long mostRequests;

    private State state = State.HEAD;
    private @Nullable Exchange exchange;
    private boolean consuming;
    private boolean tunnel;
    private boolean closing;
    private long requests;

    private Http1Server(Channel channel, Loop loop, ConnectionFacts facts, HttpService service) {
        this.loop = loop;
        this.facts = facts;
        this.service = service;
        this.options = service.options();
        Http1Handler handler = new Http1Handler(this, loop, facts);
        channel.pipeline().addLast("http1", handler);
        this.ctx = channel.pipeline().context(handler);
        this.input = new Http1Input(channel, options.bufferLimit());
        this.output = new Http1Output(loop, ctx, credit);
        this.writer = new ResponseWriter(output);
        this.parser = new RequestParser(options.limits());
        this.body = new BodyReader(options.limits());
        this.watch = new Http1Watch(loop, options.timeouts(), this);
        this.answers = new Http1Answers(this, ctx.channel(), writer, watch, options, input);
        this.mostRequests = options.maxRequests() == 0 ? Long.MAX_VALUE : options.maxRequests();
    }

    /** Serves HTTP/1 on a channel of this loop from now on, as its last handler. */
    public static void install(Channel channel, Loop loop, ConnectionFacts facts, HttpService service) {
        new Http1Server(channel, loop, facts, service);
    }

    // ---- requests --------------------------------------------------------------------------------------------------

    /** The client sent bytes; the buffer is taken over. */
    void onBytes(ByteBuf in) {
        watch.progressed();
        if (input.hasBacklog()) {
            input.append(in);
        } else {
            consume(in);
        }
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
                            input.keep(in);
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
                        input.keep(in);
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
        current.begin(service.filterChain(), facts, answers);
        if (progress == HeadProgress.FAILED) {
            refuse(current, parser.failure());
            return;
        }
        FailureReason refusal = HeadRules.refusal(current.request(), options, facts);
        if (refusal != null) {
            refuse(current, refusal);
            return;
        }
        start(current);
    }

    private void start(Exchange current) {
        requests++;
        BodyKind kind = parser.body();
        tunnel = kind == BodyKind.TUNNEL;
        boolean end = kind == BodyKind.NONE;
        body.begin(kind, current.request().contentLength());
        input.restart();
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
                input.passedOn(bytes);
                if (last) {
                    requestEnded(current);
                } else {
                    input.pauseIfFull();
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

    private void resumeBacklog() {
        if (consuming || state == State.ANSWER || !input.hasBacklog()) {
            return;
        }
        consume(input.takeBacklog());
        input.updateReading();
    }

    // ---- responses -------------------------------------------------------------------------------------------------

    /** The exchange that is open; null between requests. */
    @Nullable
    Exchange exchange() {
        return exchange;
    }

    /** Whether the connection ends behind this answer, as far as is known before its head is written. */
    boolean closesBehind(Exchange current) {
        closing |= !parser.keepsAlive()
                || state == State.BODY
                || requests >= mostRequests
                || current.closesConnection()
                || service.isDraining();
        return closing;
    }

    /** The head of the answer was written. */
    void answerBegan(ResponseWriter.Connection told, boolean opensTunnel) {
        closing |= told == ResponseWriter.Connection.CLOSE;
        if (opensTunnel) {
            closing = true;
            state = State.BODY;
            loop.eventLoop().execute(resume);
        } else {
            tunnel = false;
        }
    }

    /** The answer was broken off. */
    void answerFailed(Exchange current) {
        finish(current);
        state = State.DROP;
        output.closeAfterFlush();
    }

    /** The answer is complete. */
    void answered(Exchange current) {
        current.timings().responseEnd = loop.now();
        boolean whole = state == State.ANSWER || tunnel || writer.isBroken();
        finish(current);
        if (!closing && !writer.isBroken()) {
            state = State.HEAD;
            if (input.hasBacklog() && !consuming) {
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
        input.dropBacklog();
        input.updateReading();
    }

    private void finish(Exchange current) {
        exchange = null;
        credit.forget();
        tunnel = false;
        input.restart();
        current.complete();
        loop.recycle(current);
    }

    boolean wantsTunnel() {
        return tunnel;
    }

    // ---- ends ------------------------------------------------------------------------------------------------------

    /** Ends the connection behind the exchange that is open; now if there is none. */
    void drain() {
        closing = true;
        if (exchange == null && state == State.HEAD && !input.hasBacklog()) {
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
            current.begin(service.filterChain(), facts, answers);
            refuse(current, reason);
        } else {
            current.answer(reason);
        }
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

    /** The client takes bytes again. */
    void onWritable() {
        if (input.hasBacklog()) {
            loop.eventLoop().execute(resume);
        }
    }

    void onClosed() {
        boolean readingHead = state == State.HEAD;
        state = State.CLOSED;
        watch.stop();
        output.discard();
        input.dropBacklog();
        Exchange current = exchange;
        if (current == null) {
            return;
        }
        if (readingHead) {
            // Nobody has heard of it yet.
            exchange = null;
            loop.recycle(current);
        } else {
            current.toUpstream().onRequestReset(FailureReason.DOWNSTREAM_CLOSED);
            finish(current);
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
