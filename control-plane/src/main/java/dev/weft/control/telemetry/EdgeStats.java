package dev.weft.control.telemetry;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From series to edges. Pure over what {@link MetricsWindow} gives.
 *
 * <p>Both ends of an edge count each request. The client's numbers are taken where it reports, since only it sees what never arrived; the
 * server's word is taken for encryption and identities, since only it verifies them.
 */
public final class EdgeStats {

    private static final String SOURCE = "source";
    private static final String DESTINATION = "destination";
    private static final String MUTUAL_TLS = "mutual_tls";

    private final long seconds;
    private final Map<Edge, Sides> edges = new HashMap<>();

    private static final class Sides {
        private final Counts source = new Counts();
        private final Counts destination = new Counts();
    }

    private static final class Counts {
        private long total;
        private long failed;
        private long secured;
        private String sourcePrincipal = "";
        private String destinationPrincipal = "";
        private final List<MetricsWindow.Gain> durations = new ArrayList<>();
    }

    private EdgeStats(long seconds) {
        this.seconds = seconds;
    }

    /** All edges with traffic in the last {@code window}, busiest first. */
    public static ImmutableList<EdgeStat> of(MetricsWindow metrics, Duration window) {
        EdgeStats stats = new EdgeStats(Math.max(1, window.toSeconds()));
        metrics.gains(MetricsWindow.REQUESTS, window)
                .forEach(gain -> stats.count(gain, gain.key().label("request_protocol"), fails(gain.key())));
        metrics.gains(MetricsWindow.TCP_OPENED, window).forEach(gain -> stats.count(gain, "tcp", false));
        metrics.gains(MetricsWindow.DURATIONS, window).forEach(stats::durations);
        return stats.edges.entrySet().stream()
                .map(entry -> stats.stat(entry.getKey(), entry.getValue()))
                .filter(stat -> stat.rps() > 0)
                .sorted(Comparator.comparing(EdgeStat::rps).reversed().thenComparing(EdgeStat::sourceWorkload))
                .collect(ImmutableList.toImmutableList());
    }

    private static boolean fails(SeriesKey key) {
        String code = key.label("response_code");
        String grpc = key.label("grpc_response_status");
        boolean httpFailed = code.startsWith("5") || code.equals("0");
        return httpFailed || !(grpc.isEmpty() || grpc.equals("0") || grpc.equals("unknown"));
    }

    private void count(MetricsWindow.Gain gain, String protocol, boolean failed) {
        long count = gain.increments()[0];
        if (count == 0) {
            return;
        }
        Counts counts = counts(gain.key(), protocol);
        counts.total += count;
        counts.failed += failed ? count : 0;
        counts.secured += gain.key().label("connection_security_policy").equals(MUTUAL_TLS) ? count : 0;
        counts.sourcePrincipal = known(gain.key().label("source_principal"), counts.sourcePrincipal);
        counts.destinationPrincipal = known(gain.key().label("destination_principal"), counts.destinationPrincipal);
    }

    private void durations(MetricsWindow.Gain gain) {
        Counts counts = counts(gain.key(), gain.key().label("request_protocol"));
        counts.durations.add(gain);
    }

    private Counts counts(SeriesKey key, String protocol) {
        Sides sides = edges.computeIfAbsent(Edge.of(key, protocol), edge -> new Sides());
        return key.label("reporter").equals(SOURCE) ? sides.source : sides.destination;
    }

    private static String known(String label, String otherwise) {
        return label.isEmpty() || label.equals("unknown") ? otherwise : label;
    }

    private EdgeStat stat(Edge edge, Sides sides) {
        Counts counts = sides.source.total > 0 ? sides.source : sides.destination;
        Counts proof = sides.destination.total > 0 ? sides.destination : sides.source;
        Percentiles durations = Percentiles.of(counts.durations);
        return new EdgeStat(
                edge.sourceWorkload(),
                edge.sourceNamespace(),
                edge.destinationWorkload(),
                edge.destinationService(),
                edge.destinationNamespace(),
                edge.destinationVersion(),
                edge.requestProtocol(),
                round((double) counts.total / seconds),
                counts.total == 0 ? null : (double) (counts.total - counts.failed) / counts.total,
                rounded(durations.at(0.5)),
                rounded(durations.at(0.9)),
                rounded(durations.at(0.99)),
                durations.buckets(),
                secured(sides),
                sides.source.total == 0 ? DESTINATION : sides.destination.total == 0 ? SOURCE : "both",
                known(proof.sourcePrincipal, counts.sourcePrincipal),
                known(proof.destinationPrincipal, counts.destinationPrincipal));
    }

    /** A client does not know what its server verified, unless it says so. */
    private static @Nullable Boolean secured(Sides sides) {
        if (sides.destination.total > 0) {
            return sides.destination.secured == sides.destination.total;
        }
        return sides.source.secured == sides.source.total ? Boolean.TRUE : null;
    }

    private static @Nullable Double rounded(@Nullable Double value) {
        return value == null ? null : round(value);
    }

    private static double round(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
