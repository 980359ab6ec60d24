package dev.weft.control.serve;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.weft.control.cache.ResourceType;
import dev.weft.control.registry.ClientNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What every proxy has been sent and what it said to it. Fed by {@link AdsSession}, read by the status room; guarded by its own
 * lock.
 *
 * <p>A proxy that went away stays on the list for a while, so that an outage shows.
 */
public final class AckTracker {

    private static final Duration KEEP_DISCONNECTED = Duration.ofMinutes(10);

    private final InstantSource clock;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<String, Entry> byNode = new TreeMap<>();

    public AckTracker(InstantSource clock) {
        this.clock = clock;
    }

    void opened(ClientNode node) {
        synchronized (lock) {
            Instant now = clock.instant();
            forgetLongGone(now);
            Entry entry = byNode.computeIfAbsent(node.id(), id -> new Entry(node, now));
            if (entry.streams == 0) {
                entry.connectedAt = now;
                entry.types.replaceAll((type, progress) -> progress.reopened());
            }
            entry.node = node;
            entry.streams++;
            entry.disconnectedAt = Optional.empty();
        }
    }

    void closed(ClientNode node) {
        synchronized (lock) {
            Entry entry = byNode.get(node.id());
            if (entry != null && --entry.streams == 0) {
                entry.disconnectedAt = Optional.of(clock.instant());
            }
        }
    }

    void sent(ClientNode node, Push push) {
        update(node, push.type(), progress -> progress.sent(push.version(), clock.instant()));
    }

    void noted(ClientNode node, AdsEvent event) {
        switch (event) {
            case AdsEvent.Acked acked ->
                update(node, acked.type(), progress -> progress.acked(acked.version(), clock.instant()));
            case AdsEvent.InSync same ->
                update(node, same.type(), progress -> progress.acked(same.version(), clock.instant()));
            case AdsEvent.Rejected no ->
                update(
                        node,
                        no.type(),
                        progress -> progress.rejected(new TypeProgress.Rejection(
                                no.version(), no.message(), no.resource(), clock.instant())));
            case AdsEvent.StaleNonce ignored -> {}
            case AdsEvent.Unserved ignored -> {}
        }
    }

    private interface Change {
        TypeProgress apply(TypeProgress progress);
    }

    private void update(ClientNode node, ResourceType type, Change change) {
        synchronized (lock) {
            Entry entry = byNode.get(node.id());
            if (entry != null) {
                entry.types.put(type, change.apply(entry.types.getOrDefault(type, TypeProgress.none(type))));
            }
        }
    }

    /** All proxies, by node id. */
    public ImmutableList<ProxyProgress> progress() {
        synchronized (lock) {
            forgetLongGone(clock.instant());
            return byNode.values().stream()
                    .map(entry -> new ProxyProgress(
                            entry.node,
                            entry.streams,
                            entry.connectedAt,
                            entry.disconnectedAt,
                            ImmutableList.copyOf(entry.types.values())))
                    .collect(ImmutableList.toImmutableList());
        }
    }

    @GuardedBy("lock")
    private void forgetLongGone(Instant now) {
        byNode.values()
                .removeIf(entry -> entry.disconnectedAt
                        .filter(gone -> gone.plus(KEEP_DISCONNECTED).isBefore(now))
                        .isPresent());
    }

    private static final class Entry {
        private ClientNode node;
        private int streams;
        private Instant connectedAt;
        private Optional<Instant> disconnectedAt = Optional.empty();
        private final Map<ResourceType, TypeProgress> types = new EnumMap<>(ResourceType.class);

        private Entry(ClientNode node, Instant connectedAt) {
            this.node = node;
            this.connectedAt = connectedAt;
        }
    }
}
