package dev.weft.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.telemetry.v1.CounterValue;
import dev.weft.api.telemetry.v1.ReportRequest;
import dev.weft.api.telemetry.v1.ReportResponse;
import dev.weft.api.telemetry.v1.SeriesDefinition;
import dev.weft.api.telemetry.v1.SeriesKind;
import dev.weft.api.telemetry.v1.TelemetryReportsGrpc;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the API says of proxies, of files that are wrong, and of traffic. */
class ControlPlaneStatusTest {
    @TempDir
    Path directory;

    @Test
    void tellsWhoIsBehindAndWhy() throws Exception {
        try (TestControlPlane plane = new TestControlPlane(directory)) {
            AdsClient client = plane.open();
            Await.until(() -> "status", () -> states(plane).equals(List.of("synced")));

            plane.write(
                    "more.yaml",
                    TestControlPlane.SERVICES.replace("reviews", "extra").split("---")[0]);
            client.reject(client.next(), "Error adding cluster outbound|9080||extra.shop.svc.cluster.local: no");
            Await.until(() -> "status", () -> states(plane).equals(List.of("rejected")));

            JsonNode proxy = plane.api("/api/v1/status").path("items").get(0);
            assertThat(proxy.path("name").asText()).isEqualTo("reviews-v1");
            assertThat(proxy.path("nacks").asInt()).isEqualTo(1);
            assertThat(proxy.path("lastError").asText()).endsWith("no");
            assertThat(proxy.path("errorResource").asText()).isEqualTo("outbound|9080||extra.shop.svc.cluster.local");
            assertThat(plane.api("/metrics").asText()).contains("pilot_total_xds_rejects{type=\"cds\"} 1.0");
            assertThat(plane.api("/debug/config_dump?proxyID=reviews-v1.shop")
                            .path("configs")
                            .get(0)
                            .path("dynamic_active_clusters")
                            .size())
                    .isPositive();
        }
    }

    @Test
    void missesAProxyAsLongAsItsWorkloadIsThere() throws Exception {
        try (TestControlPlane plane = new TestControlPlane(directory)) {
            plane.open();
            Await.until(() -> "status", () -> states(plane).equals(List.of("synced")));

            plane.channel.shutdownNow();
            Await.until(() -> "status", () -> states(plane).equals(List.of("disconnected")));

            plane.delete("workloads.yaml");
            Await.until(() -> "status", () -> states(plane).isEmpty());
        }
    }

    @Test
    void reportsABrokenFileWithItsLineAndKeepsServing() throws Exception {
        try (TestControlPlane plane = new TestControlPlane(directory)) {
            AdsClient client = plane.open();

            plane.write("services.yaml", TestControlPlane.SERVICES.replaceFirst("port: 9080", "port: ninety"));
            Await.until(
                    () -> "problems",
                    () -> !plane.api("/api/v1/status").path("problems").isEmpty());

            JsonNode problem = plane.api("/api/v1/status").path("problems").get(0);
            assertThat(problem.path("file").asText()).isEqualTo("services.yaml");
            assertThat(problem.path("line").asInt()).isEqualTo(4);
            assertThat(problem.path("kind").asText()).isEqualTo("Service");
            assertThat(problem.path("name").asText()).isEqualTo("reviews");

            // It goes on serving, and what the broken file had changed would come before a later change.
            plane.writeWorkloads(18001, 18002);
            assertThat(client.next().getTypeUrl()).isEqualTo(AdsClient.ENDPOINT);
        }
    }

    @Test
    void turnsReportsIntoEdges() throws Exception {
        try (TestControlPlane plane = new TestControlPlane(directory)) {
            CompletableFuture<ReportResponse> answer = new CompletableFuture<>();
            StreamObserver<ReportRequest> reports = TelemetryReportsGrpc.newStub(plane.channel)
                    .withCallCredentials(new AdsClient.Bearer(plane.token("reviews")))
                    .report(new StreamObserver<>() {
                        @Override
                        public void onNext(ReportResponse response) {
                            answer.complete(response);
                        }

                        @Override
                        public void onError(Throwable failure) {
                            answer.completeExceptionally(failure);
                        }

                        @Override
                        public void onCompleted() {}
                    });
            List<String> strings = List.of(
                    "istio_requests_total",
                    "reporter",
                    "destination",
                    "source_workload",
                    "web",
                    "response_code",
                    "200",
                    "destination_workload",
                    "reviews-v1",
                    "connection_security_policy",
                    "mutual_tls");
            reports.onNext(ReportRequest.newBuilder()
                    .setNodeId(AdsClient.node("reviews-v1", "shop", "reviews").getId())
                    .setStartedAt(com.google.protobuf.Timestamp.newBuilder()
                            .setSeconds(InstantSource.system().instant().getEpochSecond() + 1))
                    .addAllStrings(strings)
                    .addDefinitions(SeriesDefinition.newBuilder()
                            .setId(1)
                            .setName(0)
                            .setKind(SeriesKind.COUNTER)
                            .addAllLabels(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)))
                    .addCounters(CounterValue.newBuilder().setSeries(1).setValue(500))
                    .build());
            reports.onCompleted();
            answer.get(10, TimeUnit.SECONDS);

            Await.until(
                    () -> "edges",
                    () -> !plane.api("/api/v1/stat?window=10s").path("items").isEmpty());
            JsonNode edge = plane.api("/api/v1/stat?window=10s").path("items").get(0);
            assertThat(edge.path("sourceWorkload").asText()).isEqualTo("web");
            assertThat(edge.path("destinationWorkload").asText()).isEqualTo("reviews-v1");
            assertThat(edge.path("rps").asDouble()).isEqualTo(50);
            assertThat(edge.path("successRate").asDouble()).isEqualTo(1);
            assertThat(edge.path("secured").asBoolean()).isTrue();
        }
    }

    private static List<String> states(TestControlPlane plane) {
        return plane.api("/api/v1/status")
                .path("items")
                .valueStream()
                .map(item -> item.path("state").asText())
                .toList();
    }
}
