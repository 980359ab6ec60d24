package dev.weft.proxy.telemetry;

import com.google.common.collect.ImmutableList;

/**
 * Counts in Envoy's default buckets, which Istio uses for milliseconds and for bytes alike. Written by one loop, read by any: a reader
 * may miss the values of the moment, never more.
 */
final class Histogram {
    static final ImmutableList<Double> BOUNDS = ImmutableList.of(
            0.5, 1.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0, 10000.0, 30000.0, 60000.0,
            300000.0, 600000.0, 1800000.0, 3600000.0);
    private static final double[] LIMITS =
            BOUNDS.stream().mapToDouble(Double::doubleValue).toArray();

    private final long[] counts = new long[LIMITS.length + 1];
    private double sum;

    void record(double value) {
        int bucket = 0;
        while (bucket < LIMITS.length && value > LIMITS[bucket]) {
            bucket++;
        }
        counts[bucket]++;
        sum += value;
    }

    void addTo(long[] total) {
        for (int i = 0; i < counts.length; i++) {
            total[i] += counts[i];
        }
    }

    double sum() {
        return sum;
    }

    static int buckets() {
        return LIMITS.length + 1;
    }
}
