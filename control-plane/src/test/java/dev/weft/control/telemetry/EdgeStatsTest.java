package dev.weft.control.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import dev.weft.control.ca.SettableClock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EdgeStatsTest {
    private static final double[] BOUNDS = {10, 100, 1000};

    private final SettableClock clock = new SettableClock();
    private final MetricsWindow metrics = new MetricsWindow(clock);

    private static SeriesKey key(String metric, String reporter, Map<String, String> more) {
        return new SeriesKey(
                metric,
                ImmutableMap.<String, String>builder()
                        .put("reporter", reporter)
                        .put("source_workload", "web")
                        .put("destination_workload", "reviews-v1")
                        .put("request_protocol", "http")
                        .putAll(more)
                        .buildOrThrow());
    }

    private void requests(String node, String reporter, String code, long total, Map<String, String> more) {
        ImmutableMap<String, String> labels = ImmutableMap.<String, String>builder()
                .put("response_code", code)
                .putAll(more)
                .buildOrThrow();
        metrics.report(node, key(MetricsWindow.REQUESTS, reporter, labels), new double[0], new long[] {total});
    }

    private EdgeStat edge() {
        var edges = EdgeStats.of(metrics, Duration.ofSeconds(10));
        assertThat(edges).hasSize(1);
        return edges.getFirst();
    }

    private void open(String node) {
        metrics.opened(node, clock.instant());
    }

    @Test
    void takesNumbersOfTheClientAndProofOfTheServer() {
        open("web");
        open("reviews");
        requests("web", "source", "200", 90, Map.of("connection_security_policy", "unknown"));
        requests("web", "source", "503", 10, Map.of("connection_security_policy", "unknown"));
        requests(
                "reviews",
                "destination",
                "200",
                90,
                Map.of("connection_security_policy", "mutual_tls", "source_principal", "spiffe://td/ns/shop/sa/web"));
        clock.pass(Duration.ofSeconds(1));

        EdgeStat edge = edge();
        assertThat(edge.rps()).isEqualTo(10);
        assertThat(edge.successRate()).isEqualTo(0.9);
        assertThat(edge.secured()).isTrue();
        assertThat(edge.sourcePrincipal()).isEqualTo("spiffe://td/ns/shop/sa/web");
    }

    @Test
    void doesNotCallAnEdgeSecuredOnWhichOneRequestCameInPlainText() {
        open("reviews");
        requests("reviews", "destination", "200", 99, Map.of("connection_security_policy", "mutual_tls"));
        requests("reviews", "destination", "200", 1, Map.of("connection_security_policy", "none"));
        clock.pass(Duration.ofSeconds(1));

        assertThat(edge().secured()).isFalse();
    }

    @Test
    void countsAGrpcErrorAsAFailure() {
        open("web");
        requests("web", "source", "200", 1, Map.of("grpc_response_status", "14"));
        requests("web", "source", "200", 3, Map.of("grpc_response_status", "0"));
        clock.pass(Duration.ofSeconds(1));

        assertThat(edge().successRate()).isEqualTo(0.75);
    }

    @Test
    void readsPercentilesFromBuckets() {
        open("web");
        requests("web", "source", "200", 100, Map.of());
        metrics.report("web", key(MetricsWindow.DURATIONS, "source", Map.of()), BOUNDS, new long[] {50, 45, 4, 1});
        clock.pass(Duration.ofSeconds(1));

        EdgeStat edge = edge();
        assertThat(edge.p50Millis()).isEqualTo(10);
        assertThat(edge.p90Millis()).isEqualTo(90);
        assertThat(edge.p99Millis()).isEqualTo(1000);
        assertThat(edge.latency())
                .containsExactly(
                        new EdgeStat.Bucket(0, 10.0, 50),
                        new EdgeStat.Bucket(10, 100.0, 45),
                        new EdgeStat.Bucket(100, 1000.0, 4),
                        new EdgeStat.Bucket(1000, null, 1));
    }

    @Test
    void leavesOpenWhatOnlyTheDestinationCouldSay() {
        open("web");
        requests("web", "source", "200", 1, Map.of("connection_security_policy", "unknown"));
        clock.pass(Duration.ofSeconds(1));

        assertThat(edge().secured()).isNull();
        assertThat(edge().reporters()).isEqualTo("source");
    }

    @Test
    void countsOnlyWhatHappenedInTheWindow() {
        open("web");
        requests("web", "source", "200", 1_000, Map.of());
        clock.pass(Duration.ofSeconds(11));
        requests("web", "source", "200", 1_020, Map.of());
        clock.pass(Duration.ofSeconds(1));

        assertThat(edge().rps()).isEqualTo(2);
        assertThat(EdgeStats.of(metrics, Duration.ofSeconds(20)).getFirst().rps())
                .isEqualTo(51);
    }

    @Test
    void doesNotTakeThePastOfAProxyForTrafficOfNow() {
        metrics.opened("web", clock.instant().minusSeconds(3600));
        requests("web", "source", "200", 1_000_000, Map.of());
        metrics.reported("web");
        clock.pass(Duration.ofSeconds(1));
        assertThat(EdgeStats.of(metrics, Duration.ofSeconds(10))).isEmpty();

        requests("web", "source", "200", 1_000_010, Map.of());
        clock.pass(Duration.ofSeconds(1));
        assertThat(edge().rps()).isEqualTo(1);
    }

    @Test
    void beginsAtZeroAgainAfterARestartOfTheProxy() {
        open("web");
        requests("web", "source", "200", 1_000, Map.of());
        clock.pass(Duration.ofSeconds(60));
        open("web");
        requests("web", "source", "200", 30, Map.of());
        clock.pass(Duration.ofSeconds(1));

        assertThat(edge().rps()).isEqualTo(3);
    }

    @Test
    void forgetsASecondAfterTenMinutes() {
        SecondsRing ring = new SecondsRing(1);
        ring.add(5, new long[] {7});
        ring.add(5 + SecondsRing.SECONDS, new long[] {1});

        assertThat(ring.sum(6 + SecondsRing.SECONDS, SecondsRing.SECONDS)).containsExactly(1);
    }
}
