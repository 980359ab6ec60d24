package dev.weft.proxy.telemetry;

/** Has metrics. Asked from any thread; what it hands over may be a moment old, and never falls. */
public interface MetricSource {
    /** Hands over all series as they stand. */
    void collect(MetricSink sink);
}
