package dev.weft.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weft.api.istio.v1.auth.IstioCertificateRequest;
import dev.weft.api.istio.v1.auth.IstioCertificateServiceGrpc;
import dev.weft.api.telemetry.v1.CounterValue;
import dev.weft.api.telemetry.v1.ReportRequest;
import dev.weft.api.telemetry.v1.ReportResponse;
import dev.weft.api.telemetry.v1.SeriesDefinition;
import dev.weft.api.telemetry.v1.SeriesKind;
import dev.weft.api.telemetry.v1.TelemetryReportsGrpc;
import dev.weft.control.ca.CallerIdentity;
import dev.weft.control.ca.Requests;
import dev.weft.control.ca.WorkloadTokens;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole control plane in this process, against clients that know nothing of it but its protocols. */
class ControlPlaneTest {
    private static final String REVIEWS_CLUSTER = "outbound|9080||reviews.shop.svc.cluster.local";
    private static final String MESH = """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: ratings, namespace: shop}
            spec: {selector: {app: ratings}, ports: [{name: http, port: 9080}]}
            """;

    private static String workload(String name, String app, int port) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: %s, namespace: shop}
                spec: {address: 127.0.0.1, labels: {app: %s}, serviceAccount: %s, ports: {http: %d}}
                """.formatted(name, app, app, port);
    }

    @TempDir
    Path directory;

    private Path files;
    private Path state;
    private ControlPlaneApp app;
    private WorkloadTokens tokens;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        files = Files.createDirectory(directory.resolve("mesh"));
        state = directory.resolve("state");
        Files.writeString(files.resolve("services.yaml"), MESH);
        Files.writeString(files.resolve("workloads.yaml"), workload("reviews-v1", "reviews", 18001));
        app = ControlPlaneApp.start(
                ControlPlaneOptions.parse(
                        List.of(
                                "--files",
                                files.toString(),
                                "--state",
                                state.toString(),
                                "--xds-port",
                                "0",
                                "--http-port",
                                "0"),
                        Map.of()),
                InstantSource.system());
        tokens = WorkloadTokens.open(state.resolve("token-key.pem"), InstantSource.system(), new SecureRandom());
        channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1",
                        app.xdsPort(),
                        TlsChannelCredentials.newBuilder()
                                .trustManager(state.resolve("ca/root-cert.pem").toFile())
                                .build())
                .overrideAuthority("istiod.istio-system.svc")
                .build();
    }

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        app.close();
    }

    private String token(String account) {
        return tokens.mint(new CallerIdentity("shop", account, account + "-v1"), Duration.ofMinutes(10));
    }

    private static Set<String> names(DeltaDiscoveryResponse response) {
        return response.getResourcesList().stream().map(Resource::getName).collect(Collectors.toSet());
    }

    private AdsClient open() throws InterruptedException {
        AdsClient client = new AdsClient(channel, token("reviews"));
        var node = AdsClient.node("reviews-v1", "shop", "reviews");
        client.subscribe(node, AdsClient.CLUSTER);
        DeltaDiscoveryResponse clusters = client.next();
        client.ack(clusters);
        client.subscribe(
                node,
                AdsClient.ENDPOINT,
                names(clusters).stream()
                        .filter(name -> name.startsWith("outbound"))
                        .toArray(String[]::new));
        client.ack(client.next());
        client.subscribe(node, AdsClient.LISTENER);
        client.ack(client.next());
        return client;
    }

    private JsonNode api(String path) throws Exception {
        HttpResponse<String> response;
        try (HttpClient http = HttpClient.newHttpClient()) {
            response = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.httpPort() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.headers().firstValue("Content-Type").orElseThrow().startsWith("application/json")
                ? new JsonMapper().readTree(response.body())
                : new JsonMapper().getNodeFactory().textNode(response.body());
    }

    @Test
    void sendsOneEndpointChangeAsOneResponseWithOneResourceAndNothingElse() throws Exception {
        AdsClient client = open();

        Files.writeString(
                files.resolve("workloads.yaml"),
                workload("reviews-v1", "reviews", 18001) + workload("reviews-v2", "reviews", 18002));

        DeltaDiscoveryResponse change = client.next();
        assertThat(change.getTypeUrl()).isEqualTo(AdsClient.ENDPOINT);
        assertThat(change.getResourcesList()).hasSize(1);
        assertThat(change.getRemovedResourcesList()).isEmpty();
        ClusterLoadAssignment endpoints = ClusterLoadAssignment.parseFrom(
                change.getResources(0).getResource().getValue());
        assertThat(endpoints.getClusterName()).isEqualTo(REVIEWS_CLUSTER);
        assertThat(endpoints.getEndpointsList().stream()
                        .flatMap(locality -> locality.getLbEndpointsList().stream())
                        .map(endpoint -> endpoint.getEndpoint()
                                .getAddress()
                                .getSocketAddress()
                                .getPortValue()))
                .containsExactly(18001, 18002);
        client.ack(change);

        // Anything else that the change caused would come before what a later change causes.
        Files.writeString(
                files.resolve("workloads.yaml"),
                workload("reviews-v1", "reviews", 18001) + workload("reviews-v2", "reviews", 18003));
        assertThat(client.next().getTypeUrl()).isEqualTo(AdsClient.ENDPOINT);
        assertThat(client.responses).isEmpty();
    }

    @Test
    void servesNothingWithoutAToken() throws Exception {
        AdsClient client = new AdsClient(channel, "");
        assertThat(client.ending().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);

        assertThatThrownBy(() -> IstioCertificateServiceGrpc.newBlockingStub(channel)
                        .createCertificate(IstioCertificateRequest.newBuilder()
                                .setCsr(Requests.request(Requests.key("secp256r1")))
                                .build()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
    }

    @Test
    void deniesAStreamAsSomebodyElse() throws Exception {
        for (var node : List.of(
                AdsClient.node("ratings-v1", "shop", "ratings"), AdsClient.node("reviews-v1", "bank", "reviews"))) {
            AdsClient client = new AdsClient(channel, token("reviews"));
            client.subscribe(node, AdsClient.CLUSTER);

            assertThat(client.ending().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(client.responses).isEmpty();
        }
    }

    @Test
    void signsForTheCallerAndDeniesACertificateForSomebodyElse() throws Exception {
        var service = IstioCertificateServiceGrpc.newBlockingStub(channel)
                .withCallCredentials(new AdsClient.Bearer(token("reviews")));
        String mine = Requests.request(Requests.key("secp256r1"), "spiffe://cluster.local/ns/shop/sa/reviews");
        String other = Requests.request(Requests.key("secp256r1"), "spiffe://cluster.local/ns/shop/sa/ratings");

        assertThat(service.createCertificate(IstioCertificateRequest.newBuilder()
                                .setCsr(mine)
                                .build())
                        .getCertChainList())
                .hasSize(2);
        assertThatThrownBy(() -> service.createCertificate(
                        IstioCertificateRequest.newBuilder().setCsr(other).build()))
                .isInstanceOfSatisfying(StatusRuntimeException.class, failure -> {
                    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
                    assertThat(failure.getStatus().getDescription()).contains("sa/ratings", "sa/reviews");
                });
    }

    @Test
    void makesAnEditLiveInUnderASecond() throws Exception {
        AdsClient client = open();
        long edited = System.nanoTime();

        Files.writeString(
                files.resolve("more.yaml"), MESH.replace("reviews", "extra").split("---")[0]);
        DeltaDiscoveryResponse change = client.next();

        assertThat(Duration.ofNanos(System.nanoTime() - edited)).isLessThan(Duration.ofSeconds(1));
        assertThat(names(change)).containsExactly("outbound|9080||extra.shop.svc.cluster.local");
    }

    @Test
    void tellsWhoIsBehindAndWhy() throws Exception {
        AdsClient client = open();
        Await.until(() -> "status", () -> states().equals(List.of("synced")));

        Files.writeString(
                files.resolve("more.yaml"), MESH.replace("reviews", "extra").split("---")[0]);
        client.reject(client.next(), "Error adding cluster outbound|9080||extra.shop.svc.cluster.local: no");
        Await.until(() -> "status", () -> states().equals(List.of("rejected")));

        JsonNode proxy = api("/api/v1/status").path("items").get(0);
        assertThat(proxy.path("name").asText()).isEqualTo("reviews-v1");
        assertThat(proxy.path("nacks").asInt()).isEqualTo(1);
        assertThat(proxy.path("lastError").asText()).endsWith("no");
        assertThat(proxy.path("errorResource").asText()).isEqualTo("outbound|9080||extra.shop.svc.cluster.local");
        assertThat(api("/metrics").asText()).contains("pilot_total_xds_rejects{type=\"cds\"} 1.0");
        assertThat(api("/debug/config_dump?proxyID=reviews-v1.shop")
                        .path("configs")
                        .get(0)
                        .path("dynamic_active_clusters")
                        .size())
                .isPositive();
    }

    @Test
    void missesAProxyAsLongAsItsWorkloadIsThere() throws Exception {
        open();
        Await.until(() -> "status", () -> states().equals(List.of("synced")));

        channel.shutdownNow();
        Await.until(() -> "status", () -> states().equals(List.of("disconnected")));

        Files.delete(files.resolve("workloads.yaml"));
        Await.until(() -> "status", () -> states().isEmpty());
    }

    private List<String> states() {
        try {
            return api("/api/v1/status")
                    .path("items")
                    .valueStream()
                    .map(item -> item.path("state").asText())
                    .toList();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void reportsABrokenFileWithItsLineAndKeepsServing() throws Exception {
        AdsClient client = open();

        Files.writeString(files.resolve("services.yaml"), MESH.replaceFirst("port: 9080", "port: ninety"));
        Await.until(() -> "problems", () -> {
            try {
                return !api("/api/v1/status").path("problems").isEmpty();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });

        JsonNode problem = api("/api/v1/status").path("problems").get(0);
        assertThat(problem.path("file").asText()).isEqualTo("services.yaml");
        assertThat(problem.path("line").asInt()).isEqualTo(4);
        assertThat(problem.path("kind").asText()).isEqualTo("Service");
        assertThat(problem.path("name").asText()).isEqualTo("reviews");
        assertThat(client.responses).isEmpty();
    }

    @Test
    void turnsReportsIntoEdges() throws Exception {
        CompletableFuture<ReportResponse> answer = new CompletableFuture<>();
        StreamObserver<ReportRequest> reports = TelemetryReportsGrpc.newStub(channel)
                .withCallCredentials(new AdsClient.Bearer(token("reviews")))
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

        Await.until(() -> "edges", () -> {
            try {
                return !api("/api/v1/stat?window=10s").path("items").isEmpty();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        JsonNode edge = api("/api/v1/stat?window=10s").path("items").get(0);
        assertThat(edge.path("sourceWorkload").asText()).isEqualTo("web");
        assertThat(edge.path("destinationWorkload").asText()).isEqualTo("reviews-v1");
        assertThat(edge.path("rps").asDouble()).isEqualTo(50);
        assertThat(edge.path("successRate").asDouble()).isEqualTo(1);
        assertThat(edge.path("secured").asBoolean()).isTrue();
    }

    @Test
    void saysWhereItListensAndTakesTheNoteAwayAtTheEnd() throws Exception {
        JsonNode note = new JsonMapper().readTree(state.resolve("control.json").toFile());

        assertThat(note.path("xdsPort").asInt()).isEqualTo(app.xdsPort());
        assertThat(note.path("httpPort").asInt()).isEqualTo(app.httpPort());
        assertThat(note.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
        app.close();
        assertThat(state.resolve("control.json")).doesNotExist();
    }

    @Test
    void saysWhatKeepsItFromStarting() throws Exception {
        assertThatThrownBy(() -> ControlPlaneApp.start(
                        ControlPlaneOptions.parse(
                                List.of(
                                        "--files", files.toString(),
                                        "--state", directory.resolve("other").toString(),
                                        "--xds-port", String.valueOf(app.xdsPort()),
                                        "--http-port", "0"),
                                Map.of()),
                        InstantSource.system()))
                .hasMessageContaining("cannot listen on")
                .hasMessageContaining(String.valueOf(app.xdsPort()));
        assertThatThrownBy(() -> ControlPlaneApp.start(
                        ControlPlaneOptions.parse(
                                List.of("--files", "/nowhere/at/all", "--state", state.toString()), Map.of()),
                        InstantSource.system()))
                .hasMessageContaining("/nowhere/at/all");
        assertThatThrownBy(() -> ControlPlaneApp.start(
                        ControlPlaneOptions.parse(
                                List.of("--files", files.toString(), "--state", state.toString()), Map.of()),
                        InstantSource.system()))
                .hasMessageContaining("is in use by another control plane");
        assertThat(state.resolve("control.json")).exists();
    }
}
