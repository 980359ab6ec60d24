package dev.weft.proxy.route;

import dev.weft.proxy.cluster.LoopCluster;
import dev.weft.proxy.cluster.LoopHost;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.UpstreamStream;
import dev.weft.proxy.health.HostMonitor.LocalFailure;
import org.jspecify.annotations.Nullable;

/**
 * One try of a call: its endpoint, its stream, and what it owes to breaker and counters. Loop-confined; part of the call and used
 * again for the next try.
 */
final class UpstreamTry {
    private @Nullable LoopCluster cluster;
    private @Nullable LoopHost host;
    private @Nullable UpstreamStream stream;
    private boolean permit;
    private boolean sent;
    private boolean reused;
    private boolean partlyAnswered;

    /** Aims at an endpoint; nothing is sent yet. */
    void aim(LoopCluster newCluster, LoopHost newHost) {
        cluster = newCluster;
        host = newHost;
        sent = false;
        reused = false;
        partlyAnswered = false;
    }

    LoopCluster cluster() {
        return UpstreamTries.present(cluster);
    }

    LoopHost host() {
        return UpstreamTries.present(host);
    }

    /** Null while there is none. */
    @Nullable
    UpstreamStream stream() {
        return stream;
    }

    @SuppressWarnings("ReferenceEquality") // streams are themselves
    boolean isOn(UpstreamStream one) {
        return stream == one;
    }

    /** Asks the breaker. */
    boolean admit() {
        permit = cluster().breaker().admitRequest();
        if (!permit) {
            cluster().counters().rqActiveOverflow++;
        }
        return permit;
    }

    void begin(UpstreamStream opened) {
        stream = opened;
        sent = true;
        reused = opened.isReused();
        cluster().requestStarted(host());
    }

    /** The stream is over: permits go back. */
    void end() {
        if (stream != null) {
            stream = null;
            permit = false;
            cluster().requestEnded(host());
        } else if (permit) {
            permit = false;
            cluster().breaker().requestEnded();
        }
    }

    /** Gives the stream up, if there is one. */
    void cancel() {
        UpstreamStream current = stream;
        if (current != null) {
            end();
            cluster().counters().rqTxReset++;
            current.cancel();
        }
    }

    /** A 1xx head came: the upstream saw the request. */
    void onPartlyAnswered() {
        partlyAnswered = true;
    }

    void onResponse(int status) {
        host().host().monitor().onResponse(status);
        if (status >= 500) {
            host().rqError++;
        } else {
            host().rqSuccess++;
        }
    }

    void onReset() {
        cluster().counters().rqRxReset++;
        host().rqError++;
        host().host().monitor().onLocalFailure(LocalFailure.RESET);
    }

    void onConnectFailed() {
        cluster().counters().rqPendingFailureEject++;
        host().rqError++;
    }

    void onTimeout() {
        host().rqTimeout++;
        host().host().monitor().onLocalFailure(LocalFailure.REQUEST_TIMEOUT);
    }

    /** Whether any byte of the request went to the upstream. */
    boolean isSent() {
        return sent;
    }

    /**
     * Whether the upstream never saw the request, or seems not to: it said so (its GOAWAY crossed the stream), or a connection that
     * had been idle closed without a byte of an answer. Then the request may be sent again, apart from all retries, if that
     * changes nothing.
     */
    boolean isUnseen(FailureReason reason, HttpMethod method) {
        if (partlyAnswered) {
            return false;
        }
        if (reason == FailureReason.UPSTREAM_REFUSED_STREAM) {
            return true;
        }
        return reason == FailureReason.UPSTREAM_CLOSED
                && reused
                && switch (method) {
                    case GET, HEAD, PUT, DELETE, OPTIONS, TRACE -> true;
                    case POST, PATCH, CONNECT, OTHER -> false;
                };
    }

    void clear() {
        end();
        cluster = null;
        host = null;
    }
}
