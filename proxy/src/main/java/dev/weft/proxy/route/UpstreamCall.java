package dev.weft.proxy.route;

import dev.weft.model.route.Forward;
import dev.weft.proxy.cluster.Cluster;
import dev.weft.proxy.cluster.LoopCluster;
import dev.weft.proxy.cluster.LoopHost;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.LocalReply;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.exchange.ResponseFlag;
import dev.weft.proxy.exchange.ResponseHead;
import dev.weft.proxy.exchange.Timer;
import dev.weft.proxy.exchange.UpstreamStream;
import dev.weft.proxy.health.HostMonitor.LocalFailure;
import dev.weft.proxy.route.RetryState.Verdict;
import dev.weft.proxy.upstream.ConnectionPool;
import dev.weft.proxy.upstream.StreamRequest;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request's way to an upstream and back: endpoint, tries, deadline. Stands between {@link HttpRouter}, which starts it, and a
 * connection pool's stream; what comes back goes to the exchange.
 *
 * <p>Loop-confined and reused: {@link UpstreamCalls} keeps those that are over. A call gives itself back before its last word to
 * the exchange, since that word may end the exchange and begin the next one on the same connection; an idle call ignores all.
 *
 * <p>Body bytes are passed on, never copied. They are credited to the client when a try wrote them first, not again when a later
 * try repeats them.
 */
final class UpstreamCall extends StreamRequest implements RequestSink {
    /** How often a request may lose its endpoint, or its connection, before a byte of it counted. */
    private static final int MOST_REPEATS = 3;

    private final UpstreamCalls home;
    private final Loop loop;
    private final RetryState retry = new RetryState();
    private final Deadlines deadlines = new Deadlines();
    private final KeptBody body = new KeptBody();
    private final TriedHosts tried = new TriedHosts();
    private final Timer routeTimer = timer(this::onRouteTimeout);
    private final Timer tryTimer = timer(this::onTryTimeout);
    private final Timer streamTimer = timer(this::onStreamTimeout);
    private final Timer idleTimer = timer(this::onIdle);
    private final Timer backoffTimer = timer(this::onBackoffOver);

    private @Nullable Exchange exchange;
    private @Nullable RouteEntry entry;
    private RouteEntry.@Nullable Forwards forwards;
    private RouterOptions options = RouterOptions.DEFAULT;
    private Forward.Upgrade.Mode tunnelMode = Forward.Upgrade.Mode.PASSED_ON;
    private @Nullable LoopCluster cluster;
    private @Nullable LoopHost host;
    private @Nullable UpstreamStream stream;

    private State state = State.IDLE;
    private boolean requestEnded;
    private boolean trailersGiven;
    private boolean requestPermit;
    private boolean retryPermit;
    private boolean sent;
    private boolean reused;
    private boolean answeredInPart;
    private int attempts;
    private int repeats;
    private long requestEndNanos;
    private long lastEvent;
    private long writtenNow;
    private long credited;

    private enum State {
        IDLE,
        /** Waits for a connection, or for the backoff of a retry. */
        WAITING,
        /** A try is under way. */
        SENT,
        /** The response's head went to the client. */
        ANSWERING,
        /** The response is complete, the request is not: the rest of it is dropped. */
        ANSWERED
    }

    UpstreamCall(UpstreamCalls home, Loop loop) {
        this.home = home;
        this.loop = loop;
    }

    // ---- start -----------------------------------------------------------------------------------------------------

    void begin(Exchange newExchange, RouteEntry newEntry, RouteEntry.Forwards newForwards, RouterOptions newOptions) {
        exchange = newExchange;
        entry = newEntry;
        forwards = newForwards;
        options = newOptions;
    }

    /** Starts the first try. */
    RequestSink start(Cluster to, boolean end, Forward.Upgrade.Mode tunnel) {
        Exchange x = exchange();
        RouteEntry.Forwards f = forwards();
        state = State.WAITING;
        tunnelMode = tunnel;
        requestEnded = end;
        lastEvent = loop.now();
        cluster = to.onLoop(loop);
        LoopHost picked = cluster().pick(x.connection(), null);
        if (picked == null) {
            fail(FailureReason.NO_HEALTHY_HOST);
            return RequestSink.IGNORE;
        }
        deadlines.compute(f.limits(), f.retry(), x.request(), options);
        attempts = 1;
        x.upstream().attempts(1);
        if (entry().virtualHost().includeRequestAttemptCount()) {
            x.request().headers().set(HeaderName.X_ENVOY_ATTEMPT_COUNT, 1);
        }
        RequestEdits.apply(x, entry(), f, options);
        retry.begin(f.retry(), x.request().headers());
        tried.begin(retry.hosts());
        // A tunnel's bytes belong to no try that could be repeated.
        body.begin(retry.mayRetry() && !end && !x.request().wantsTunnel());
        armExchangeTimers(x);
        if (end) {
            onRequestComplete();
        }
        open(picked);
        return state == State.IDLE ? RequestSink.IGNORE : this;
    }

    private void armExchangeTimers(Exchange x) {
        if (deadlines.stream() > 0) {
            long passed = x.timings().start == 0 ? 0 : loop.now() - x.timings().start;
            loop.schedule(streamTimer, deadlines.stream() - passed);
        }
        if (deadlines.idle() > 0) {
            loop.schedule(idleTimer, deadlines.idle());
        }
    }

    private void onRequestComplete() {
        requestEndNanos = loop.now();
        if (exchange().request().wantsTunnel()) {
            return;
        }
        if (deadlines.route() > 0 && state.compareTo(State.ANSWERED) < 0) {
            loop.schedule(routeTimer, deadlines.route());
        }
        armTryTimer();
    }

    private void armTryTimer() {
        if (deadlines.perTry() > 0 && state == State.SENT && requestEnded) {
            loop.schedule(tryTimer, deadlines.perTry());
        }
    }

    /** Asks the endpoint's pool for a stream, which may come at once. */
    private void open(LoopHost picked) {
        Exchange x = exchange();
        host = picked;
        tried.add(picked.host());
        state = State.WAITING;
        sent = false;
        answeredInPart = false;
        x.upstream().host(picked.host().text(), picked.host().hostName());
        x.upstreamPeer(picked.host().peer());
        RequestHead request = x.request();
        if (forwards().autoHost() && !picked.host().hostName().isEmpty()) {
            RequestEdits.rewriteHost(request, picked.host().hostName(), options);
        }
        ConnectionPool pool = tunnelMode == Forward.Upgrade.Mode.CONNECT_TERMINATED
                ? picked.rawPool(x.upstreamAlpn(), request.authority())
                : picked.pool(request.protocol(), x.upstreamAlpn(), request.authority());
        pool.open(this);
    }

    // ---- the pool --------------------------------------------------------------------------------------------------

    @Override
    protected boolean admitStream() {
        if (cluster().breaker().admitRequest()) {
            requestPermit = true;
            return true;
        }
        cluster().counters().rqActiveOverflow++;
        return false;
    }

    @Override
    protected void onStream(UpstreamStream opened) {
        Exchange x = exchange();
        stream = opened;
        state = State.SENT;
        sent = true;
        reused = opened.isReused();
        writtenNow = 0;
        cluster().requestStarted(host());
        opened.describeTo(x.upstream());
        x.timings().upstreamRequestStart = loop.now();
        boolean whole = requestEnded && !trailersGiven && !body.hasUnsent();
        armTryTimer();
        opened.writeHead(x.request(), whole);
        sendBody(opened);
    }

    /** Sends what waits, as long as the stream is the one that it began with: a write may end the try. */
    private void sendBody(UpstreamStream to) {
        while (isCurrent(to) && body.hasUnsent()) {
            boolean last = requestEnded && !trailersGiven && body.isLastUnsent();
            to.writeData(body.next(), last);
        }
        if (isCurrent(to) && trailersGiven) {
            to.writeTrailers(exchange().requestTrailers());
        }
        if (isCurrent(to) && requestEnded) {
            exchange().timings().upstreamRequestEnd = loop.now();
        }
    }

    @SuppressWarnings("ReferenceEquality") // streams are themselves
    private boolean isCurrent(UpstreamStream one) {
        return stream == one;
    }

    @Override
    protected void onRefused(FailureReason reason, String detail) {
        if (reason == FailureReason.NO_HEALTHY_HOST) {
            // The endpoint was taken away while the request waited: it never had a try.
            repeat(FailureReason.NO_HEALTHY_HOST);
            return;
        }
        if (reason != FailureReason.OVERFLOW) {
            cluster().counters().rqPendingFailureEject++;
            host().rqError++;
        }
        exchange().upstream().failure(detail);
        onTryFailed(reason, retry.isRetriable(reason, sent));
    }

    // ---- the request -----------------------------------------------------------------------------------------------

    @Override
    public void onRequestData(ByteBuf data, boolean end) {
        lastEvent = loop.now();
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
        UpstreamStream to = stream;
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
        lastEvent = loop.now();
        switch (state) {
            case IDLE -> {
                // over
            }
            case ANSWERED -> recycle();
            case WAITING, SENT, ANSWERING -> {
                requestEnded = true;
                trailersGiven = true;
                UpstreamStream to = stream;
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
        lastEvent = loop.now();
        UpstreamStream from = stream;
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
        lastEvent = loop.now();
        answeredInPart = true;
        exchange().toClient().onInformational();
    }

    @Override
    public void onHead(boolean end) {
        Exchange x = exchange();
        lastEvent = loop.now();
        x.timings().upstreamResponseStart = lastEvent;
        int status = x.response().status();
        host().host().monitor().onResponse(status);
        if (status >= 500) {
            host().rqError++;
        } else {
            host().rqSuccess++;
        }
        Verdict verdict = retry.isRetriable(x.response()) ? decideRetry() : Verdict.GIVE_UP;
        if (verdict == Verdict.RETRY) {
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
        loop.cancel(tryTimer);
        body.stopKeeping();
        if (isTunnel(x, status)) {
            loop.cancel(routeTimer);
        }
        countResponse(status);
        finishHead(x);
        if (end) {
            finishResponse();
        }
        x.toClient().onResponseHead(end);
    }

    private void countResponse(int status) {
        var counters = cluster().counters();
        counters.rqCompleted++;
        counters.countStatus(status);
        if (attempts > 1 && status < 500) {
            counters.rqRetrySuccess++;
        }
    }

    private void finishHead(Exchange x) {
        if (options.addsEnvoyHeaders() && requestEndNanos != 0) {
            x.response()
                    .headers()
                    .set(HeaderName.X_ENVOY_UPSTREAM_SERVICE_TIME, (loop.now() - requestEndNanos) / 1_000_000);
        }
        HeaderEdits edits = entry().responseEdits();
        if (!edits.isEmpty()) {
            edits.applyToResponse(x);
        }
    }

    private static boolean isTunnel(Exchange x, int status) {
        RequestHead request = x.request();
        return request.upgrade() != null && status == 101
                || request.method() == HttpMethod.CONNECT && status >= 200 && status < 300;
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
        Exchange x = exchange();
        lastEvent = loop.now();
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
            stopTimers();
            body.clear();
        }
    }

    @Override
    public void onRequestConsumed(int bytes) {
        lastEvent = loop.now();
        writtenNow += bytes;
        long fresh = writtenNow - credited;
        if (fresh > 0) {
            credited = writtenNow;
            exchange().toClient().onRequestConsumed((int) fresh);
        }
    }

    @Override
    public void onReset(FailureReason reason, String detail) {
        var counters = cluster().counters();
        counters.rqRxReset++;
        host().host().monitor().onLocalFailure(LocalFailure.RESET);
        boolean started = state == State.ANSWERING;
        boolean crossed = reason == FailureReason.UPSTREAM_CLOSED && reused && !started && !answeredInPart;
        if (!crossed) {
            host().rqError++;
        }
        endTry();
        exchange().upstream().failure(detail);
        if (started) {
            fail(reason);
        } else if (crossed && mayRepeat() && repeats < MOST_REPEATS) {
            counters.rqUnsentRepeated++;
            repeat(reason);
        } else {
            onTryFailed(reason, retry.isRetriable(reason, true));
        }
    }

    /** Whether sending the request again changes nothing: an idempotent method, and all of its body at hand. */
    private boolean mayRepeat() {
        return body.isComplete()
                && !trailersGiven
                && switch (exchange().request().method()) {
                    case GET, HEAD, PUT, DELETE, OPTIONS, TRACE -> true;
                    case POST, PATCH, CONNECT, OTHER -> false;
                };
    }

    // ---- tries -----------------------------------------------------------------------------------------------------

    /** The try ended without a response that anybody wants. */
    private void onTryFailed(FailureReason reason, boolean retriable) {
        endTry();
        if (retriable && decideRetry() == Verdict.RETRY) {
            scheduleRetry();
        } else {
            fail(reason);
        }
    }

    private Verdict decideRetry() {
        releaseRetryPermit();
        if (!body.isComplete()) {
            return Verdict.GIVE_UP;
        }
        Verdict verdict = retry.decide(true, cluster().breaker());
        var counters = cluster().counters();
        switch (verdict) {
            case RETRY -> {
                retryPermit = true;
                counters.rqRetry++;
            }
            case LIMIT_EXCEEDED -> {
                counters.rqRetryLimitExceeded++;
                exchange().addFlags(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED.bit());
            }
            case OVERFLOW -> {
                counters.rqRetryOverflow++;
                exchange().addFlags(ResponseFlag.UPSTREAM_OVERFLOW.bit());
            }
            case GIVE_UP -> {
                // nothing to count
            }
        }
        return verdict;
    }

    private void scheduleRetry() {
        state = State.WAITING;
        loop.schedule(backoffTimer, retry.backoffNanos(loop.random()));
    }

    private void onBackoffOver() {
        attempts++;
        exchange().upstream().attempts(attempts);
        if (entry().virtualHost().includeRequestAttemptCount()) {
            exchange().request().headers().set(HeaderName.X_ENVOY_ATTEMPT_COUNT, attempts);
        }
        tryAgain();
    }

    /** Goes on with another endpoint or connection; no retry, since nothing was tried. */
    private void repeat(FailureReason reason) {
        if (++repeats > MOST_REPEATS) {
            fail(reason);
            return;
        }
        tryAgain();
    }

    private void tryAgain() {
        body.rewind();
        Exchange x = exchange();
        if (cluster().cluster().isRetired()) {
            Cluster now = home.clusters().find(entry().clusterName());
            if (now != null) {
                releaseRetryPermit();
                cluster = now.onLoop(loop);
            }
        }
        LoopHost picked = cluster().pick(x.connection(), tried);
        if (picked == null) {
            fail(FailureReason.NO_HEALTHY_HOST);
        } else {
            open(picked);
        }
    }

    /** Gives up waiting, or the stream. */
    private void cancelTry() {
        cancelWaiting();
        loop.cancel(backoffTimer);
        UpstreamStream current = stream;
        if (current != null) {
            endTry();
            cluster().counters().rqTxReset++;
            current.cancel();
        }
    }

    /** The stream is over: its permits go back. */
    private void endTry() {
        loop.cancel(tryTimer);
        if (stream != null) {
            stream = null;
            requestPermit = false;
            cluster().requestEnded(host());
        } else if (requestPermit) {
            requestPermit = false;
            cluster().breaker().requestEnded();
        }
    }

    private void releaseRetryPermit() {
        if (retryPermit) {
            retryPermit = false;
            cluster().breaker().retryEnded();
        }
    }

    // ---- time ------------------------------------------------------------------------------------------------------

    private void onRouteTimeout() {
        cluster().counters().rqTimeout++;
        timeOut(FailureReason.ROUTE_TIMEOUT);
    }

    private void onTryTimeout() {
        cluster().counters().rqPerTryTimeout++;
        LoopHost slow = host();
        slow.rqTimeout++;
        slow.host().monitor().onLocalFailure(LocalFailure.REQUEST_TIMEOUT);
        cancelTry();
        // Envoy takes it for a reset by itself when it asks whether to retry.
        onTryFailed(FailureReason.PER_TRY_TIMEOUT, retry.isRetriable(FailureReason.LOCAL_RESET, true));
    }

    private void onStreamTimeout() {
        cluster().counters().rqMaxDurationReached++;
        timeOut(FailureReason.MAX_STREAM_DURATION);
    }

    private void onIdle() {
        long left = lastEvent + deadlines.idle() - loop.now();
        if (left > 0) {
            loop.schedule(idleTimer, left);
        } else {
            timeOut(requestEnded ? FailureReason.STREAM_IDLE_TIMEOUT : FailureReason.REQUEST_IDLE_TIMEOUT);
        }
    }

    private void timeOut(FailureReason reason) {
        LoopHost slow = host;
        if (slow != null && state == State.SENT) {
            slow.rqTimeout++;
            slow.host().monitor().onLocalFailure(LocalFailure.REQUEST_TIMEOUT);
        }
        cancelTry();
        fail(reason);
    }

    private void stopTimers() {
        loop.cancel(routeTimer);
        loop.cancel(tryTimer);
        loop.cancel(streamTimer);
        loop.cancel(idleTimer);
        loop.cancel(backoffTimer);
    }

    // ---- ends ------------------------------------------------------------------------------------------------------

    /** Answers for this reason, or breaks the response off. */
    private void fail(FailureReason reason) {
        Exchange x = exchange();
        boolean overloaded = reason == FailureReason.OVERFLOW && options.addsEnvoyHeaders();
        if (state != State.ANSWERING) {
            cluster().counters().countStatus(reason.status());
        }
        recycle();
        LocalReply reply = LocalReply.of(reason);
        if (overloaded) {
            reply.header(HeaderName.X_ENVOY_OVERLOADED, "true");
        }
        reply.send(x);
    }

    private void recycle() {
        endTry();
        releaseRetryPermit();
        stopTimers();
        body.clear();
        tried.clear();
        retry.giveUp();
        state = State.IDLE;
        exchange = null;
        entry = null;
        forwards = null;
        cluster = null;
        host = null;
        trailersGiven = false;
        repeats = 0;
        requestEndNanos = 0;
        writtenNow = 0;
        credited = 0;
        home.recycle(this, loop);
    }

    private Exchange exchange() {
        return present(exchange);
    }

    private RouteEntry entry() {
        return present(entry);
    }

    private RouteEntry.Forwards forwards() {
        return present(forwards);
    }

    private LoopCluster cluster() {
        return present(cluster);
    }

    private LoopHost host() {
        return present(host);
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new AssertionError("a call that is over was asked for what it had");
        }
        return value;
    }

    private static Timer timer(Runnable task) {
        return new Timer() {
            @Override
            protected void onTimer() {
                task.run();
            }
        };
    }
}
