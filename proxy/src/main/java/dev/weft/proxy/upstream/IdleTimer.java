package dev.weft.proxy.upstream;

import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Timer;
import java.time.Duration;

/**
 * Closes a connection that had no stream for a while.
 *
 * <p>Loop-confined. Using the connection only notes the time; the timer looks when it fires and waits for the rest, so
 * that a busy connection arms it once per idle time and not once per request.
 */
final class IdleTimer extends Timer {
    private final Loop loop;
    private final long limit;
    private final UpstreamConnection connection;
    private long lastUse;

    IdleTimer(Loop loop, Duration limit, UpstreamConnection connection) {
        this.loop = loop;
        this.limit = limit.toNanos();
        this.connection = connection;
        this.lastUse = loop.now();
        if (this.limit > 0) {
            loop.schedule(this, this.limit);
        }
    }

    /** A stream ended just now. */
    void touch() {
        lastUse = loop.now();
    }

    void stop() {
        loop.cancel(this);
    }

    @Override
    protected void onTimer() {
        long left = connection.active() > 0 ? limit : lastUse + limit - loop.now();
        if (left <= 0) {
            connection.close();
        } else {
            loop.schedule(this, left);
        }
    }
}
