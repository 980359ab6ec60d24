package dev.weft.control.status;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.weft.control.source.ObjectStatus;
import dev.weft.control.source.StatusCondition;
import dev.weft.control.source.StatusSink;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what was decided about objects into their statuses: the leader only, only what changed, so many a second and no more. Others decide
 * and {@link #publish}; {@link StatusSink} writes. Owns one thread; everything else is guarded.
 *
 * <p>The surprising rule: what differs in its messages alone, such as a number of proxies, waits for a minute, since a thousand objects with a
 * counter each would keep the API server busy for nobody's good.
 */
public final class StatusWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);

    /**
     * How fast to write.
     *
     * @param pause between two objects
     * @param lazy how long a change of words waits
     * @param retry after which what failed is tried again, doubled each time
     */
    public record Times(Duration pause, Duration lazy, Duration retry) {
        public static final Times DEFAULT =
                new Times(Duration.ofMillis(25), Duration.ofMinutes(1), Duration.ofMillis(500));
    }

    private static final int MAX_DOUBLINGS = 6;

    private final StatusSink sink;
    private final BooleanSupplier leads;
    private final Times times;
    private final LongSupplier nanoTime;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    @GuardedBy("lock")
    private boolean closed;

    public StatusWriter(StatusSink sink, BooleanSupplier leads, Times times, LongSupplier nanoTime) {
        this.sink = sink;
        this.leads = leads;
        this.times = times;
        this.nanoTime = nanoTime;
        this.thread = Thread.ofPlatform().name("status").daemon().unstarted(this::run);
    }

    /** One object: what its status is to say, and what it says as far as we know. */
    private static final class Entry {
        private final String subject;
        private ObjectStatus wanted;
        private @Nullable ObjectStatus written;
        private boolean pending;
        private long due;
        private int failures;

        private Entry(String subject, ObjectStatus wanted) {
            this.subject = subject;
            this.wanted = wanted;
        }
    }

    public void start() {
        thread.start();
    }

    /**
     * Replaces all statuses of one subject; several subjects share no object.
     *
     * @param subject who decides, such as {@code gateway-api}
     */
    public void publish(String subject, List<? extends ObjectStatus> statuses) {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            Set<String> named = new HashSet<>();
            for (ObjectStatus status : statuses) {
                String object = status.target().object();
                named.add(object);
                Entry entry = entries.computeIfAbsent(object, ignored -> new Entry(subject, status));
                entry.wanted = status;
                schedule(entry, now);
            }
            for (Iterator<Entry> all = entries.values().iterator(); all.hasNext(); ) {
                Entry entry = all.next();
                if (entry.subject.equals(subject)
                        && !named.contains(entry.wanted.target().object())
                        && !withdraw(entry, now)) {
                    all.remove();
                }
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** This replica leads from now on: what another wrote last is not known, so everything is looked at. */
    public void elected() {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            for (Entry entry : entries.values()) {
                entry.written = null;
                schedule(entry, now);
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** A route that nobody decides about any more loses our entries, if it still exists. */
    @GuardedBy("lock")
    private boolean withdraw(Entry entry, long now) {
        if (entry.wanted instanceof ObjectStatus.Route route
                && !(route.parents().isEmpty() && entry.written != null && entry.written.equals(route))) {
            entry.wanted = new ObjectStatus.Route(route.target(), ImmutableList.of());
            schedule(entry, now);
            return true;
        }
        return false;
    }

    @GuardedBy("lock")
    private void schedule(Entry entry, long now) {
        if (entry.wanted.equals(entry.written)) {
            entry.pending = false;
            return;
        }
        boolean lazy = entry.written != null && sameButWords(entry.wanted, entry.written);
        long due = now + (lazy ? times.lazy().toNanos() : 0);
        if (!entry.pending || (entry.failures == 0 && due - entry.due < 0)) {
            entry.due = due;
            entry.pending = true;
        }
    }

    private static boolean sameButWords(ObjectStatus wanted, ObjectStatus written) {
        return wordless(wanted).equals(wordless(written));
    }

    private static ObjectStatus wordless(ObjectStatus status) {
        return switch (status) {
            case ObjectStatus.Validated it ->
                new ObjectStatus.Validated(
                        it.target(),
                        it.conditions().stream()
                                .map(condition -> new StatusCondition(
                                        condition.type(), condition.state(), condition.reason(), ""))
                                .collect(ImmutableList.toImmutableList()),
                        it.validations());
            case ObjectStatus.Conditions it -> it;
            case ObjectStatus.Route it -> it;
            case ObjectStatus.Gateway it -> it;
        };
    }

    private void run() {
        try {
            while (true) {
                Optional<Entry> next = awaitDue();
                if (next.isEmpty()) {
                    return;
                }
                write(next.get());
                Thread.sleep(times.pause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next entry whose time has come, while this replica leads; empty if this is closed. */
    private Optional<Entry> awaitDue() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                long now = nanoTime.getAsLong();
                long wait = Long.MAX_VALUE;
                // Whoever does not lead keeps what he would write; being elected wakes him.
                if (leads.getAsBoolean()) {
                    for (Entry entry : entries.values()) {
                        if (entry.pending) {
                            if (entry.due - now <= 0) {
                                entry.pending = false;
                                return Optional.of(entry);
                            }
                            wait = Math.min(wait, entry.due - now);
                        }
                    }
                }
                if (wait == Long.MAX_VALUE) {
                    changed.await();
                } else {
                    changed.await(wait, TimeUnit.NANOSECONDS);
                }
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private void write(Entry entry) {
        ObjectStatus status;
        lock.lock();
        try {
            status = entry.wanted;
        } finally {
            lock.unlock();
        }
        StatusSink.Written outcome;
        try {
            outcome = sink.write(status);
        } catch (RuntimeException e) {
            LOG.error("status cannot be written object=\"{}\"", status.target().object(), e);
            outcome = StatusSink.Written.LATER;
        }
        lock.lock();
        try {
            switch (outcome) {
                case CHANGED, UNCHANGED, GONE -> {
                    entry.failures = 0;
                    entry.written = status;
                }
                case LATER -> {
                    entry.due = nanoTime.getAsLong()
                            + times.retry().toNanos() * (1L << Math.min(entry.failures++, MAX_DOUBLINGS));
                    entry.pending = true;
                }
            }
            if (outcome != StatusSink.Written.LATER) {
                schedule(entry, nanoTime.getAsLong());
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
    }
}
