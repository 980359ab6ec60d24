package dev.weft.proxy.admin;

import dev.weft.proxy.telemetry.MetricSink;
import dev.weft.proxy.telemetry.MetricSink.Labels;
import dev.weft.proxy.telemetry.MetricSource;

/** What Prometheus knows a program of the mesh and a Java process by. Immutable. */
record ProcessMetrics(String version) implements MetricSource {
    private static final Labels HEAP = Labels.of("area", "heap");
    private static final Labels DIRECT = Labels.of("pool", "direct");

    @Override
    public void collect(MetricSink sink) {
        ProcessMemory memory = ProcessMemory.now();
        sink.gauge("istio_build", Labels.of("component", "proxy", "tag", version), 1);
        sink.gauge("jvm_memory_used_bytes", HEAP, memory.heapUsed());
        sink.gauge("jvm_memory_committed_bytes", HEAP, memory.heapSize());
        sink.gauge("jvm_memory_max_bytes", HEAP, memory.heapLimit());
        sink.gauge("jvm_buffer_pool_used_bytes", DIRECT, memory.direct());
        sink.gauge("process_resident_memory_bytes", Labels.NONE, memory.resident());
    }
}
