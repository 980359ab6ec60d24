package dev.weft.control.status;

import com.google.common.collect.ImmutableList;
import dev.weft.control.cache.ViewCache;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.serve.AckTracker;
import dev.weft.control.serve.ProxyProgress;
import dev.weft.control.serve.TypeProgress;
import dev.weft.control.telemetry.CertificateReport.Certificate;
import dev.weft.control.telemetry.MetricsWindow;
import dev.weft.resources.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers how the mesh is: which proxies have what they should have, and what is wrong with what people wrote. Computed when asked, from
 * what others keep; safe for many threads.
 */
public final class StatusBoard {

    /** As long as this, an answer that is missing is only late. */
    private static final Duration PENDING = Duration.ofSeconds(10);

    private final AckTracker tracker;
    private final ViewCache cache;
    private final MetricsWindow metrics;
    private final InstantSource clock;
    private volatile ImmutableList<Problem> problems = ImmutableList.of();

    public StatusBoard(AckTracker tracker, ViewCache cache, MetricsWindow metrics, InstantSource clock) {
        this.tracker = tracker;
        this.cache = cache;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** By which ages are told. */
    public InstantSource clock() {
        return clock;
    }

    /** Replaces the problems of resources. */
    public void publish(ImmutableList<Problem> found) {
        problems = ImmutableList.sortedCopyOf(Problem.ORDER, found);
    }

    /** All problems, by file and line. */
    public ImmutableList<ProblemReport> problems() {
        return Stream.concat(
                        problems.stream().map(ProblemReport::of),
                        cache.failures().stream().map(ProblemReport::of))
                .collect(ImmutableList.toImmutableList());
    }

    /** All proxies that are connected or were a short while ago, by namespace and name. */
    public ImmutableList<ProxyStatus> proxies() {
        Instant now = clock.instant();
        return tracker.progress().stream()
                .map(progress -> status(progress, now))
                .sorted(Comparator.comparing(ProxyStatus::namespace).thenComparing(ProxyStatus::name))
                .collect(ImmutableList.toImmutableList());
    }

    private ProxyStatus status(ProxyProgress progress, Instant now) {
        ClientNode node = progress.node();
        Optional<TypeProgress.Rejection> rejection = progress.types().stream()
                .flatMap(type -> type.rejection().stream())
                .max(Comparator.comparing(TypeProgress.Rejection::at));
        Optional<Instant> oldestUnanswered = progress.types().stream()
                .flatMap(type -> type.sentAt().stream())
                .min(Comparator.naturalOrder());
        Optional<Instant> lastAck = progress.types().stream()
                .flatMap(type -> type.ackedAt().stream())
                .max(Comparator.naturalOrder());
        ProxyState state = state(progress, rejection.isPresent(), oldestUnanswered, now);
        Optional<Instant> since = switch (state) {
            case SYNCED -> Optional.empty();
            case PENDING, STALE -> Optional.of(oldestUnanswered.orElse(progress.connectedAt()));
            case REJECTED -> rejection.map(TypeProgress.Rejection::at);
            case DISCONNECTED -> progress.disconnectedAt();
        };
        return new ProxyStatus(
                node.workload(),
                node.facts().namespace(),
                node.id(),
                state.apiName(),
                seconds(since, now),
                seconds(lastAck, now),
                progress.types().stream().mapToLong(TypeProgress::nacks).sum(),
                rejection.map(TypeProgress.Rejection::message).orElse(null),
                rejection.flatMap(TypeProgress.Rejection::resource).orElse(null),
                certificateEnd(node.id()),
                node.userAgent().name(),
                node.adminPort(),
                node.userAgent().version(),
                progress.types().stream()
                        .map(type -> new ProxyStatus.TypeStatus(
                                type.type().shortName(), type.sentVersion(), type.ackedVersion(), type.nacks()))
                        .collect(ImmutableList.toImmutableList()));
    }

    private static ProxyState state(
            ProxyProgress progress, boolean rejected, Optional<Instant> oldestUnanswered, Instant now) {
        if (progress.streams() == 0) {
            return ProxyState.DISCONNECTED;
        }
        if (rejected) {
            return ProxyState.REJECTED;
        }
        // A proxy that has not asked for anything yet is about to.
        boolean waiting = oldestUnanswered.isPresent()
                || progress.types().stream().allMatch(type -> type.ackedAt().isEmpty());
        if (!waiting) {
            return ProxyState.SYNCED;
        }
        Instant since = oldestUnanswered.orElse(progress.connectedAt());
        return since.plus(PENDING).isAfter(now) ? ProxyState.PENDING : ProxyState.STALE;
    }

    private @Nullable Instant certificateEnd(String nodeId) {
        return metrics.certificates(nodeId).stream()
                .filter(certificate -> !certificate.spiffeId().isEmpty())
                .map(Certificate::notAfter)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    private static @Nullable Long seconds(Optional<Instant> since, Instant now) {
        return since.map(then -> Math.max(0, Duration.between(then, now).toSeconds()))
                .orElse(null);
    }
}
