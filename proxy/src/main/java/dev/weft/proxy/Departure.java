package dev.weft.proxy;

import dev.weft.proxy.config.ConfigHolder;
import dev.weft.proxy.config.ConfigHolder.Leaving;
import dev.weft.proxy.listener.Listeners;
import dev.weft.proxy.pod.PodEnvironment.DrainEnd;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a proxy leaves its mesh without a failed request. It begins by looking unready and telling each client that asks to go
 * elsewhere, but takes new connections still: callers learn of a pod's end later than the pod does. Only then does it stop listening,
 * and what is open may finish. A sidecar leaves by its inbound listeners; its application may call others to the end.
 *
 * <p>{@link #begin} from any thread; {@link #finish} from one that may wait.
 */
final class Departure {
    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

    /** Of the time that there is, so much is for callers to learn of it, as of 5 seconds 3. */
    private static final double SHARE_OF_NOTICE = 0.6;

    private static final Duration MOST_NOTICE = Duration.ofSeconds(5);
    private static final Duration FOR_EVER = Duration.ofDays(1);
    private static final long LOOK_MILLIS = 50;

    private final ConfigHolder config;
    private final Listeners listeners;
    private final Executor control;
    private final Leaving scope;
    private final Duration limit;
    private final DrainEnd end;
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile long begunAt;

    /**
     * @param control the control thread
     * @param limit how long all of it may take, where {@code end} is a matter of time
     */
    Departure(ProxyApp app, Executor control, Leaving scope, Duration limit, DrainEnd end) {
        this.config = app.config();
        this.listeners = app.listeners();
        this.control = control;
        this.scope = scope;
        this.limit = limit;
        this.end = end;
    }

    boolean hasBegun() {
        return begun.get();
    }

    /** Gives notice. Once is enough. */
    void begin() {
        if (begun.compareAndSet(false, true)) {
            begunAt = System.nanoTime();
            LOG.info("leaving the mesh connections={} limitMillis={}", listeners.connections(), limit.toMillis());
            config.leave(scope);
            control.execute(() -> listeners.leave(scope));
        }
    }

    /** Returns when nothing is left to wait for. */
    void finish() throws InterruptedException {
        begin();
        Duration notice = notice();
        TimeUnit.NANOSECONDS.sleep(begunAt + notice.toNanos() - System.nanoTime());
        Duration rest = end == DrainEnd.TIME ? limit.minus(notice) : FOR_EVER;
        control.execute(() -> listeners.end(scope, rest));
        long deadline = System.nanoTime() + rest.toNanos();
        while (listeners.connections(scope) > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private Duration notice() {
        Duration share =
                end == DrainEnd.TIME ? Duration.ofMillis(Math.round(limit.toMillis() * SHARE_OF_NOTICE)) : limit;
        return share.compareTo(MOST_NOTICE) < 0 ? share : MOST_NOTICE;
    }
}
