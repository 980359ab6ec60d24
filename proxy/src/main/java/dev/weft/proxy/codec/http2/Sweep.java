package dev.weft.proxy.codec.http2;

import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Timer;
import java.util.concurrent.TimeUnit;

/**
 * Looks now and then after the streams of a connection that wait too long; sleeps while there are none.
 *
 * <p>Loop-confined. One timer for all streams: a request costs the timing wheel nothing.
 */
final class Sweep extends Timer {
    private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(250);

    private final Http2Connection connection;
    private final Http2Endpoint endpoint;
    private final ConnectionFlush flush;
    private final Loop loop;
    private final long flushTimeout;

    Sweep(Http2Connection connection, Http2Endpoint endpoint, ConnectionFlush flush, Loop loop, Http2Config config) {
        this.connection = connection;
        this.endpoint = endpoint;
        this.flush = flush;
        this.loop = loop;
        this.flushTimeout = config.flushTimeout().toNanos();
    }

    void arm() {
        if (!isArmed()) {
            loop.schedule(this, INTERVAL);
        }
    }

    @Override
    protected void onTimer() {
        long due = loop.now() - flushTimeout;
        for (Http2Stream stream : connection.streams().all()) {
            if (!stream.isOpen()) {
                continue; // ended by what was done with another one
            }
            if (stream.hasQueued() && stream.stuckSince < due) {
                connection.streams().giveUp(stream);
            } else {
                endpoint.onSweep(stream);
            }
        }
        if (flush.isStuckSince(due)) {
            connection.close();
        } else if (connection.activeStreams() > 0 || flush.isWaiting()) {
            arm();
        }
    }
}
