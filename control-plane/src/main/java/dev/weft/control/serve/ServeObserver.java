package dev.weft.control.serve;

import dev.weft.control.cache.ResourceType;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.Debouncer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that is noticed while serving, in one place: counted under Istio's metric names, tracked for the status, logged where
 * somebody should act. Safe for many threads.
 */
public final class ServeObserver implements AdsSession.Observer {

    private static final Logger LOG = LoggerFactory.getLogger(ServeObserver.class);

    private final AckTracker tracker;
    private final Map<ResourceType, Counter> pushes = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, Counter> rejects = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, Counter> staleNonces = new EnumMap<>(ResourceType.class);
    private final Counter internalErrors;
    private final Counter configUpdates;
    private final Counter endpointUpdates;
    private final Timer pushTime;
    private final Timer debounceTime;
    private final Timer convergenceTime;
    private final AtomicInteger connected = new AtomicInteger();

    public ServeObserver(AckTracker tracker, MeterRegistry metrics) {
        this.tracker = tracker;
        for (ResourceType type : ResourceType.values()) {
            pushes.put(type, metrics.counter("pilot_xds_pushes", "type", type.shortName()));
            rejects.put(type, metrics.counter("pilot_total_xds_rejects", "type", type.shortName()));
            staleNonces.put(type, metrics.counter("pilot_xds_expired_nonce", "type", type.shortName()));
        }
        internalErrors = metrics.counter("pilot_total_xds_internal_errors");
        configUpdates = metrics.counter("pilot_inbound_updates", "type", "config");
        endpointUpdates = metrics.counter("pilot_inbound_updates", "type", "eds");
        debounceTime = Timer.builder("pilot_debounce_time")
                .serviceLevelObjectives(buckets(0.01, 0.1, 1, 3, 5, 10, 20, 30))
                .register(metrics);
        convergenceTime = Timer.builder("pilot_proxy_convergence_time")
                .serviceLevelObjectives(buckets(0.1, 0.5, 1, 3, 5, 10, 20, 30))
                .register(metrics);
        pushTime = Timer.builder("pilot_xds_push_time")
                .serviceLevelObjectives(buckets(0.01, 0.1, 1, 3, 5, 10, 20, 30))
                .register(metrics);
        metrics.gauge("pilot_xds", connected);
    }

    static Duration[] buckets(double... seconds) {
        Duration[] buckets = new Duration[seconds.length];
        for (int i = 0; i < seconds.length; i++) {
            buckets[i] = Duration.ofMillis(Math.round(seconds[i] * 1000));
        }
        return buckets;
    }

    /** The mesh changed; {@code delay} is what joining and waiting for the burst to end took. */
    public void updated(Debouncer.Change change, Duration delay) {
        (change == Debouncer.Change.ENDPOINTS ? endpointUpdates : configUpdates).increment();
        debounceTime.record(delay);
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
        pushTime.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A proxy has been sent everything that a change meant for it, {@code nanos} after the change was published. */
    void converged(long nanos) {
        convergenceTime.record(nanos, TimeUnit.NANOSECONDS);
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

    private static void count(Map<ResourceType, Counter> counters, ResourceType type) {
        Counter counter = counters.get(type);
        if (counter != null) {
            counter.increment();
        }
    }
}
