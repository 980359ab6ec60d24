package dev.weft.proxy.dns;

import dev.weft.proxy.telemetry.MetricSink;
import dev.weft.proxy.telemetry.MetricSink.Labels;
import dev.weft.proxy.telemetry.MetricSource;
import java.util.concurrent.atomic.LongAdder;

/** Istio's counters of its agent's DNS. Counted on the loop, read from anywhere. */
final class DnsMetrics implements MetricSource {
    final LongAdder requests = new LongAdder();
    final LongAdder answered = new LongAdder();
    final LongAdder forwarded = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder refused = new LongAdder();

    @Override
    public void collect(MetricSink sink) {
        sink.counter("istio_agent_dns_requests_total", Labels.NONE, requests.sum());
        sink.counter("istio_agent_dns_upstream_requests_total", Labels.NONE, forwarded.sum());
        sink.counter("istio_agent_dns_upstream_failures_total", Labels.NONE, failures.sum());
        sink.counter("weft_agent_dns_mesh_answers_total", Labels.NONE, answered.sum());
        sink.counter("weft_agent_dns_refused_total", Labels.NONE, refused.sum());
    }
}
