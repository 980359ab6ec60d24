package dev.weft.proxy.server;

import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Timer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The timeouts of one HTTP/2 client connection and of its streams.
 *
 * <p>Loop-confined. The timer sleeps until the connection may be due; streams are asked for now and then by the connection's
 * sweep, so that no stream needs a timer of its own.
 */
final class Http2Watch extends Timer {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Loop loop;
    private final Http2Server server;
    private final ServerOptions.Timeouts timeouts;
    private final long opened;
    private long lastUse;
    private long drainAt = NEVER;

    Http2Watch(Loop loop, ServerOptions.Timeouts timeouts, Http2Server server) {
        this.loop = loop;
        this.server = server;
        this.timeouts = timeouts;
        this.opened = loop.now();
        this.lastUse = opened;
        sleep(opened);
    }

    void streamStarted() {
        lastUse = loop.now();
    }

    void streamEnded() {
        lastUse = loop.now();
    }

    /** The client was told that we go away; see to it that we do, if it does not answer. */
    void drainAnnounced() {
        drainAt = loop.now() + DRAIN_NANOS;
        sleep(loop.now());
    }

    void stop() {
        loop.cancel(this);
    }

    /** What an exchange is to be ended for; null if it is within its times. */
    @Nullable
    FailureReason overdue(long start, long progress, boolean reading) {
        long now = loop.now();
        if (reading && isPast(now, start, timeouts.request().toNanos())) {
            return FailureReason.REQUEST_TIMEOUT;
        }
        if (isPast(now, start, timeouts.maxDuration().toNanos())) {
            return FailureReason.MAX_STREAM_DURATION;
        }
        if (isPast(now, progress, timeouts.streamIdle().toNanos())) {
            return reading ? FailureReason.REQUEST_IDLE_TIMEOUT : FailureReason.STREAM_IDLE_TIMEOUT;
        }
        return null;
    }

    @Override
    protected void onTimer() {
        long now = loop.now();
        if (now >= drainAt) {
            drainAt = NEVER;
            server.finishDrain();
        }
        if (server.isIdle() && isPast(now, lastUse, timeouts.idle().toNanos())) {
            server.closeNow();
            return;
        }
        if (isPast(now, opened, timeouts.maxConnectionDuration().toNanos())) {
            server.drain();
        }
        sleep(now);
    }

    private void sleep(long now) {
        long due = drainAt;
        long age = timeouts.maxConnectionDuration().toNanos();
        if (age > 0 && opened + age > now) {
            due = Math.min(due, opened + age);
        }
        long idle = timeouts.idle().toNanos();
        if (idle > 0) {
            // While streams are open nothing of it is due; look again after another idle time.
            due = Math.min(due, server.isIdle() ? lastUse + idle : now + idle);
        }
        if (due != NEVER) {
            loop.schedule(this, Math.max(1, due - now));
        }
    }

    private static boolean isPast(long now, long start, long limit) {
        return limit > 0 && now - start >= limit;
    }
}
