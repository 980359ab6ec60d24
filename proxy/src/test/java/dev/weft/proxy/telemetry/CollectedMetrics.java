package dev.weft.proxy.telemetry;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a source handed over, to be asked by name and labels. */
final class CollectedMetrics implements MetricSink {
    record Value(String name, Map<String, String> labels, long value, long[] counts, double sum) {}

    final List<Value> values = new ArrayList<>();

    static CollectedMetrics of(MetricSource source) {
        CollectedMetrics metrics = new CollectedMetrics();
        source.collect(metrics);
        return metrics;
    }

    @Override
    public void counter(String name, Labels labels, long value) {
        values.add(new Value(name, map(labels), value, new long[0], 0));
    }

    @Override
    public void gauge(String name, Labels labels, long value) {
        counter(name, labels, value);
    }

    @Override
    public void histogram(String name, Labels labels, ImmutableList<Double> bounds, long[] counts, double sum) {
        values.add(new Value(name, map(labels), 0, counts.clone(), sum));
    }

    List<Value> named(String name) {
        return values.stream().filter(value -> value.name.equals(name)).toList();
    }

    /** The only series of this name. */
    Value one(String name) {
        List<Value> found = named(name);
        if (found.size() != 1) {
            throw new AssertionError("expected one series of " + name + ", found " + found);
        }
        return found.get(0);
    }

    private static Map<String, String> map(Labels labels) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < labels.pairs().size(); i += 2) {
            map.put(labels.pairs().get(i), labels.pairs().get(i + 1));
        }
        return map;
    }
}
