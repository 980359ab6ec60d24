package dev.weft.control.telemetry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.weft.control.telemetry.CertificateReport.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last ten minutes of what all proxies counted. Proxies send totals; kept are increments per second, so that a window can be
 * asked for and a lost report does no harm. Guarded by its own lock.
 */
public final class MetricsWindow {

    /** Istio's request count; one series per edge, code and flags. */
    static final String REQUESTS = "istio_requests_total";

    /** Istio's request duration histogram, in milliseconds. */
    static final String DURATIONS = "istio_request_duration_milliseconds";

    static final String TCP_OPENED = "istio_tcp_connections_opened_total";

    private static final ImmutableSet<String> KEPT = ImmutableSet.of(REQUESTS, DURATIONS, TCP_OPENED);

    private final InstantSource clock;
    private final Instant started;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<String, Node> nodes = new HashMap<>();

    /** What one proxy told. */
    private static final class Node {
        private Instant startedAt;
        private Instant lastReport = Instant.MIN;
        private final Map<SeriesKey, Series> series = new LinkedHashMap<>();
        private ImmutableList<Certificate> certificates = ImmutableList.of();

        private Node(Instant startedAt) {
            this.startedAt = startedAt;
        }
    }

    private static final class Series {
        private final double[] bounds;
        private final SecondsRing ring;
        private long[] totals;

        private Series(double[] bounds, long[] totals) {
            this.bounds = bounds;
            this.totals = totals;
            this.ring = new SecondsRing(totals.length);
        }
    }

    /**
     * A series and what it gained in a window.
     *
     * @param bounds upper bounds of the buckets; empty for a counter
     */
    record Gain(SeriesKey key, List<Double> bounds, long[] increments) {}

    public MetricsWindow(InstantSource clock) {
        this.clock = clock;
        this.started = clock.instant();
    }

    static boolean isKept(String metric) {
        return KEPT.contains(metric);
    }

    /** A proxy begins to report; if it was restarted, its totals begin at zero. */
    void opened(String nodeId, Instant startedAt) {
        synchronized (lock) {
            Node node = nodes.computeIfAbsent(nodeId, id -> new Node(startedAt));
            if (!node.startedAt.equals(startedAt)) {
                node.startedAt = startedAt;
                node.series.values().forEach(series -> series.totals = new long[series.totals.length]);
            }
        }
    }

    /**
     * Takes totals.
     *
     * @param bounds of a histogram; empty for a counter
     */
    void report(String nodeId, SeriesKey key, double[] bounds, long[] totals) {
        synchronized (lock) {
            Node node = nodes.get(nodeId);
            if (node == null) {
                throw new AssertionError("report before opening: " + nodeId);
            }
            Series series = node.series.get(key);
            if (series == null || series.totals.length != totals.length) {
                series = new Series(bounds, baseline(node, totals));
                node.series.put(key, series);
            }
            long[] increments = new long[totals.length];
            boolean any = false;
            for (int i = 0; i < totals.length; i++) {
                increments[i] = Math.max(0, totals[i] - series.totals[i]);
                any |= increments[i] > 0;
            }
            series.totals = totals.clone();
            if (any) {
                series.ring.add(clock.instant().getEpochSecond(), increments);
            }
        }
    }

    /**
     * Where a new series begins. One that appears while we listen began at zero; one that a proxy brings along when it first speaks to us
     * counts things from before our time, unless the proxy itself is younger than we are.
     */
    @GuardedBy("lock")
    private long[] baseline(Node node, long[] totals) {
        boolean before = node.lastReport.equals(Instant.MIN) && node.startedAt.isBefore(started);
        return before ? totals.clone() : new long[totals.length];
    }

    /** A request of a proxy has been taken whole. */
    void reported(String nodeId) {
        synchronized (lock) {
            Node node = nodes.get(nodeId);
            if (node != null) {
                node.lastReport = clock.instant();
            }
            forget();
        }
    }

    void certificates(String nodeId, List<Certificate> certificates) {
        synchronized (lock) {
            Node node = nodes.get(nodeId);
            if (node != null) {
                node.certificates = ImmutableList.copyOf(certificates);
            }
        }
    }

    /** What all series named {@code metric} gained in the last {@code window} of whole seconds. */
    List<Gain> gains(String metric, Duration window) {
        int seconds = Math.clamp(window.toSeconds(), 1, SecondsRing.SECONDS - 1);
        synchronized (lock) {
            long now = clock.instant().getEpochSecond();
            List<Gain> gains = new ArrayList<>();
            for (Node node : nodes.values()) {
                node.series.forEach((key, series) -> {
                    if (key.metric().equals(metric)) {
                        List<Double> bounds = new ArrayList<>();
                        for (double bound : series.bounds) {
                            bounds.add(bound);
                        }
                        gains.add(new Gain(key, Collections.unmodifiableList(bounds), series.ring.sum(now, seconds)));
                    }
                });
            }
            return gains;
        }
    }

    /** The certificates that a proxy says it uses. */
    public ImmutableList<Certificate> certificates(String nodeId) {
        synchronized (lock) {
            Node node = nodes.get(nodeId);
            return node == null ? ImmutableList.of() : node.certificates;
        }
    }

    @GuardedBy("lock")
    private void forget() {
        Instant now = clock.instant();
        nodes.values()
                .removeIf(node -> !node.lastReport.equals(Instant.MIN)
                        && node.lastReport.plusSeconds(SecondsRing.SECONDS).isBefore(now));
    }
}
