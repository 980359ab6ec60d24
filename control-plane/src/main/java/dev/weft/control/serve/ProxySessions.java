package dev.weft.control.serve;

import dev.weft.control.cache.ResourceSnapshot;
import dev.weft.control.cache.SnapshotSource;
import dev.weft.control.registry.ClientNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All open streams, and the way a change of the mesh takes to them: through the {@link PushQueue}. Safe for many threads.
 */
public final class ProxySessions {

    private static final Logger LOG = LoggerFactory.getLogger(ProxySessions.class);

    private final SnapshotSource snapshots;
    private final ServeObserver observer;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoTime;
    private final InstantSource clock;
    private final PushQueue<AdsSession> queue;
    private volatile long changedAt;
    private final Set<AdsSession> open = ConcurrentHashMap.newKeySet();

    /**
     * @param workers runs translations, which use the processor
     * @param timer ends waits; its tasks are short, and forgotten when they are cancelled
     * @param clock by which credentials expire
     */
    public ProxySessions(
            SnapshotSource snapshots,
            ServeObserver observer,
            Executor workers,
            ScheduledExecutorService timer,
            LongSupplier nanoTime,
            InstantSource clock) {
        this.clock = clock;
        this.snapshots = snapshots;
        this.observer = observer;
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.changedAt = nanoTime.getAsLong();
        this.queue = new PushQueue<>(
                this::push,
                workers,
                PushQueue.defaultConcurrency(Runtime.getRuntime().availableProcessors()));
    }

    /** @param expires when the caller's credential does: the stream ends then, and its client comes back with a new one */
    AdsSession open(ClientNode node, AdsStream.Variant variant, AdsSession.Outbox outbox, Instant expires) {
        AdsSession session = new AdsSession(node, variant, outbox, observer, timer, nanoTime);
        observer.opened(node);
        open.add(session);
        queue.enqueue(session);
        awaitExpiry(session, expires);
        LOG.info("proxy connected node={} variant={} agent={}", node.id(), variant, node.userAgent());
        return session;
    }

    private void awaitExpiry(AdsSession session, Instant expires) {
        Duration left = Duration.between(clock.instant(), expires);
        session.expireAfter(left, () -> {
            // The timer runs by another clock.
            if (clock.instant().isBefore(expires)) {
                awaitExpiry(session, expires);
                return;
            }
            LOG.info(
                    "the token has expired, the proxy is to connect again node={}",
                    session.node().id());
            session.expire();
            close(session);
        });
    }

    void close(AdsSession session) {
        if (open.remove(session)) {
            session.close();
            queue.remove(session);
            snapshots.release(session.node());
            observer.closed(session.node());
            LOG.info("proxy disconnected node={}", session.node().id());
        }
    }

    /** The mesh has changed: everybody gets what is new for him, in time. */
    public void pushAll() {
        changedAt = nanoTime.getAsLong();
        open.forEach(queue::enqueue);
    }

    public int size() {
        return open.size();
    }

    private void push(AdsSession session) {
        long start = nanoTime.getAsLong();
        try {
            ResourceSnapshot snapshot = snapshots.snapshot(session.node());
            if (open.contains(session)) {
                session.onSnapshot(snapshot);
                long now = nanoTime.getAsLong();
                observer.pushed(now - start);
                observer.converged(now - Math.max(changedAt, session.openedAt()));
            }
        } catch (RuntimeException | AssertionError e) {
            // A stream that fails alone keeps what it has; the others must not suffer.
            LOG.error("push failed node={}", session.node().id(), e);
            observer.pushFailed();
        }
    }
}
