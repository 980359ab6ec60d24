package dev.weft.proxy.telemetry;

import com.google.common.collect.ImmutableList;
import com.google.re2j.Pattern;
import dev.weft.xds.json.JsonWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All numbers of the proxy on one page, in Prometheus' format or as Envoy's {@code name: value} lines. Immutable; asks its sources
 * each time.
 */
public final class StatsPage {
    private final ImmutableList<MetricSource> metrics;
    private final ImmutableList<StatSource> stats;

    public StatsPage(List<MetricSource> metrics, List<StatSource> stats) {
        this.metrics = ImmutableList.copyOf(metrics);
        this.stats = ImmutableList.copyOf(stats);
    }

    /** Which lines are wanted. */
    public record Choice(Optional<Pattern> filter, Usage usage) {
        public static final Choice ALL = new Choice(Optional.empty(), Usage.ALL);

        private boolean takes(String name) {
            return filter.isEmpty() || filter.get().matcher(name).find();
        }

        private boolean takes(long value) {
            return usage == Usage.ALL || value != 0;
        }
    }

    /** Whether numbers that are still zero are wanted. */
    public enum Usage {
        ALL,
        USED_ONLY
    }

    /** In Prometheus' text format; the filter applies to the names of metrics. */
    public String prometheus(Choice choice) {
        PrometheusText text = new PrometheusText();
        MetricSink chosen = new Chosen(text, choice);
        metrics.forEach(source -> source.collect(chosen));
        StatSink named = new StatsAsMetrics(chosen);
        stats.forEach(source -> source.report(named));
        return text.text();
    }

    /** Lines by name, histograms as their count and sum. */
    public String text(Choice choice) {
        StringBuilder out = new StringBuilder();
        numbers(choice)
                .forEach((name, value) ->
                        out.append(name).append(": ").append(value).append('\n'));
        return out.toString();
    }

    /** As Envoy's {@code format=json} has it. */
    public String json(Choice choice) {
        List<Map<String, Object>> all = new ArrayList<>();
        numbers(choice).forEach((name, value) -> {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("name", name);
            line.put("value", value);
            all.add(line);
        });
        return JsonWriter.write(Map.of("stats", all), JsonWriter.Layout.ONE_LINE);
    }

    private Map<String, Long> numbers(Choice choice) {
        Map<String, Long> numbers = new TreeMap<>();
        Lines lines = new Lines(numbers, choice);
        metrics.forEach(source -> source.collect(lines));
        stats.forEach(source -> source.report(lines));
        return numbers;
    }

    /** Lets those through that are wanted. */
    private record Chosen(MetricSink to, Choice choice) implements MetricSink {
        @Override
        public void counter(String name, Labels labels, long value) {
            if (choice.takes(value) && choice.takes(name)) {
                to.counter(name, labels, value);
            }
        }

        @Override
        public void gauge(String name, Labels labels, long value) {
            if (choice.takes(value) && choice.takes(name)) {
                to.gauge(name, labels, value);
            }
        }

        @Override
        public void histogram(String name, Labels labels, ImmutableList<Double> bounds, long[] counts, double sum) {
            if (choice.takes(name)) {
                to.histogram(name, labels, bounds, counts, sum);
            }
        }
    }

    /** Statistics by the names that they have in Prometheus. */
    private record StatsAsMetrics(MetricSink to) implements StatSink {
        @Override
        public void counter(Stat stat, long value) {
            to.counter(stat.metric(), stat.labels(), value);
        }

        @Override
        public void gauge(Stat stat, long value) {
            to.gauge(stat.metric(), stat.labels(), value);
        }
    }

    /** Everything as one number under one name. */
    private record Lines(Map<String, Long> numbers, Choice choice) implements MetricSink, StatSink {
        @Override
        public void counter(String name, Labels labels, long value) {
            put(named(name, labels), value);
        }

        @Override
        public void gauge(String name, Labels labels, long value) {
            put(named(name, labels), value);
        }

        @Override
        public void histogram(String name, Labels labels, ImmutableList<Double> bounds, long[] counts, double sum) {
            long count = 0;
            for (long bucket : counts) {
                count += bucket;
            }
            put(named(name + "_count", labels), count);
            put(named(name + "_sum", labels), Math.round(sum));
        }

        @Override
        public void counter(Stat stat, long value) {
            put(stat.text(), value);
        }

        @Override
        public void gauge(Stat stat, long value) {
            put(stat.text(), value);
        }

        private void put(String name, long value) {
            if (choice.takes(value) && choice.takes(name)) {
                numbers.put(name, value);
            }
        }

        private static String named(String name, Labels labels) {
            if (labels.pairs().isEmpty()) {
                return name;
            }
            StringBuilder text = new StringBuilder(name).append('{');
            for (int i = 0; i < labels.pairs().size(); i += 2) {
                text.append(i > 0 ? "," : "")
                        .append(labels.pairs().get(i))
                        .append('=')
                        .append(labels.pairs().get(i + 1));
            }
            return text.append('}').toString();
        }
    }
}
