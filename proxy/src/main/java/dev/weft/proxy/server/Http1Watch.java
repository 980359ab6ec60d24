package dev.weft.proxy.server;

import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Timer;
import org.jspecify.annotations.Nullable;

/**
 * All timeouts of one HTTP/1 client connection in one timer.
 *
 * <p>Loop-confined. Progress only notes the time; the timer looks what is due when it fires, and sleeps until the next
 * thing may be. So a busy connection does not touch the timing wheel for its requests.
 */
final class Http1Watch extends Timer {
    private static final long NEVER = Long.MAX_VALUE;

    private final Loop loop;
    private final Http1Server server;
    private final long idle;
    private final long streamIdle;
    private final long requestHeaders;
    private final long request;
    private final long duration;
    private final long connection;
    private final long shortest;
    private final long opened;
    private long progress;
    private long exchangeStart;
    private long closeAt = NEVER;
    private long wakeAt = NEVER;

    Http1Watch(Loop loop, ServerOptions.Timeouts timeouts, Http1Server server) {
        this.loop = loop;
        this.server = server;
        this.idle = timeouts.idle().toNanos();
        this.streamIdle = timeouts.streamIdle().toNanos();
        this.requestHeaders = timeouts.requestHeaders().toNanos();
        this.request = timeouts.request().toNanos();
        this.duration = timeouts.maxDuration().toNanos();
        this.connection = timeouts.maxConnectionDuration().toNanos();
        this.opened = loop.now();
        this.progress = opened;
        long least = NEVER;
        for (long limit : new long[] {streamIdle, requestHeaders, request, duration}) {
            least = limit > 0 ? Math.min(least, limit) : least;
        }
        this.shortest = least;
        sleepUntil(nextDue(opened));
    }

    /** Something was read or written. */
    void progressed() {
        progress = loop.now();
    }

    /** The first byte of a request came. */
    void exchangeStarted() {
        long now = loop.now();
        exchangeStart = now;
        progress = now;
        if (shortest != NEVER && wakeAt > now + shortest) {
            sleepUntil(now + shortest);
        }
    }

    /** Close the connection after so long, whatever happens. */
    void closeAfter(long nanos) {
        closeAt = loop.now() + nanos;
        sleepUntil(closeAt);
    }

    /** Whether the connection is older than it may get. */
    boolean isConnectionOld() {
        return connection > 0 && loop.now() - opened >= connection;
    }

    void stop() {
        loop.cancel(this);
    }

    @Override
    protected void onTimer() {
        wakeAt = NEVER;
        long now = loop.now();
        if (now >= closeAt || (server.exchange() == null && isPast(now, progress, idle))) {
            server.closeNow();
            return;
        }
        if (isConnectionOld()) {
            server.drain();
        }
        if (server.exchange() != null) {
            FailureReason reason = overdue(now);
            if (reason != null) {
                server.onTimeout(reason);
            }
        }
        if (!server.isClosed()) {
            sleepUntil(nextDue(now));
        }
    }

    private @Nullable FailureReason overdue(long now) {
        if (server.isReadingHead()) {
            return isPast(now, exchangeStart, requestHeaders) || isPast(now, exchangeStart, request)
                    ? FailureReason.REQUEST_HEADER_TIMEOUT
                    : isPast(now, progress, streamIdle) ? FailureReason.REQUEST_IDLE_TIMEOUT : null;
        }
        boolean reading = server.isReadingBody();
        if (reading && isPast(now, exchangeStart, request)) {
            return FailureReason.REQUEST_TIMEOUT;
        }
        if (isPast(now, exchangeStart, duration)) {
            return FailureReason.MAX_STREAM_DURATION;
        }
        if (isPast(now, progress, streamIdle)) {
            return reading ? FailureReason.REQUEST_IDLE_TIMEOUT : FailureReason.STREAM_IDLE_TIMEOUT;
        }
        return null;
    }

    private long nextDue(long now) {
        long due = closeAt;
        if (connection > 0 && !isConnectionOld()) {
            due = Math.min(due, opened + connection);
        }
        if (server.exchange() == null) {
            return Math.min(due, idle > 0 ? progress + idle : NEVER);
        }
        due = earlier(due, now, exchangeStart, requestHeaders);
        due = earlier(due, now, exchangeStart, request);
        due = earlier(due, now, exchangeStart, duration);
        return earlier(due, now, progress, streamIdle);
    }

    private static long earlier(long due, long now, long start, long limit) {
        return limit > 0 && start + limit > now ? Math.min(due, start + limit) : due;
    }

    private static boolean isPast(long now, long start, long limit) {
        return limit > 0 && now - start >= limit;
    }

    private void sleepUntil(long when) {
        if (when != NEVER && when < wakeAt) {
            wakeAt = when;
            loop.schedule(this, when - loop.now());
        }
    }
}
