package dev.weft.control.telemetry;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Percentiles of what fell into buckets, linear inside a bucket as Prometheus does it. Pure. */
final class Percentiles {

    /** Observations by upper bound; the last bucket has none and stands at infinity. */
    private final TreeMap<Double, Long> counts = new TreeMap<>();

    private long total;

    private Percentiles() {}

    static Percentiles of(List<MetricsWindow.Gain> histograms) {
        Percentiles merged = new Percentiles();
        for (MetricsWindow.Gain histogram : histograms) {
            long[] increments = histogram.increments();
            for (int i = 0; i < increments.length; i++) {
                double bound =
                        i < histogram.bounds().size() ? histogram.bounds().get(i) : Double.POSITIVE_INFINITY;
                merged.counts.merge(bound, increments[i], Long::sum);
                merged.total += increments[i];
            }
        }
        return merged;
    }

    /** The buckets that are not empty, the fastest first. */
    ImmutableList<EdgeStat.Bucket> buckets() {
        ImmutableList.Builder<EdgeStat.Bucket> buckets = ImmutableList.builder();
        double from = 0;
        for (Map.Entry<Double, Long> bucket : counts.entrySet()) {
            Double upTo = bucket.getKey().isInfinite() ? null : bucket.getKey();
            if (bucket.getValue() > 0) {
                buckets.add(new EdgeStat.Bucket(from, upTo, bucket.getValue()));
            }
            from = bucket.getKey();
        }
        return buckets.build();
    }

    /** The value below which the share {@code quantile} lies; null without observations. */
    @Nullable
    Double at(double quantile) {
        if (total == 0) {
            return null;
        }
        double rank = quantile * total;
        double below = 0;
        double lower = 0;
        for (Map.Entry<Double, Long> bucket : counts.entrySet()) {
            double upper = bucket.getKey();
            long count = bucket.getValue();
            if (count > 0 && below + count >= rank) {
                // Nothing is known inside the last bucket: its lower bound is the honest answer.
                return Double.isInfinite(upper) ? lower : lower + (upper - lower) * ((rank - below) / count);
            }
            below += count;
            lower = Double.isInfinite(upper) ? lower : upper;
        }
        return lower;
    }
}
