package dev.weft.proxy.telemetry;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.ExchangeObserver;
import dev.weft.proxy.telemetry.MetricSink.Labels;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Istio's request metrics. Each loop has a table of its own that only it writes, so that a request costs one lookup and a few
 * additions; tables are summed up when somebody asks.
 */
public final class RequestMetrics implements ExchangeObserver, MetricSource {
    private static final int MOST_LOOPS = 256;
    private static final double NANOS_PER_MILLI = 1_000_000.0;

    private final RequestLabels labels;
    private final AtomicReferenceArray<@Nullable SeriesTable<Series>> tables = new AtomicReferenceArray<>(MOST_LOOPS);

    public RequestMetrics(WorkloadMetadata self, ServiceLookup services) {
        this.labels = new RequestLabels(self, services);
    }

    @Override
    public void done(Exchange exchange) {
        table(exchange.loop().index()).find(exchange).record(exchange);
    }

    private SeriesTable<Series> table(int loop) {
        SeriesTable<Series> table = tables.get(loop);
        if (table == null) {
            table = new SeriesTable<>(key -> new Series(labels.of(key)));
            tables.set(loop, table);
        }
        return table;
    }

    /** Hands over all series, loops summed up. */
    @Override
    public void collect(MetricSink sink) {
        Map<Labels, Total> totals = new LinkedHashMap<>();
        for (int i = 0; i < MOST_LOOPS; i++) {
            SeriesTable<Series> table = tables.get(i);
            if (table != null) {
                table.forEach(series ->
                        totals.computeIfAbsent(series.labels, l -> new Total()).add(series));
            }
        }
        ImmutableList<Double> bounds = Histogram.BOUNDS;
        totals.forEach((names, total) -> sink.counter(MetricNames.REQUESTS, names, total.requests));
        totals.forEach((names, total) ->
                sink.histogram(MetricNames.REQUEST_DURATION, names, bounds, total.durations, total.durationSum));
        totals.forEach((names, total) ->
                sink.histogram(MetricNames.REQUEST_BYTES, names, bounds, total.requestBytes, total.requestSum));
        totals.forEach((names, total) ->
                sink.histogram(MetricNames.RESPONSE_BYTES, names, bounds, total.responseBytes, total.responseSum));
    }

    /** One series of one loop. */
    private static final class Series {
        private final Labels labels;
        private final Histogram durations = new Histogram();
        private final Histogram requestBytes = new Histogram();
        private final Histogram responseBytes = new Histogram();
        private long requests;

        Series(Labels labels) {
            this.labels = labels;
        }

        void record(Exchange exchange) {
            requests++;
            long end = exchange.timings().responseEnd;
            long nanos = (end == 0 ? exchange.loop().now() : end) - exchange.timings().start;
            durations.record(Math.max(0, nanos) / NANOS_PER_MILLI);
            requestBytes.record(exchange.requestBytes());
            responseBytes.record(exchange.responseBytes());
        }
    }

    /** The same series of all loops. */
    private static final class Total {
        private long requests;
        private final long[] durations = new long[Histogram.buckets()];
        private final long[] requestBytes = new long[Histogram.buckets()];
        private final long[] responseBytes = new long[Histogram.buckets()];
        private double durationSum;
        private double requestSum;
        private double responseSum;

        void add(Series series) {
            requests += series.requests;
            series.durations.addTo(durations);
            series.requestBytes.addTo(requestBytes);
            series.responseBytes.addTo(responseBytes);
            durationSum += series.durations.sum();
            requestSum += series.requestBytes.sum();
            responseSum += series.responseBytes.sum();
        }
    }
}
