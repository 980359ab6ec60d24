package dev.weft.proxy.telemetry;

import com.google.common.collect.ImmutableList;

/** Writes metrics in Prometheus' text format 0.0.4. Values of one name must come together. Not thread safe. */
public final class PrometheusText implements MetricSink {
    private final StringBuilder out = new StringBuilder(16 * 1024);
    private String current = "";

    @Override
    public void counter(String name, Labels labels, long value) {
        type(name, "counter");
        line(name, labels, "", value);
    }

    @Override
    public void gauge(String name, Labels labels, long value) {
        type(name, "gauge");
        line(name, labels, "", value);
    }

    @Override
    public void histogram(String name, Labels labels, ImmutableList<Double> bounds, long[] counts, double sum) {
        type(name, "histogram");
        long total = 0;
        for (int i = 0; i < counts.length; i++) {
            total += counts[i];
            String bound = i < bounds.size() ? number(bounds.get(i)) : "+Inf";
            line(name + "_bucket", labels, bound, total);
        }
        out.append(name).append("_sum");
        labels(labels, "");
        out.append(' ').append(number(sum)).append('\n');
        line(name + "_count", labels, "", total);
    }

    /** All that was written. */
    public String text() {
        return out.toString();
    }

    private void type(String name, String type) {
        if (!name.equals(current)) {
            current = name;
            out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        }
    }

    private void line(String name, Labels labels, String bound, long value) {
        out.append(name);
        labels(labels, bound);
        out.append(' ').append(value).append('\n');
    }

    private void labels(Labels labels, String bound) {
        ImmutableList<String> pairs = labels.pairs();
        if (pairs.isEmpty() && bound.isEmpty()) {
            return;
        }
        out.append('{');
        for (int i = 0; i < pairs.size(); i += 2) {
            if (i > 0) {
                out.append(',');
            }
            pair(pairs.get(i), pairs.get(i + 1));
        }
        if (!bound.isEmpty()) {
            if (!pairs.isEmpty()) {
                out.append(',');
            }
            pair("le", bound);
        }
        out.append('}');
    }

    private void pair(String name, String value) {
        out.append(name).append("=\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '"' -> out.append("\\\"");
                case '\n' -> out.append("\\n");
                default -> out.append(c);
            }
        }
        out.append('"');
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }
}
