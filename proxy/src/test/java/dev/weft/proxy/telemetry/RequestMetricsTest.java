package dev.weft.proxy.telemetry;

import static dev.weft.proxy.telemetry.TestExchanges.PEER;
import static dev.weft.proxy.telemetry.TestExchanges.REVIEWS;
import static dev.weft.proxy.telemetry.TestExchanges.SELF;
import static dev.weft.proxy.telemetry.TestExchanges.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.cluster.Cluster.ServiceRef;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.PeerMetadata;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RequestMetricsTest {
    private static final String CLUSTER = "outbound|9080||reviews.books.svc.cluster.local";

    private final RequestMetrics metrics = new RequestMetrics(
            SELF,
            cluster -> cluster.equals(CLUSTER)
                    ? Optional.of(new ServiceRef("reviews.books.svc.cluster.local", "reviews", "books"))
                    : Optional.empty());
    private final TestExchanges loop = new TestExchanges();

    @Test
    void aServerNamesItsClientByMetadataAndCertificate() {
        Exchange exchange = loop.request(TestExchanges.inbound(TestExchanges.tls(REVIEWS, WEB)), metrics);
        exchange.downstreamPeer(PEER);
        exchange.upstream().cluster("inbound|9080||");
        loop.end(exchange, 200, 7);

        Map<String, String> labels = requests().labels();
        assertThat(labels)
                .containsEntry("reporter", "destination")
                .containsEntry("source_workload", "reviews-v1")
                .containsEntry("source_workload_namespace", "books")
                .containsEntry("source_canonical_service", "reviews")
                .containsEntry("source_canonical_revision", "v1")
                .containsEntry("source_app", "reviews")
                .containsEntry("source_version", "v1")
                .containsEntry("source_cluster", "east")
                .containsEntry("source_principal", REVIEWS)
                .containsEntry("destination_workload", "web")
                .containsEntry("destination_workload_namespace", "shop")
                .containsEntry("destination_canonical_service", "web")
                .containsEntry("destination_canonical_revision", "v2")
                .containsEntry("destination_principal", WEB)
                .containsEntry("destination_cluster", "Kubernetes")
                .containsEntry("request_protocol", "http")
                .containsEntry("response_code", "200")
                .containsEntry("grpc_response_status", "")
                .containsEntry("response_flags", "-")
                .containsEntry("connection_security_policy", "mutual_tls");
    }

    @Test
    void aClientNamesTheServiceAndLeavesSecurityToTheServer() {
        Exchange exchange = loop.request(TestExchanges.outbound(), metrics);
        exchange.upstream().cluster(CLUSTER);
        exchange.upstream().connection(1, "10.0.0.1:5", HttpProtocol.HTTP_1_1, TestExchanges.tls(REVIEWS, WEB));
        exchange.upstreamPeer(PEER);
        loop.end(exchange, 503, 7);

        assertThat(requests().labels())
                .containsEntry("reporter", "source")
                .containsEntry("source_workload", "web")
                .containsEntry("source_principal", WEB)
                .containsEntry("destination_workload", "reviews-v1")
                .containsEntry("destination_principal", REVIEWS)
                .containsEntry("destination_service", "reviews.books.svc.cluster.local")
                .containsEntry("destination_service_name", "reviews")
                .containsEntry("destination_service_namespace", "books")
                .containsEntry("response_code", "503")
                .containsEntry("connection_security_policy", "unknown");
    }

    @Test
    void saysUnknownForWhatNobodyTold() {
        Exchange exchange = loop.request(TestExchanges.inbound(null), metrics);
        exchange.fail(FailureReason.NO_ROUTE, "route_not_found");
        loop.end(exchange, 404, 0);

        Map<String, String> labels = requests().labels();
        assertThat(labels)
                .containsEntry("source_workload", "unknown")
                .containsEntry("source_principal", "unknown")
                .containsEntry("source_canonical_revision", "latest")
                .containsEntry("destination_service", "unknown")
                .containsEntry("response_flags", "NR")
                .containsEntry("connection_security_policy", "none");
        assertThat(labels).hasSize(25).doesNotContainValue(null);
    }

    @Test
    void namesPassthroughAndTheLikeByTheirClusters() {
        Exchange exchange = loop.request(TestExchanges.outbound(), metrics);
        exchange.upstream().cluster("PassthroughCluster");
        loop.end(exchange, 200, 0);

        assertThat(requests().labels()).containsEntry("destination_service_name", "PassthroughCluster");
    }

    @Test
    void takesGrpcStatusFromTheTrailersOrElseTheHead() {
        Exchange trailers = loop.request(TestExchanges.outbound(), metrics);
        TestExchanges.grpc(trailers);
        trailers.responseTrailers().add(HeaderName.GRPC_STATUS, "14");
        loop.end(trailers, 200, 0);
        Exchange head = loop.request(TestExchanges.outbound(), metrics);
        TestExchanges.grpc(head);
        head.response().headers().add(HeaderName.GRPC_STATUS, "5");
        loop.end(head, 200, 0);
        Exchange http = loop.request(TestExchanges.outbound(), metrics);
        http.response().headers().add(HeaderName.GRPC_STATUS, "5");
        loop.end(http, 200, 0);

        assertThat(CollectedMetrics.of(metrics).named(MetricNames.REQUESTS))
                .extracting(v ->
                        v.labels().get("request_protocol") + " " + v.labels().get("grpc_response_status"))
                .containsExactlyInAnyOrder("grpc 14", "grpc 5", "http ");
    }

    @Test
    void sumsWhatTheLoopsCounted() {
        TestExchanges other = new TestExchanges(1);
        for (int i = 0; i < 3; i++) {
            loop.end(loop.request(TestExchanges.outbound(), metrics), 200, 7);
        }
        other.end(other.request(TestExchanges.outbound(), metrics), 200, 70);

        CollectedMetrics collected = CollectedMetrics.of(metrics);
        assertThat(collected.one(MetricNames.REQUESTS).value()).isEqualTo(4);
        CollectedMetrics.Value durations = collected.one(MetricNames.REQUEST_DURATION);
        assertThat(durations.sum()).isEqualTo(91);
        assertThat(durations.counts()[3]).as("up to 10 ms").isEqualTo(3);
        assertThat(durations.counts()[6]).as("up to 100 ms").isEqualTo(1);
    }

    @Test
    void countsBytesOfBodies() {
        Exchange exchange = loop.request(TestExchanges.outbound(), metrics);
        exchange.countRequest(30);
        loop.end(exchange, 200, 0);

        CollectedMetrics.Value bytes = CollectedMetrics.of(metrics).one(MetricNames.REQUEST_BYTES);
        assertThat(bytes.sum()).isEqualTo(30);
        assertThat(bytes.counts()[5]).as("up to 50 bytes").isEqualTo(1);
    }

    @Test
    void makesOneSeriesOfOnePeerThatIsToldByManyObjects() {
        SeriesTable<Object> table = new SeriesTable<>(key -> new Object());
        Object first = table.find(withPeer(copyOfPeer()));

        for (int i = 0; i < 10; i++) {
            assertThat(table.find(withPeer(copyOfPeer()))).isSameAs(first);
        }
    }

    @Test
    void countsPeersAsUnknownWhenTheyAreTooManyToBeTrue() {
        for (int i = 0; i < 10_000; i++) {
            Exchange exchange = loop.request(TestExchanges.inbound(null), metrics);
            exchange.downstreamPeer(new PeerMetadata("", "made-up-" + i, "x", "", "", "", "", ""));
            loop.end(exchange, 200, 0);
        }

        CollectedMetrics collected = CollectedMetrics.of(metrics);
        assertThat(collected.named(MetricNames.REQUESTS)).hasSizeLessThan(5000);
        assertThat(collected.named(MetricNames.REQUESTS).stream()
                        .mapToLong(CollectedMetrics.Value::value)
                        .sum())
                .isEqualTo(10_000);
    }

    private Exchange withPeer(PeerMetadata peer) {
        Exchange exchange = loop.request(TestExchanges.inbound(null), x -> {});
        exchange.downstreamPeer(peer);
        return exchange;
    }

    private static PeerMetadata copyOfPeer() {
        return new PeerMetadata(
                PEER.id(),
                PEER.workload(),
                PEER.namespace(),
                PEER.canonicalService(),
                PEER.canonicalRevision(),
                PEER.app(),
                PEER.version(),
                PEER.cluster());
    }

    private CollectedMetrics.Value requests() {
        return CollectedMetrics.of(metrics).one(MetricNames.REQUESTS);
    }
}
