package dev.weft.control.serve;

import dev.weft.control.cache.ResourceType;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.Debouncer;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that is noticed while serving, in one place: counted under Istio's metric names, tracked for the status, logged where
 * somebody should act. Safe for many threads.
 */
public final class ServeObserver implements AdsSession.Observer {

    private static final Logger LOG = LoggerFactory.getLogger(ServeObserver.class);

    private static final double NANOS = 1e9;

    private final AckTracker tracker;
    private final Map<ResourceType, LongAdder> pushes = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, LongAdder> rejects = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, LongAdder> staleNonces = new EnumMap<>(ResourceType.class);
    private final LongAdder internalErrors;
    private final LongAdder configUpdates;
    private final LongAdder endpointUpdates;
    private final DistributionSummary pushTime;
    private final DistributionSummary debounceTime;
    private final DistributionSummary convergenceTime;
    private final AtomicInteger connected = new AtomicInteger();

    public ServeObserver(AckTracker tracker, MeterRegistry metrics) {
        this.tracker = tracker;
        for (ResourceType type : ResourceType.values()) {
            pushes.put(type, counter(metrics, "pilot_xds_pushes", type.shortName()));
            rejects.put(type, counter(metrics, "pilot_total_xds_rejects", type.shortName()));
            staleNonces.put(type, counter(metrics, "pilot_xds_expired_nonce", type.shortName()));
        }
        internalErrors = new LongAdder();
        gauge(metrics, "pilot_total_xds_internal_errors", internalErrors, Tags.empty());
        configUpdates = counter(metrics, "pilot_inbound_updates", "config");
        endpointUpdates = counter(metrics, "pilot_inbound_updates", "eds");
        debounceTime = times(metrics, "pilot_debounce_time", 0.01, 0.1, 1, 3, 5, 10, 20, 30);
        convergenceTime = times(metrics, "pilot_proxy_convergence_time", 0.1, 0.5, 1, 3, 5, 10, 20, 30);
        pushTime = times(metrics, "pilot_xds_push_time", 0.01, 0.1, 1, 3, 5, 10, 20, 30);
        Gauge.builder("pilot_xds", connected, AtomicInteger::get)
                .strongReference(true)
                .register(metrics);
    }

    /** A count under exactly its name: as a counter of this library it would get a suffix that Istio's dashboards do not know. */
    private static LongAdder counter(MeterRegistry metrics, String name, String type) {
        LongAdder count = new LongAdder();
        gauge(metrics, name, count, Tags.of("type", type));
        return count;
    }

    private static void gauge(MeterRegistry metrics, String name, LongAdder count, Tags tags) {
        Gauge.builder(name, count, LongAdder::sum)
                .tags(tags)
                .strongReference(true)
                .register(metrics);
    }

    /** A histogram of seconds, which for the same reason is no timer. */
    private static DistributionSummary times(MeterRegistry metrics, String name, double... buckets) {
        return DistributionSummary.builder(name).serviceLevelObjectives(buckets).register(metrics);
    }

    /** The mesh changed; {@code delay} is what joining and waiting for the burst to end took. */
    public void updated(Debouncer.Change change, Duration delay) {
        (change == Debouncer.Change.ENDPOINTS ? endpointUpdates : configUpdates).increment();
        debounceTime.record(delay.toNanos() / NANOS);
    }

    void opened(ClientNode node) {
        connected.incrementAndGet();
        tracker.opened(node);
    }

    void closed(ClientNode node) {
        connected.decrementAndGet();
        tracker.closed(node);
    }

    void pushed(long nanos) {
        pushTime.record(nanos / NANOS);
    }

    /** A proxy has been sent everything that a change meant for it, {@code nanos} after the change was published. */
    void converged(long nanos) {
        convergenceTime.record(nanos / NANOS);
    }

    void pushFailed() {
        internalErrors.increment();
    }

    @Override
    public void sent(ClientNode node, Push push) {
        count(pushes, push.type());
        tracker.sent(node, push);
    }

    @Override
    public void noted(ClientNode node, AdsEvent event) {
        tracker.noted(node, event);
        switch (event) {
            case AdsEvent.Rejected rejected -> {
                count(rejects, rejected.type());
                LOG.warn(
                        "proxy rejected configuration node={} type={} version={} error=\"{}\"",
                        node.id(),
                        rejected.type().shortName(),
                        rejected.version(),
                        rejected.message());
            }
            case AdsEvent.StaleNonce stale -> count(staleNonces, stale.type());
            case AdsEvent.Unserved unserved ->
                LOG.debug("type is not served node={} type={}", node.id(), unserved.typeUrl());
            case AdsEvent.Acked ignored -> {}
            case AdsEvent.InSync ignored -> {}
        }
    }

    private static void count(Map<ResourceType, LongAdder> counters, ResourceType type) {
        LongAdder counter = counters.get(type);
        if (counter != null) {
            counter.increment();
        }
    }
}
