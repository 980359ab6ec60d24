package dev.weft.proxy.telemetry;

import static dev.weft.proxy.telemetry.TestExchanges.PEER;
import static dev.weft.proxy.telemetry.TestExchanges.REVIEWS;
import static dev.weft.proxy.telemetry.TestExchanges.SELF;
import static dev.weft.proxy.telemetry.TestExchanges.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TcpMetricsTest {
    private final TcpMetrics metrics = new TcpMetrics(SELF, cluster -> Optional.empty());
    private final TestExchanges loop = new TestExchanges();

    @Test
    void countsAnOpenConnectionFromItsFirstSecondOnAndItsBytesEveryFive() {
        Exchange exchange = loop.begin(TestExchanges.inbound(TestExchanges.tls(REVIEWS, WEB)), metrics);
        exchange.began();
        exchange.countRequest(10);
        assertThat(CollectedMetrics.of(metrics).values).isEmpty();

        exchange.downstreamPeer(PEER);
        loop.pass(2);

        CollectedMetrics first = CollectedMetrics.of(metrics);
        assertThat(first.one(MetricNames.TCP_OPENED).value()).isEqualTo(1);
        assertThat(first.one(MetricNames.TCP_CLOSED).value()).isZero();
        assertThat(first.one(MetricNames.TCP_RECEIVED).value()).isEqualTo(10);

        exchange.countRequest(5);
        exchange.countResponse(100);
        loop.pass(2);
        assertThat(CollectedMetrics.of(metrics).one(MetricNames.TCP_SENT).value())
                .isZero();
        loop.pass(3);
        CollectedMetrics second = CollectedMetrics.of(metrics);
        assertThat(second.one(MetricNames.TCP_SENT).value()).isEqualTo(100);
        assertThat(second.one(MetricNames.TCP_RECEIVED).value()).isEqualTo(15);
        assertThat(second.one(MetricNames.TCP_OPENED).value()).isEqualTo(1);
    }

    @Test
    void namesBothEndsAndLeavesOutWhatIsHttps() {
        Exchange exchange = loop.begin(TestExchanges.inbound(TestExchanges.tls(REVIEWS, WEB)), metrics);
        exchange.began();
        exchange.downstreamPeer(PEER);
        loop.pass(2);

        var labels = CollectedMetrics.of(metrics).one(MetricNames.TCP_OPENED).labels();

        assertThat(labels)
                .containsEntry("reporter", "destination")
                .containsEntry("source_workload", "reviews-v1")
                .containsEntry("source_principal", REVIEWS)
                .containsEntry("destination_workload", "web")
                .containsEntry("request_protocol", "tcp")
                .containsEntry("response_flags", "-")
                .containsEntry("connection_security_policy", "mutual_tls")
                .doesNotContainKeys("response_code", "grpc_response_status");
    }

    @Test
    void countsAShortConnectionOnceWhenItEnds() {
        Exchange exchange = loop.begin(TestExchanges.outbound(), metrics);
        exchange.began();
        exchange.countRequest(3);
        exchange.countResponse(4);
        exchange.complete();
        loop.recycle(exchange);
        loop.pass(10);

        CollectedMetrics collected = CollectedMetrics.of(metrics);
        assertThat(collected.one(MetricNames.TCP_OPENED).value()).isEqualTo(1);
        assertThat(collected.one(MetricNames.TCP_CLOSED).value()).isEqualTo(1);
        assertThat(collected.one(MetricNames.TCP_SENT).value()).isEqualTo(4);
        assertThat(collected.one(MetricNames.TCP_RECEIVED).value()).isEqualTo(3);
    }

    @Test
    void countsAConnectionThatWasRefusedBeforeItBegan() {
        Exchange exchange = loop.begin(TestExchanges.inbound(null), metrics);
        exchange.fail(FailureReason.NO_CLUSTER, "cluster_not_found");
        exchange.complete();
        loop.recycle(exchange);

        CollectedMetrics collected = CollectedMetrics.of(metrics);
        assertThat(collected.one(MetricNames.TCP_OPENED).value()).isEqualTo(1);
        assertThat(collected.one(MetricNames.TCP_CLOSED).labels()).containsEntry("response_flags", "NC");
    }

    @Test
    void sumsTheLoops() {
        TestExchanges other = new TestExchanges(1);
        for (TestExchanges each : new TestExchanges[] {loop, other}) {
            Exchange exchange = each.begin(TestExchanges.outbound(), metrics);
            exchange.began();
            exchange.countRequest(5);
            exchange.complete();
            each.recycle(exchange);
        }

        assertThat(CollectedMetrics.of(metrics).one(MetricNames.TCP_RECEIVED).value())
                .isEqualTo(10);
    }
}
