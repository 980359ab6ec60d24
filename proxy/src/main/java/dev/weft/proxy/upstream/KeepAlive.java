package dev.weft.proxy.upstream;

import dev.weft.proxy.codec.http2.Http2Connection;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Timer;
import java.time.Duration;

/**
 * Finds out about a peer that went away without a word, by pings (RFC 9113 section 6.7) while streams are open. Loop-confined.
 *
 * <p>A peer has as long to answer as there is between two questions, ten seconds at most.
 */
final class KeepAlive extends Timer {
    private static final long MOST_WAIT = Duration.ofSeconds(10).toNanos();

    private final Loop loop;
    private final long interval;
    private final Http2Connection connection;
    private boolean asked;

    /** @param interval zero never asks */
    KeepAlive(Loop loop, Duration interval, Http2Connection connection) {
        this.loop = loop;
        this.interval = interval.toNanos();
        this.connection = connection;
        again(this.interval);
    }

    void answered() {
        if (asked) {
            asked = false;
            again(interval);
        }
    }

    void stop() {
        loop.cancel(this);
    }

    @Override
    protected void onTimer() {
        if (asked) {
            connection.close();
        } else if (connection.activeStreams() > 0) {
            asked = true;
            connection.ping();
            again(Math.min(interval, MOST_WAIT));
        } else {
            again(interval);
        }
    }

    private void again(long nanos) {
        if (interval > 0) {
            loop.schedule(this, nanos);
        }
    }
}
