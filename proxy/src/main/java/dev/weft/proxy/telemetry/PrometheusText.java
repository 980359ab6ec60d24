package dev.weft.proxy.telemetry;

import com.google.common.collect.ImmutableList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes metrics in Prometheus' text format 0.0.4, in which the values of one name must stand together: they are gathered by name,
 * so sources may come in any order. Not thread safe.
 */
public final class PrometheusText implements MetricSink {
    /** The media type of what is written here. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Map<String, StringBuilder> families = new LinkedHashMap<>();

    @Override
    public void counter(String name, Labels labels, long value) {
        line(family(name, "counter"), name, labels, "", value);
    }

    @Override
    public void gauge(String name, Labels labels, long value) {
        line(family(name, "gauge"), name, labels, "", value);
    }

    @Override
    public void histogram(String name, Labels labels, ImmutableList<Double> bounds, long[] counts, double sum) {
        StringBuilder out = family(name, "histogram");
        long total = 0;
        for (int i = 0; i < counts.length; i++) {
            total += counts[i];
            String bound = i < bounds.size() ? number(bounds.get(i)) : "+Inf";
            line(out, name + "_bucket", labels, bound, total);
        }
        out.append(name).append("_sum");
        labels(out, labels, "");
        out.append(' ').append(number(sum)).append('\n');
        line(out, name + "_count", labels, "", total);
    }

    /** All that was written. */
    public String text() {
        int length = 0;
        for (StringBuilder family : families.values()) {
            length += family.length();
        }
        StringBuilder out = new StringBuilder(length);
        families.values().forEach(out::append);
        return out.toString();
    }

    private StringBuilder family(String name, String type) {
        StringBuilder known = families.get(name);
        if (known != null) {
            return known;
        }
        StringBuilder made = new StringBuilder("# TYPE ");
        made.append(name).append(' ').append(type).append('\n');
        families.put(name, made);
        return made;
    }

    private static void line(StringBuilder out, String name, Labels labels, String bound, long value) {
        out.append(name);
        labels(out, labels, bound);
        out.append(' ').append(value).append('\n');
    }

    private static void labels(StringBuilder out, Labels labels, String bound) {
        ImmutableList<String> pairs = labels.pairs();
        if (pairs.isEmpty() && bound.isEmpty()) {
            return;
        }
        out.append('{');
        for (int i = 0; i < pairs.size(); i += 2) {
            if (i > 0) {
                out.append(',');
            }
            pair(out, pairs.get(i), pairs.get(i + 1));
        }
        if (!bound.isEmpty()) {
            if (!pairs.isEmpty()) {
                out.append(',');
            }
            pair(out, "le", bound);
        }
        out.append('}');
    }

    private static void pair(StringBuilder out, String name, String value) {
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
