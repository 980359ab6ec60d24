package dev.weft.proxy.telemetry;

import com.google.common.collect.ImmutableList;

/** Takes the values of metrics when somebody asks for them: a Prometheus page, a report to the control plane. */
public interface MetricSink {
    void counter(String name, Labels labels, long value);

    void gauge(String name, Labels labels, long value);

    /**
     * A histogram.
     *
     * @param bounds upper bounds, rising; the last bucket has none
     * @param counts per bucket, not summed up; one more than there are bounds
     */
    void histogram(String name, Labels labels, ImmutableList<Double> bounds, long[] counts, double sum);

    /**
     * Names and values of labels, alternating, in the order in which they are written. Immutable.
     */
    record Labels(ImmutableList<String> pairs) {
        public static final Labels NONE = new Labels(ImmutableList.of());

        public static Labels of(String... pairs) {
            return new Labels(ImmutableList.copyOf(pairs));
        }
    }
}
