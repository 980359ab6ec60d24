package dev.weft.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.re2j.Pattern;
import dev.weft.proxy.telemetry.MetricSink.Labels;
import dev.weft.proxy.telemetry.Stat.Scope;
import dev.weft.proxy.telemetry.StatsPage.Choice;
import dev.weft.proxy.telemetry.StatsPage.Usage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class StatsPageTest {
    private final StatsPage page = new StatsPage(
            List.of(
                    sink -> sink.counter("requests_total", Labels.of("code", "200"), 3),
                    sink -> sink.histogram(
                            "duration_ms",
                            Labels.of("code", "200"),
                            ImmutableList.of(0.5, 10.0),
                            new long[] {1, 2, 4},
                            12.25),
                    sink -> sink.counter("requests_total", Labels.of("code", "404"), 0)),
            List.of(sink -> {
                sink.counter(new Stat(Scope.CLUSTER, "out|80|v1|a.b", "upstream_rq_200"), 5);
                sink.counter(new Stat(Scope.CLUSTER, "out|80|v1|a.b", "upstream_rq_2xx"), 6);
                sink.gauge(new Stat(Scope.CLUSTER, "out|80|v1|a.b", "circuit_breakers.default.cx_open"), 0);
                sink.gauge(Stat.server("uptime"), 7);
            }));

    @Test
    void writesTheValuesOfOneNameTogetherAndHistogramsSummedUp() {
        assertThat(page.prometheus(Choice.ALL)).isEqualTo("""
                # TYPE requests_total counter
                requests_total{code="200"} 3
                requests_total{code="404"} 0
                # TYPE duration_ms histogram
                duration_ms_bucket{code="200",le="0.5"} 1
                duration_ms_bucket{code="200",le="10"} 3
                duration_ms_bucket{code="200",le="+Inf"} 7
                duration_ms_sum{code="200"} 12.25
                duration_ms_count{code="200"} 7
                # TYPE envoy_cluster_upstream_rq counter
                envoy_cluster_upstream_rq{response_code="200",cluster_name="out|80|v1|a.b"} 5
                envoy_cluster_upstream_rq{response_code_class="2xx",cluster_name="out|80|v1|a.b"} 6
                # TYPE envoy_cluster_circuit_breakers_default_cx_open gauge
                envoy_cluster_circuit_breakers_default_cx_open{cluster_name="out|80|v1|a.b"} 0
                # TYPE envoy_server_uptime gauge
                envoy_server_uptime 7
                """);
    }

    @Test
    void escapesLabelValues() {
        PrometheusText text = new PrometheusText();
        text.gauge("g", Labels.of("path", "a\\b\"c\nd"), 1);

        assertThat(text.text()).isEqualTo("# TYPE g gauge\ng{path=\"a\\\\b\\\"c\\nd\"} 1\n");
    }

    @Test
    void writesEnvoysLinesInTheOrderOfTheirNames() {
        assertThat(page.text(Choice.ALL).lines())
                .contains("cluster.out|80|v1|a.b.upstream_rq_200: 5", "server.uptime: 7", "requests_total{code=200}: 3")
                .isSorted();
    }

    @Test
    void leavesOutWhatIsNotWanted() {
        Choice cluster = new Choice(Optional.of(Pattern.compile("^cluster\\.")), Usage.USED_ONLY);

        assertThat(page.text(cluster).lines())
                .containsExactly(
                        "cluster.out|80|v1|a.b.upstream_rq_200: 5", "cluster.out|80|v1|a.b.upstream_rq_2xx: 6");
        assertThat(page.prometheus(new Choice(Optional.of(Pattern.compile("uptime")), Usage.ALL)))
                .isEqualTo("# TYPE envoy_server_uptime gauge\nenvoy_server_uptime 7\n");
    }

    @Test
    void tellsStatusesFromOtherNumbersInNames() {
        assertThat(new Stat(Scope.HTTP, "in", "downstream_rq_http1_total").metric())
                .isEqualTo("envoy_http_downstream_rq_http1_total");
        assertThat(new Stat(Scope.HTTP, "in", "downstream_rq_5xx").metric()).isEqualTo("envoy_http_downstream_rq");
        assertThat(new Stat(Scope.HTTP, "in", "downstream_rq_5xx").text()).isEqualTo("http.in.downstream_rq_5xx");
    }
}
