package dev.weft.control.kubernetes.identity;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this replica is the one that writes: holds a Lease, tries again for as long as it lives, gives it up when it stops. Owns one
 * thread, on which listeners run; {@link #isLeader} may be asked by any.
 *
 * <p>Why our own: the client's elector compares the clocks of two machines, and an election that ends while the API server is away never
 * begins again. Here another's lease is over when it has not moved for its length by our own clock, and our own is over {@code deadline}
 * after the last renewal began, whether or not anybody could tell us: shorter than the length, so that a leader stops writing before the
 * next begins.
 */
public final class Leadership implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    private final KubernetesClient client;
    private final Seat seat;
    private final Times times;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopped = lock.newCondition();

    @GuardedBy("lock")
    private final List<Runnable> listeners = new ArrayList<>();

    @GuardedBy("lock")
    private boolean closed;

    private volatile boolean holding;
    private volatile long holdsUntil;

    /** What was seen of another's lease, and when it last moved. Confined to the thread. */
    private @Nullable String seen;

    private long seenAt;

    /**
     * How long a lease holds, when its holder gives up, how often it is tried.
     *
     * @param deadline shorter than {@code lease}
     */
    public record Times(Duration lease, Duration deadline, Duration retry) {
        public static final Times DEFAULT =
                new Times(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
    }

    /** The Lease, and who wants it. */
    public record Seat(String namespace, String lease, String identity) {}

    public Leadership(KubernetesClient client, Seat seat, Times times, InstantSource clock, LongSupplier nanoTime) {
        this.client = client;
        this.seat = seat;
        this.times = times;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.thread = Thread.ofPlatform().name("leader").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    public boolean isLeader() {
        return holding && nanoTime.getAsLong() - holdsUntil < 0;
    }

    /** Calls {@code listener} whenever this replica becomes the leader, at once if it is. */
    public void onElected(Runnable listener) {
        lock.lock();
        try {
            listeners.add(listener);
        } finally {
            lock.unlock();
        }
        if (isLeader()) {
            listener.run();
        }
    }

    private void run() {
        try {
            do {
                attempt();
            } while (!awaitEnd(times.retry()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            release();
        }
    }

    private boolean awaitEnd(Duration time) throws InterruptedException {
        lock.lock();
        try {
            long left = time.toNanos();
            while (!closed && left > 0) {
                left = stopped.awaitNanos(left);
            }
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void attempt() {
        long began = nanoTime.getAsLong();
        boolean won = false;
        if (holding && !isLeader()) {
            // What was written meanwhile is not ours: whoever leads again begins again.
            deposed();
        }
        try {
            won = take(began);
        } catch (KubernetesClientException e) {
            // 409 and 404: another was faster. Anything else: not reachable, and a lease that we hold runs on until its
            // deadline.
            if (e.getCode() != 409 && e.getCode() != 404) {
                LOG.warn("lease cannot be renewed lease={} reason=\"{}\"", seat.lease(), e.getMessage());
                won = isLeader();
                if (won) {
                    return;
                }
            }
        } catch (RuntimeException e) {
            LOG.error("lease cannot be renewed lease={}", seat.lease(), e);
        }
        if (won) {
            if (holding && !isLeader()) {
                // The answer came behind the deadline: for a while nobody led here, and what was written then is not
                // ours.
                deposed();
            }
            holdsUntil = began + times.deadline().toNanos();
            if (!holding) {
                elected();
            }
        } else if (holding) {
            deposed();
        }
    }

    private void deposed() {
        holding = false;
        LOG.info("no longer the leader lease={} identity={}", seat.lease(), seat.identity());
    }

    /** Whether the lease is ours now. */
    private boolean take(long now) {
        Lease lease = client.leases()
                .inNamespace(seat.namespace())
                .withName(seat.lease())
                .get();
        if (lease == null) {
            client.resource(new LeaseBuilder()
                            .withNewMetadata()
                            .withNamespace(seat.namespace())
                            .withName(seat.lease())
                            .addToLabels(Owned.LABEL, Owned.VALUE)
                            .endMetadata()
                            .withSpec(held(new LeaseSpec(), true))
                            .build())
                    .create();
            return true;
        }
        LeaseSpec spec = lease.getSpec() == null ? new LeaseSpec() : lease.getSpec();
        String holder = spec.getHolderIdentity() == null ? "" : spec.getHolderIdentity();
        boolean ours = holder.equals(seat.identity());
        if (!ours && !holder.isEmpty() && !isOver(holder + " " + spec.getRenewTime(), now)) {
            return false;
        }
        lease.setSpec(held(spec, !ours));
        // With the version that was read: of two who saw it free one gets a conflict.
        client.resource(lease).update();
        return true;
    }

    private boolean isOver(String record, long now) {
        if (!Objects.equals(seen, record)) {
            seen = record;
            seenAt = now;
            return false;
        }
        return now - seenAt >= times.lease().toNanos();
    }

    private LeaseSpec held(LeaseSpec spec, boolean changesHands) {
        ZonedDateTime now = clock.instant().atZone(ZoneOffset.UTC);
        spec.setHolderIdentity(seat.identity());
        spec.setLeaseDurationSeconds((int) Math.max(1, times.lease().toSeconds()));
        spec.setRenewTime(now);
        if (changesHands) {
            spec.setAcquireTime(now);
            spec.setLeaseTransitions(spec.getLeaseTransitions() == null ? 0 : spec.getLeaseTransitions() + 1);
        }
        return spec;
    }

    private void elected() {
        holding = true;
        LOG.info("elected lease={}/{} identity={}", seat.namespace(), seat.lease(), seat.identity());
        List<Runnable> all;
        lock.lock();
        try {
            all = List.copyOf(listeners);
        } finally {
            lock.unlock();
        }
        for (Runnable listener : all) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                LOG.error("a duty of the leader could not begin", e);
            }
        }
    }

    /** An empty holder lets the next one in at once. */
    private void release() {
        if (!holding) {
            return;
        }
        holding = false;
        try {
            Lease lease = client.leases()
                    .inNamespace(seat.namespace())
                    .withName(seat.lease())
                    .get();
            if (lease != null
                    && lease.getSpec() != null
                    && seat.identity().equals(lease.getSpec().getHolderIdentity())) {
                lease.getSpec().setHolderIdentity("");
                client.resource(lease).update();
            }
        } catch (RuntimeException e) {
            LOG.info("the lease could not be given up, it ends by itself lease={}", seat.lease());
        }
    }

    /** Gives the lease up. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            stopped.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
