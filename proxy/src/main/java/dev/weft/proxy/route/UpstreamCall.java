package dev.weft.proxy.route;

import dev.weft.model.route.Forward;
import dev.weft.proxy.cluster.Cluster;
import dev.weft.proxy.cluster.ClusterCounters;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.exchange.ResponseHead;
import dev.weft.proxy.exchange.UpstreamStream;
import dev.weft.proxy.route.RetryState.Verdict;
import io.netty.buffer.ByteBuf;

/**
 * One request's way to an upstream and back: its bytes. Stands between {@link HttpRouter}, which starts it, and a connection pool's
 * stream; what comes back goes to the exchange. Endpoints, retries and deadlines are those of {@link UpstreamTries}.
 *
 * <p>Loop-confined and reused: {@link UpstreamCalls} keeps those that are over.
 *
 * <p>Body bytes are passed on, never copied. They are credited to the client when a try wrote them first, not again when a later
 * try repeats them.
 */
final class UpstreamCall extends UpstreamTries implements RequestSink {
    UpstreamCall(UpstreamCalls home, Loop loop) {
        super(home, loop);
    }

    void begin(Exchange newExchange, RouteEntry newEntry, RouteEntry.Forwards newForwards, RouterOptions newOptions) {
        exchange = newExchange;
        entry = newEntry;
        forwards = newForwards;
        options = newOptions;
    }

    /** Starts the first try; returns who takes the rest of the request. */
    RequestSink start(Cluster to, boolean end, Forward.Upgrade.Mode tunnel) {
        startTries(to, end, tunnel);
        return state == State.IDLE ? RequestSink.IGNORE : this;
    }

    @Override
    void giveBack() {
        home.recycle(this, loop);
    }

    // ---- the request -----------------------------------------------------------------------------------------------

    @Override
    public void onRequestData(ByteBuf data, boolean end) {
        timers.touch();
        switch (state) {
            case IDLE -> data.release();
            case ANSWERED -> {
                int bytes = data.readableBytes();
                data.release();
                exchange().toClient().onRequestConsumed(bytes);
                if (end && state == State.ANSWERED) {
                    recycle();
                }
            }
            case WAITING, SENT, ANSWERING -> {
                requestEnded |= end;
                pass(data, end);
                if (end && state != State.IDLE && state != State.ANSWERED) {
                    onRequestComplete();
                }
            }
        }
    }

    private void pass(ByteBuf data, boolean end) {
        UpstreamStream to = current.stream();
        if (to != null && !body.isKeeping()) {
            if (end) {
                exchange().timings().upstreamRequestEnd = loop.now();
            }
            body.passed();
            to.writeData(data, end);
            return;
        }
        body.add(data);
        if (body.isKeeping() && body.bytes() > options.bufferLimit()) {
            // Too much to repeat: this try is the last, as in Envoy.
            retry.giveUp();
            body.stopKeeping();
        }
        if (to != null) {
            sendBody(to);
        }
    }

    @Override
    public void onRequestTrailers() {
        timers.touch();
        switch (state) {
            case IDLE -> {
                // over
            }
            case ANSWERED -> recycle();
            case WAITING, SENT, ANSWERING -> {
                requestEnded = true;
                trailersGiven = true;
                UpstreamStream to = current.stream();
                if (to != null) {
                    sendBody(to);
                }
                if (state != State.IDLE && state != State.ANSWERED) {
                    onRequestComplete();
                }
            }
        }
    }

    @Override
    public void onResponseConsumed(int bytes) {
        timers.touch();
        UpstreamStream from = current.stream();
        if (from != null) {
            from.onResponseConsumed(bytes);
        }
    }

    @Override
    public void onRequestReset(FailureReason reason) {
        if (state == State.IDLE) {
            return;
        }
        if (state == State.WAITING) {
            cluster().counters().rqCancelled++;
        }
        cancelTry();
        recycle();
    }

    // ---- the response ----------------------------------------------------------------------------------------------

    @Override
    public ResponseHead responseHead() {
        return exchange().response();
    }

    @Override
    public Headers responseTrailers() {
        return exchange().responseTrailers();
    }

    @Override
    public void onInformational() {
        timers.touch();
        current.onPartlyAnswered();
        exchange().toClient().onInformational();
    }

    @Override
    public void onHead(boolean end) {
        Exchange x = exchange();
        x.timings().upstreamResponseStart = timers.touch();
        int status = x.response().status();
        current.onResponse(status);
        if (retry.isRetriable(x.response()) && decideRetry() == Verdict.RETRY) {
            if (end) {
                endTry();
            } else {
                cancelTry();
            }
            scheduleRetry();
            return;
        }
        state = State.ANSWERING;
        retry.giveUp();
        timers.stopTry();
        body.stopKeeping();
        if (ResponseEdits.opensTunnel(x)) {
            timers.stopRoute();
        }
        countResponse(status);
        ResponseEdits.apply(x, entry(), options, requestEndNanos);
        if (end) {
            finishResponse();
        }
        x.toClient().onResponseHead(end);
    }

    private void countResponse(int status) {
        ClusterCounters counters = cluster().counters();
        counters.rqCompleted++;
        counters.countStatus(status);
        if (attempts > 1 && status < 500) {
            counters.rqRetrySuccess++;
        }
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
        Exchange x = exchange();
        timers.touch();
        if (end) {
            finishResponse();
        }
        x.toClient().onResponseData(data, end);
    }

    @Override
    public void onTrailers() {
        Exchange x = exchange();
        finishResponse();
        x.toClient().onResponseTrailers();
    }

    /** The stream is done. If the request is too, so is the call; else it stays to drop the rest. */
    private void finishResponse() {
        exchange().timings().upstreamResponseEnd = loop.now();
        endTry();
        if (requestEnded) {
            recycle();
        } else {
            state = State.ANSWERED;
            timers.stop();
            body.clear();
        }
    }

    @Override
    public void onRequestConsumed(int bytes) {
        timers.touch();
        writtenNow += bytes;
        long fresh = writtenNow - credited;
        if (fresh > 0) {
            credited = writtenNow;
            exchange().toClient().onRequestConsumed((int) fresh);
        }
    }

    @Override
    public void onReset(FailureReason reason, String detail) {
        Exchange x = exchange();
        x.upstream().failure(detail);
        if (state == State.ANSWERING) {
            current.onReset();
            endTry();
            fail(reason);
            return;
        }
        boolean again = repeats == 0
                && body.isComplete()
                && !trailersGiven
                && current.isUnseen(reason, x.request().method());
        if (again) {
            endTry();
            cluster().counters().rqUnsentRepeated++;
            repeat(reason);
        } else {
            current.onReset();
            onTryFailed(reason, retry.isRetriable(reason, true));
        }
    }
}
