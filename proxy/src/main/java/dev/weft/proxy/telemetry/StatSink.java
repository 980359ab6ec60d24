package dev.weft.proxy.telemetry;

/** Takes Envoy's statistics when somebody asks for them. */
public interface StatSink {
    void counter(Stat stat, long value);

    void gauge(Stat stat, long value);
}
