package dev.weft.proxy.upstream;

import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.UpstreamStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one loop to one endpoint: ready ones, those being made, and the requests that wait for them.
 *
 * <p>Owned by {@code proxy.cluster} per (endpoint, loop); loop-confined. Takes the connection that was used last, so that
 * the others grow idle and are closed. A request that finds none waits, and its wait counts against the cluster's limits.
 *
 * <p>As many connections are made as the waiting requests need: one each for HTTP/1, one for up to {@link
 * #STREAMS_EXPECTED} of them where HTTP/2 may come of it.
 */
@SuppressWarnings("ReferenceEquality") // connections and listeners are themselves, never equal to another
public final class ConnectionPool implements ConnectionOwner {
    private static final int STREAMS_EXPECTED = 100;

    private final Loop loop;
    private final Connector connector;
    private final PoolOptions options;
    private final Admission admission;

    // The last one is the one used last.
    private final List<UpstreamConnection> ready = new ArrayList<>(4);
    private final List<UpstreamConnection> all = new ArrayList<>(4);
    private @Nullable StreamRequest firstWaiting;
    private @Nullable StreamRequest lastWaiting;
    private int waiting;
    private int connecting;
    private boolean closing;

    /** A pool without connections; they are made when asked for. */
    public ConnectionPool(Loop loop, Connector connector, PoolOptions options, Admission admission) {
        this.loop = loop;
        this.connector = connector;
        this.options = options;
        this.admission = admission;
    }

    /** Gets a stream for the request, now or later. */
    public void open(StreamRequest request) {
        int last = ready.size() - 1;
        if (last >= 0) {
            give(last, request);
            return;
        }
        if (closing) {
            request.onRefused(FailureReason.NO_HEALTHY_HOST, "");
            return;
        }
        if (!admission.admitWaiting()) {
            request.onRefused(FailureReason.OVERFLOW, "");
            return;
        }
        enqueue(request);
        connectWaiting();
    }

    /** Makes the connections that waiting requests need and the cluster admits. */
    public void connectWaiting() {
        int perConnection =
                options.protocol() == PoolOptions.Protocol.HTTP2 || options.protocol() == PoolOptions.Protocol.ALPN
                        ? STREAMS_EXPECTED
                        : 1;
        while (!closing && waiting > connecting * perConnection && admission.admitConnection()) {
            connecting++;
            connector.connect(this, loop, options);
        }
    }

    /** How many connections there are, those being made not counted. */
    public int connections() {
        return all.size();
    }

    /** How many streams are open. */
    public int active() {
        int streams = 0;
        for (UpstreamConnection connection : all) {
            streams += connection.active();
        }
        return streams;
    }

    /** How many requests wait. */
    public int waiting() {
        return waiting;
    }

    /** Whether nothing is left that would be lost with the pool. */
    public boolean isIdle() {
        return waiting == 0 && connecting == 0 && active() == 0;
    }

    /** Closes one connection without streams; whether there was one. */
    public boolean closeIdle() {
        for (UpstreamConnection connection : all) {
            if (connection.active() == 0) {
                connection.close();
                return true;
            }
        }
        return false;
    }

    /** Takes no new streams on the connections there are; new requests make new ones, for a new version of secrets. */
    public void drainConnections() {
        ready.clear();
        for (UpstreamConnection connection : List.copyOf(all)) {
            connection.drain();
        }
    }

    /** The endpoint is gone: waiting requests are refused, open streams run to their end. */
    public void shutdown() {
        closing = true;
        refuseAll(FailureReason.NO_HEALTHY_HOST, "");
        drainConnections();
    }

    /** Closes everything now; streams are reset. */
    public void close() {
        closing = true;
        refuseAll(FailureReason.NO_HEALTHY_HOST, "");
        ready.clear();
        for (UpstreamConnection connection : List.copyOf(all)) {
            connection.close();
        }
    }

    @Override
    public void onCapacity(UpstreamConnection connection) {
        if (connection.capacity() == 0) {
            ready.remove(connection);
            return;
        }
        if (!ready.contains(connection)) {
            ready.add(connection);
        }
        serveWaiting();
    }

    @Override
    public void onClosed(UpstreamConnection connection) {
        all.remove(connection);
        ready.remove(connection);
        admission.connectionEnded();
        connectWaiting();
    }

    /** For the connector: the connection is usable. */
    void onConnected(UpstreamConnection connection) {
        connecting--;
        all.add(connection);
        if (closing) {
            connection.drain();
            return;
        }
        onCapacity(connection);
        // What was thought to be one HTTP/2 connection may have become HTTP/1: the others need their own.
        connectWaiting();
    }

    /** For the connector: no connection came of it. All who wait are told, as in Envoy: the next would fail as well. */
    void onConnectFailed(FailureReason reason, String detail) {
        connecting--;
        admission.connectionEnded();
        refuseAll(reason, detail);
    }

    void cancel(StreamRequest request) {
        unlink(request);
        admission.waitingEnded();
    }

    private void serveWaiting() {
        while (firstWaiting != null && !ready.isEmpty()) {
            StreamRequest request = firstWaiting;
            unlink(request);
            admission.waitingEnded();
            give(ready.size() - 1, request);
        }
    }

    private void give(int at, StreamRequest request) {
        if (request.admitStream()) {
            request.onStream(take(at, request));
        } else {
            request.onRefused(FailureReason.OVERFLOW, "");
        }
    }

    private UpstreamStream take(int at, StreamRequest request) {
        UpstreamConnection connection = ready.get(at);
        UpstreamStream stream = connection.open(request);
        if (connection.capacity() == 0 && at < ready.size() && ready.get(at) == connection) {
            ready.remove(at);
        }
        return stream;
    }

    private void refuseAll(FailureReason reason, String detail) {
        StreamRequest request;
        int most = waiting;
        // Those who ask again from within the callback come behind the last one and are not refused with it.
        while (most-- > 0 && (request = firstWaiting) != null) {
            unlink(request);
            admission.waitingEnded();
            request.onRefused(reason, detail);
        }
    }

    private void enqueue(StreamRequest request) {
        StreamRequest last = lastWaiting;
        request.waitsIn = this;
        request.previous = last;
        request.next = null;
        if (last == null) {
            firstWaiting = request;
        } else {
            last.next = request;
        }
        lastWaiting = request;
        waiting++;
    }

    private void unlink(StreamRequest request) {
        StreamRequest previous = request.previous;
        StreamRequest next = request.next;
        if (previous == null) {
            firstWaiting = next;
        } else {
            previous.next = next;
        }
        if (next == null) {
            lastWaiting = previous;
        } else {
            next.previous = previous;
        }
        request.previous = null;
        request.next = null;
        request.waitsIn = null;
        waiting--;
    }
}
