package dev.weft.proxy.route;

import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Timer;

/** The timers of one call, armed as its {@link Deadlines} say. Loop-confined; part of the call and reused. */
final class CallTimers {
    private final Loop loop;
    private final Timer route;
    private final Timer perTry;
    private final Timer stream;
    private final Timer idle;
    private final Timer backoff;
    private long idleNanos;
    private long lastEvent;

    /** Who is woken. */
    interface Alarms {
        void onRouteTimeout();

        void onTryTimeout();

        void onStreamTimeout();

        void onIdle();

        void onBackoffOver();
    }

    CallTimers(Loop loop, Alarms alarms) {
        this.loop = loop;
        this.route = timer(alarms::onRouteTimeout);
        this.perTry = timer(alarms::onTryTimeout);
        this.stream = timer(alarms::onStreamTimeout);
        this.idle = timer(() -> onIdleCheck(alarms));
        this.backoff = timer(alarms::onBackoffOver);
    }

    /** @param start when the exchange began, 0 for now */
    void begin(Deadlines deadlines, long start) {
        lastEvent = loop.now();
        idleNanos = deadlines.idle();
        if (deadlines.stream() > 0) {
            long passed = start == 0 ? 0 : lastEvent - start;
            loop.schedule(stream, deadlines.stream() - passed);
        }
        if (idleNanos > 0) {
            loop.schedule(idle, idleNanos);
        }
    }

    /** Something moved; returns the time. The idle timer is not armed anew each time: it looks at this when it fires. */
    long touch() {
        lastEvent = loop.now();
        return lastEvent;
    }

    void armRoute(long nanos) {
        if (nanos > 0) {
            loop.schedule(route, nanos);
        }
    }

    void armTry(long nanos) {
        if (nanos > 0) {
            loop.schedule(perTry, nanos);
        }
    }

    void armBackoff(long nanos) {
        loop.schedule(backoff, nanos);
    }

    void stopRoute() {
        loop.cancel(route);
    }

    void stopTry() {
        loop.cancel(perTry);
    }

    void stopBackoff() {
        loop.cancel(backoff);
    }

    void stop() {
        loop.cancel(route);
        loop.cancel(perTry);
        loop.cancel(stream);
        loop.cancel(idle);
        loop.cancel(backoff);
    }

    private void onIdleCheck(Alarms alarms) {
        long left = lastEvent + idleNanos - loop.now();
        if (left > 0) {
            loop.schedule(idle, left);
        } else {
            alarms.onIdle();
        }
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
