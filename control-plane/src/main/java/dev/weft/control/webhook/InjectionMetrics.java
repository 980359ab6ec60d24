package dev.weft.control.webhook;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The counts of both webhooks, under the names of Istio's. Thread safe. As gauges, since counters of this library would get suffixes that dashboards do not know. */
public final class InjectionMetrics {
    private static final double NANOS = 1e9;

    private final MeterRegistry registry;
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final DistributionSummary seconds;

    public InjectionMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.seconds = DistributionSummary.builder("sidecar_injection_time_seconds")
                .serviceLevelObjectives(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5)
                .register(registry);
        for (String name : new String[] {"requests", "success", "failure"}) {
            count("sidecar_injection_" + name + "_total", Tags.empty(), 0);
        }
        count("galley_validation_http_error", Tags.empty(), 0);
    }

    void requested() {
        count("sidecar_injection_requests_total", Tags.empty(), 1);
    }

    void injected(long nanos) {
        count("sidecar_injection_success_total", Tags.empty(), 1);
        seconds.record(nanos / NANOS);
    }

    void refused() {
        count("sidecar_injection_failure_total", Tags.empty(), 1);
    }

    void skipped(String reason) {
        count("sidecar_injection_skip_total", Tags.of("reason", reason), 1);
    }

    void validated(String kind, boolean passed) {
        count(passed ? "galley_validation_passed" : "galley_validation_failed", Tags.of("resource", kind), 1);
    }

    void unreadable() {
        count("galley_validation_http_error", Tags.empty(), 1);
    }

    private void count(String name, Tags tags, long by) {
        counts.computeIfAbsent(name + tags, key -> {
                    LongAdder count = new LongAdder();
                    Gauge.builder(name, count, LongAdder::sum)
                            .tags(tags)
                            .strongReference(true)
                            .register(registry);
                    return count;
                })
                .add(by);
    }
}
