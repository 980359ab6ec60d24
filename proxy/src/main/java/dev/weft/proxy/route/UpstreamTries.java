package dev.weft.proxy.route;

import com.google.common.collect.ImmutableList;
import dev.weft.model.route.Forward;
import dev.weft.proxy.cluster.Cluster;
import dev.weft.proxy.cluster.ClusterCounters;
import dev.weft.proxy.cluster.LoopCluster;
import dev.weft.proxy.cluster.LoopHost;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.LocalReply;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.ResponseFlag;
import dev.weft.proxy.exchange.UpstreamStream;
import dev.weft.proxy.route.RetryState.Verdict;
import dev.weft.proxy.upstream.ConnectionPool;
import dev.weft.proxy.upstream.StreamRequest;
import org.jspecify.annotations.Nullable;

/**
 * The tries of one call: picks an endpoint, asks its pool for a stream, sends what there is of the request, and does so again as long
 * as something may be repeated and there is time. {@link UpstreamCall} is the part that carries bytes in both directions.
 *
 * <p>Loop-confined and reused. A call gives itself back before its last word to the exchange, since that word may end the exchange
 * and begin the next one on the same connection; an idle call ignores all.
 */
abstract sealed class UpstreamTries extends StreamRequest implements CallTimers.Alarms permits UpstreamCall {
    /** How often a request may lose its endpoint, or its connection, before a byte of it counted. */
    private static final int MOST_REPEATS = 3;

    final UpstreamCalls home;
    final Loop loop;
    final RetryState retry = new RetryState();
    private final Deadlines deadlines = new Deadlines();
    final CallTimers timers;
    final KeptBody body = new KeptBody();
    private final TriedHosts tried = new TriedHosts();
    final UpstreamTry current = new UpstreamTry();

    @Nullable
    Exchange exchange;

    @Nullable
    RouteEntry entry;

    RouteEntry.@Nullable Forwards forwards;

    @Nullable
    LoopCluster cluster;

    RouterOptions options = RouterOptions.DEFAULT;
    private Forward.Upgrade.Mode tunnelMode = Forward.Upgrade.Mode.PASSED_ON;

    State state = State.IDLE;
    boolean requestEnded;
    boolean trailersGiven;
    private boolean retryPermit;
    int attempts;
    int repeats;
    long requestEndNanos;
    long writtenNow;
    long credited;

    enum State {
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

    UpstreamTries(UpstreamCalls home, Loop loop) {
        this.home = home;
        this.loop = loop;
        this.timers = new CallTimers(loop, this);
    }

    // ---- start -----------------------------------------------------------------------------------------------------

    /** Starts the first try. */
    final void startTries(Cluster to, boolean end, Forward.Upgrade.Mode tunnel) {
        Exchange x = exchange();
        RouteEntry.Forwards f = present(forwards);
        state = State.WAITING;
        tunnelMode = tunnel;
        requestEnded = end;
        cluster = to.onLoop(loop);
        LoopHost picked = cluster().pick(x.connection(), null);
        if (picked == null) {
            fail(FailureReason.NO_HEALTHY_HOST);
            return;
        }
        deadlines.compute(f.limits(), f.retry(), x.request(), options);
        countAttempt(x, 1);
        RequestEdits.apply(x, entry(), f, options);
        retry.begin(f.retry(), x.request().headers());
        tried.begin(retry.hosts());
        // A tunnel's bytes belong to no try that could be repeated.
        body.begin(retry.mayRetry() && !end && !x.request().wantsTunnel());
        timers.begin(deadlines, x.timings().start);
        if (end) {
            onRequestComplete();
        }
        open(picked);
    }

    private void countAttempt(Exchange x, int number) {
        attempts = number;
        x.upstream().attempts(number);
        if (entry().virtualHost().includeRequestAttemptCount()) {
            x.request().headers().set(HeaderName.X_ENVOY_ATTEMPT_COUNT, number);
        }
    }

    void onRequestComplete() {
        requestEndNanos = loop.now();
        if (!exchange().request().wantsTunnel()) {
            timers.armRoute(deadlines.route());
            armTryTimer();
        }
    }

    private void armTryTimer() {
        if (state == State.SENT && requestEnded) {
            timers.armTry(deadlines.perTry());
        }
    }

    /** Asks the endpoint's pool for a stream, which may come at once. */
    private void open(LoopHost picked) {
        Exchange x = exchange();
        current.aim(cluster(), picked);
        tried.add(picked.host());
        state = State.WAITING;
        x.upstream().host(picked.host().text(), picked.host().hostName());
        x.upstreamPeer(picked.host().peer());
        RequestHead request = x.request();
        if (present(forwards).autoHost() && !picked.host().hostName().isEmpty()) {
            RequestEdits.rewriteHost(request, picked.host().hostName(), options);
        }
        ImmutableList<String> alpn = x.upstreamAlpn().on(picked.speaks(request.protocol()));
        ConnectionPool pool = tunnelMode == Forward.Upgrade.Mode.CONNECT_TERMINATED
                ? picked.rawPool(alpn, request.authority())
                : picked.pool(request.protocol(), alpn, request.authority());
        pool.open(this);
    }

    // ---- the pool --------------------------------------------------------------------------------------------------

    @Override
    protected boolean admitStream() {
        return current.admit();
    }

    @Override
    protected void onStream(UpstreamStream opened) {
        Exchange x = exchange();
        state = State.SENT;
        writtenNow = 0;
        current.begin(opened);
        opened.describeTo(x.upstream());
        x.timings().upstreamRequestStart = loop.now();
        armTryTimer();
        opened.writeHead(x.request(), requestEnded && !trailersGiven && !body.hasUnsent());
        sendBody(opened);
    }

    /** Sends what waits, as long as the stream is the one that it began with: a write may end the try. */
    void sendBody(UpstreamStream to) {
        while (current.isOn(to) && body.hasUnsent()) {
            boolean last = requestEnded && !trailersGiven && body.isLastUnsent();
            to.writeData(body.next(), last);
        }
        if (current.isOn(to) && trailersGiven) {
            to.writeTrailers(exchange().requestTrailers());
        }
        if (current.isOn(to) && requestEnded) {
            exchange().timings().upstreamRequestEnd = loop.now();
        }
    }

    @Override
    protected void onRefused(FailureReason reason, String detail) {
        if (reason == FailureReason.NO_HEALTHY_HOST) {
            // The endpoint was taken away while the request waited: it never had a try.
            repeat(FailureReason.NO_HEALTHY_HOST);
            return;
        }
        if (reason != FailureReason.OVERFLOW) {
            current.onConnectFailed();
        }
        exchange().upstream().failure(detail);
        onTryFailed(reason, retry.isRetriable(reason, current.isSent()));
    }

    // ---- tries -----------------------------------------------------------------------------------------------------

    /** The try ended without a response that anybody wants. */
    void onTryFailed(FailureReason reason, boolean retriable) {
        endTry();
        if (retriable && decideRetry() == Verdict.RETRY) {
            scheduleRetry();
        } else {
            fail(reason);
        }
    }

    Verdict decideRetry() {
        releaseRetryPermit();
        if (!body.isComplete()) {
            return Verdict.GIVE_UP;
        }
        Verdict verdict = retry.decide(true, cluster().breaker());
        ClusterCounters counters = cluster().counters();
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

    void scheduleRetry() {
        state = State.WAITING;
        timers.armBackoff(retry.backoffNanos(loop.random()));
    }

    @Override
    public void onBackoffOver() {
        countAttempt(exchange(), attempts + 1);
        tryAgain();
    }

    /** Goes on with another endpoint or connection; no retry, since nothing was tried. */
    void repeat(FailureReason reason) {
        if (++repeats > MOST_REPEATS) {
            fail(reason);
            return;
        }
        tryAgain();
    }

    private void tryAgain() {
        body.rewind();
        if (cluster().cluster().isRetired()) {
            Cluster now = home.clusters().find(entry().clusterName());
            if (now != null) {
                releaseRetryPermit();
                cluster = now.onLoop(loop);
            }
        }
        LoopHost picked = cluster().pick(exchange().connection(), tried);
        if (picked == null) {
            fail(FailureReason.NO_HEALTHY_HOST);
        } else {
            open(picked);
        }
    }

    /** Gives up waiting, or the stream. */
    void cancelTry() {
        cancelWaiting();
        timers.stopBackoff();
        timers.stopTry();
        current.cancel();
    }

    void endTry() {
        timers.stopTry();
        current.end();
    }

    private void releaseRetryPermit() {
        if (retryPermit) {
            retryPermit = false;
            cluster().breaker().retryEnded();
        }
    }

    // ---- time ------------------------------------------------------------------------------------------------------

    @Override
    public void onRouteTimeout() {
        cluster().counters().rqTimeout++;
        timeOut(FailureReason.ROUTE_TIMEOUT);
    }

    @Override
    public void onTryTimeout() {
        cluster().counters().rqPerTryTimeout++;
        current.onTimeout();
        cancelTry();
        // Envoy takes it for a reset by itself when it asks whether to retry.
        onTryFailed(FailureReason.PER_TRY_TIMEOUT, retry.isRetriable(FailureReason.LOCAL_RESET, true));
    }

    @Override
    public void onStreamTimeout() {
        cluster().counters().rqMaxDurationReached++;
        timeOut(FailureReason.MAX_STREAM_DURATION);
    }

    @Override
    public void onIdle() {
        timeOut(requestEnded ? FailureReason.STREAM_IDLE_TIMEOUT : FailureReason.REQUEST_IDLE_TIMEOUT);
    }

    private void timeOut(FailureReason reason) {
        if (state == State.SENT) {
            current.onTimeout();
        }
        cancelTry();
        fail(reason);
    }

    // ---- ends ------------------------------------------------------------------------------------------------------

    /** Answers for this reason, or breaks the response off. */
    void fail(FailureReason reason) {
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

    void recycle() {
        current.clear();
        releaseRetryPermit();
        timers.stop();
        body.clear();
        tried.clear();
        retry.giveUp();
        state = State.IDLE;
        exchange = null;
        entry = null;
        forwards = null;
        cluster = null;
        trailersGiven = false;
        repeats = 0;
        requestEndNanos = 0;
        writtenNow = 0;
        credited = 0;
        giveBack();
    }

    /** The call is over: gives it back to its {@link UpstreamCalls}. */
    abstract void giveBack();

    final Exchange exchange() {
        return present(exchange);
    }

    RouteEntry entry() {
        return present(entry);
    }

    LoopCluster cluster() {
        return present(cluster);
    }

    static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new AssertionError("a call that is over was asked for what it had");
        }
        return value;
    }
}
