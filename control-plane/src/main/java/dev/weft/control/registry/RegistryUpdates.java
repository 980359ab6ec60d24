package dev.weft.control.registry;

import com.google.common.collect.Sets;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.weft.control.source.SourceState;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKind;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From what the source says to new snapshots: waits for a burst of changes to end, joins, hands on. Owns one thread, which does the
 * joining; states may come from any thread, and only the newest counts.
 */
public final class RegistryUpdates implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RegistryUpdates.class);

    private final Consumer<RegistryUpdate> listener;
    private final LongSupplier nanoTime;
    private final String cluster;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    @GuardedBy("lock")
    private final Debouncer debouncer;

    @GuardedBy("lock")
    private @Nullable SourceState newest;

    @GuardedBy("lock")
    private boolean closed;

    /** What the last update was made of. */
    @GuardedBy("lock")
    private SourceState applied = SourceState.EMPTY;

    /** Written by whoever starts this, then by the thread only. */
    private @Nullable RegistrySnapshot last;

    /** @param cluster that the workloads are of */
    public RegistryUpdates(
            Debouncer.Times times, Consumer<RegistryUpdate> listener, LongSupplier nanoTime, String cluster) {
        this.cluster = cluster;
        this.debouncer = new Debouncer(times);
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.thread = Thread.ofPlatform().name("registry").daemon().unstarted(this::run);
    }

    /** Takes the first state, and hands on the first snapshot before it returns. */
    public void start(SourceState first) {
        lock.lock();
        try {
            applied = first;
        } finally {
            lock.unlock();
        }
        apply(first, Debouncer.Change.CONFIGURATION, nanoTime.getAsLong());
        thread.start();
    }

    public void onState(SourceState state) {
        lock.lock();
        try {
            Set<ResourceKind> kinds = changedKinds(newest == null ? applied : newest, state);
            newest = state;
            boolean endpoints = !kinds.isEmpty() && RegistrySnapshot.ENDPOINT_KINDS.containsAll(kinds);
            debouncer.changed(
                    endpoints ? Debouncer.Change.ENDPOINTS : Debouncer.Change.CONFIGURATION, nanoTime.getAsLong());
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    private static Set<ResourceKind> changedKinds(SourceState before, SourceState after) {
        // Most objects are the very same in both, and to compare identities costs next to nothing.
        Set<Resource> same = Sets.newIdentityHashSet();
        same.addAll(before.resources());
        Set<Resource> fresh = new HashSet<>();
        for (Resource resource : after.resources()) {
            if (!same.remove(resource)) {
                fresh.add(resource);
            }
        }
        Set<ResourceKind> kinds = EnumSet.noneOf(ResourceKind.class);
        Sets.symmetricDifference(new HashSet<>(same), fresh)
                .forEach(resource -> kinds.add(resource.meta().kind()));
        return kinds;
    }

    private void run() {
        try {
            while (true) {
                SourceState state;
                Debouncer.Change change;
                long since;
                lock.lock();
                try {
                    if (!awaitBurst()) {
                        return;
                    }
                    state = newest == null ? applied : newest;
                    since = debouncer.since();
                    change = RegistrySnapshot.ENDPOINT_KINDS.containsAll(changedKinds(applied, state))
                            ? Debouncer.Change.ENDPOINTS
                            : Debouncer.Change.CONFIGURATION;
                    applied = state;
                    newest = null;
                    debouncer.reset();
                } finally {
                    lock.unlock();
                }
                apply(state, change, since);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a burst has ended; false if this is closed. */
    @GuardedBy("lock")
    private boolean awaitBurst() throws InterruptedException {
        while (!closed) {
            OptionalLong remaining = debouncer.remaining(nanoTime.getAsLong());
            if (remaining.isEmpty()) {
                arrived.await();
            } else if (remaining.getAsLong() <= 0) {
                return true;
            } else {
                arrived.await(remaining.getAsLong(), TimeUnit.NANOSECONDS);
            }
        }
        return false;
    }

    private void apply(SourceState state, Debouncer.Change change, long since) {
        try {
            RegistrySnapshot snapshot = RegistrySnapshot.of(state.resources(), cluster, Optional.ofNullable(last));
            last = snapshot;
            listener.accept(new RegistryUpdate(snapshot, state.problems(), change, since));
        } catch (RuntimeException | AssertionError e) {
            // Our bug, and no reason to stop: the snapshot before stays, and the next change is tried again.
            LOG.error("resources cannot be joined, the last state stays in force", e);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }
}
