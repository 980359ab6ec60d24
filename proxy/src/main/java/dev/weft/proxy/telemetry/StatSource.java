package dev.weft.proxy.telemetry;

/** Has statistics under Envoy's names. Asked from any thread. */
public interface StatSource {
    /** Hands over all of them as they stand. */
    void report(StatSink sink);
}
