package dev.weft.control.serve;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.weft.control.cache.ResourceSnapshot;
import dev.weft.control.registry.ClientNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One open stream: puts an {@link AdsStream} under a lock and moves its pushes into the transport as fast as that takes them.
 *
 * <p>Entered by gRPC's threads (requests, writability), by the push queue (a new snapshot) and by the timer; the lock makes them
 * take turns. Nothing under the lock blocks.
 */
final class AdsSession {

    /** Where pushes go. */
    interface Outbox {
        /** Whether the transport would take a message without piling it up. */
        boolean isReady();

        void send(Push push);

        /** Ends the stream since its credential is good no longer. */
        void expire();
    }

    /** What a session tells others. */
    interface Observer {
        void sent(ClientNode node, Push push);

        void noted(ClientNode node, AdsEvent event);
    }

    private final ClientNode node;
    private final Outbox outbox;
    private final Observer observer;
    private final ScheduledExecutorService timer;
    private final long openedAt;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final AdsStream stream;

    @GuardedBy("lock")
    private @Nullable ScheduledFuture<?> wakeUp;

    @GuardedBy("lock")
    private @Nullable ScheduledFuture<?> expiry;

    @GuardedBy("lock")
    private boolean closed;

    AdsSession(
            ClientNode node,
            AdsStream.Variant variant,
            Outbox outbox,
            Observer observer,
            ScheduledExecutorService timer,
            LongSupplier nanoTime) {
        this.node = node;
        this.outbox = outbox;
        this.observer = observer;
        this.timer = timer;
        this.openedAt = nanoTime.getAsLong();
        this.stream = new AdsStream(variant, node.userAgent(), nanoTime);
    }

    ClientNode node() {
        return node;
    }

    /** By the clock of the stream, in nanoseconds. */
    long openedAt() {
        return openedAt;
    }

    void onRequest(AdsRequest request) {
        lock.lock();
        try {
            note(stream.onRequest(request));
            flush();
        } finally {
            lock.unlock();
        }
    }

    void onSnapshot(ResourceSnapshot snapshot) {
        lock.lock();
        try {
            stream.onSnapshot(snapshot);
            flush();
        } finally {
            lock.unlock();
        }
    }

    /** The transport takes messages again, or a wait has ended. */
    void onReady() {
        lock.lock();
        try {
            flush();
        } finally {
            lock.unlock();
        }
    }

    /** Calls {@code expired} when the credential is good no longer, unless the stream has ended by then. */
    void expireAfter(Duration time, Runnable expired) {
        lock.lock();
        try {
            if (!closed) {
                expiry = timer.schedule(expired, Math.max(0, time.toNanos()), TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the stream between two pushes. */
    void expire() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                outbox.expire();
            }
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            if (wakeUp != null) {
                wakeUp.cancel(false);
            }
            if (expiry != null) {
                expiry.cancel(false);
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void flush() {
        while (!closed && outbox.isReady()) {
            Optional<Push> push = stream.next();
            note(stream.drainEvents());
            if (push.isEmpty()) {
                break;
            }
            outbox.send(push.get());
            observer.sent(node, push.get());
        }
        OptionalLong wait = stream.wakeAfter();
        if (wakeUp != null) {
            wakeUp.cancel(false);
            wakeUp = null;
        }
        if (wait.isPresent() && !closed) {
            wakeUp = timer.schedule(this::onReady, wait.getAsLong(), TimeUnit.NANOSECONDS);
        }
    }

    @GuardedBy("lock")
    private void note(List<AdsEvent> events) {
        events.forEach(event -> observer.noted(node, event));
    }
}
