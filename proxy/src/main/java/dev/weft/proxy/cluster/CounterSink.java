package dev.weft.proxy.cluster;

/** Takes counters and gauges by Envoy's names, without the prefix {@code cluster.<name>.}. */
public interface CounterSink {
    void counter(String name, long value);

    void gauge(String name, long value);
}
