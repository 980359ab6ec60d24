package dev.weft.proxy.agent;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Timestamp;
import dev.weft.api.telemetry.v1.CertificateFacts;
import dev.weft.api.telemetry.v1.CounterValue;
import dev.weft.api.telemetry.v1.HistogramValue;
import dev.weft.api.telemetry.v1.ReportRequest;
import dev.weft.api.telemetry.v1.SeriesDefinition;
import dev.weft.api.telemetry.v1.SeriesKind;
import dev.weft.proxy.telemetry.MetricSink;
import dev.weft.proxy.telemetry.MetricSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns metrics into the requests of one reporting stream: a string and a series are told once, a value only when it changed. Holds
 * what the stream knows, so there is one per stream; confined to the control thread.
 */
final class ReportWriter implements MetricSink {
    /** So that no request comes near the size that servers take. */
    private static final int MOST_VALUES = 2000;

    private final Map<String, Integer> strings = new HashMap<>();
    private final Map<SeriesName, Series> known = new HashMap<>();
    private final Timestamp startedAt;
    private final String nodeId;
    private List<ReportRequest> full = new ArrayList<>();
    private ReportRequest.Builder next = ReportRequest.newBuilder();
    private ImmutableList<CertificateFacts> certificates = ImmutableList.of();
    private Timestamp takenAt = Timestamp.getDefaultInstance();
    private boolean opened;
    private int values;

    /** @param startedAt when all totals began at zero */
    ReportWriter(String nodeId, Instant startedAt) {
        this.nodeId = nodeId;
        this.startedAt = timestamp(startedAt);
    }

    /** What changed since the call before; at least one request, since a silent proxy looks like a dead one. */
    List<ReportRequest> write(MetricSource metrics, ImmutableList<CertificateFacts> inUse, Instant now) {
        takenAt = timestamp(now);
        begin();
        if (!inUse.equals(certificates)) {
            certificates = inUse;
            next.addAllCertificates(inUse);
        }
        metrics.collect(this);
        full.add(next.build());
        List<ReportRequest> all = full;
        full = new ArrayList<>();
        return all;
    }

    @Override
    public void counter(String name, Labels labels, long value) {
        number(SeriesKind.COUNTER, name, labels, value);
    }

    @Override
    public void gauge(String name, Labels labels, long value) {
        number(SeriesKind.GAUGE, name, labels, value);
    }

    @Override
    public void histogram(String name, Labels labels, ImmutableList<Double> bounds, long[] counts, double sum) {
        Series series = series(SeriesKind.HISTOGRAM, name, labels, bounds);
        if (Arrays.equals(series.counts, counts)) {
            return;
        }
        series.counts = counts.clone();
        HistogramValue.Builder value =
                HistogramValue.newBuilder().setSeries(series.id).setSum(sum);
        for (long count : counts) {
            value.addBucketCounts(count);
        }
        next.addHistograms(value);
        turnPage();
    }

    private void number(SeriesKind kind, String name, Labels labels, long value) {
        Series series = series(kind, name, labels, ImmutableList.of());
        if (series.told && series.value == value) {
            return;
        }
        series.told = true;
        series.value = value;
        next.addCounters(CounterValue.newBuilder().setSeries(series.id).setValue(value));
        turnPage();
    }

    private Series series(SeriesKind kind, String name, Labels labels, ImmutableList<Double> bounds) {
        SeriesName key = new SeriesName(name, labels);
        Series series = known.get(key);
        if (series == null) {
            series = new Series(known.size() + 1);
            known.put(key, series);
            SeriesDefinition.Builder definition = SeriesDefinition.newBuilder()
                    .setId(series.id)
                    .setName(string(name))
                    .setKind(kind)
                    .addAllBucketBounds(bounds);
            for (String text : labels.pairs()) {
                definition.addLabels(string(text));
            }
            next.addDefinitions(definition);
        }
        return series;
    }

    private int string(String text) {
        Integer index = strings.get(text);
        if (index != null) {
            return index;
        }
        int added = strings.size();
        strings.put(text, added);
        next.addStrings(text);
        return added;
    }

    private void turnPage() {
        if (++values == MOST_VALUES) {
            full.add(next.build());
            begin();
        }
    }

    private void begin() {
        values = 0;
        next = ReportRequest.newBuilder().setTakenAt(takenAt);
        if (!opened) {
            opened = true;
            next.setNodeId(nodeId).setStartedAt(startedAt);
        }
    }

    static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    private record SeriesName(String name, Labels labels) {}

    /** What the stream was told of a series. */
    private static final class Series {
        private final int id;
        private long[] counts = {};
        private long value;
        private boolean told;

        Series(int id) {
            this.id = id;
        }
    }
}
