package dev.weft.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.api.istio.v1.auth.IstioCertificateRequest;
import dev.weft.api.istio.v1.auth.IstioCertificateServiceGrpc;
import dev.weft.control.ca.Requests;
import dev.weft.control.kubernetes.identity.FakeApiServer;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole control plane against an API server in this process. */
class KubernetesControlPlaneTest {
    @TempDir
    Path directory;

    private final FakeApiServer cluster = new FakeApiServer();
    private Replicas replicas;
    private String token;

    @BeforeEach
    void start() {
        replicas = new Replicas(cluster, directory);
        token = replicas.token();
    }

    @AfterEach
    void stop() throws Exception {
        replicas.close();
    }

    private static List<String> sign(ManagedChannel channel, String token) throws Exception {
        return IstioCertificateServiceGrpc.newBlockingStub(channel)
                .withCallCredentials(new AdsClient.Bearer(token))
                .createCertificate(IstioCertificateRequest.newBuilder()
                        .setCsr(Requests.request(Requests.key("secp256r1")))
                        .setValidityDuration(20)
                        .build())
                .getCertChainList();
    }

    private static HttpResponse<String> get(String host, int port, String path, String... headers) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + path));
            if (headers.length > 0) {
                request.headers(headers);
            }
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void replicasThatStartAtOnceSignWithOneRootAndAnyServesAnyPod() throws Exception {
        List<CompletableFuture<ControlPlaneApp>> starting = new ArrayList<>();
        for (String pod : List.of("weft-control-a", "weft-control-b")) {
            CompletableFuture<ControlPlaneApp> one = new CompletableFuture<>();
            starting.add(one);
            Thread.ofVirtual().start(() -> {
                try {
                    one.complete(replicas.start(pod));
                } catch (Exception e) {
                    one.completeExceptionally(e);
                }
            });
        }

        List<String> roots = new ArrayList<>();
        for (CompletableFuture<ControlPlaneApp> one : starting) {
            ControlPlaneApp app = one.get(60, TimeUnit.SECONDS);
            roots.add(sign(replicas.channel(app), token).getLast());
            AdsClient client = new AdsClient(replicas.lastChannel(), token);
            client.subscribe(AdsClient.node("reviews-v1", "shop", "reviews"), AdsClient.CLUSTER);
            assertThat(client.next().getTypeUrl()).isEqualTo(AdsClient.CLUSTER);
        }
        assertThat(roots).containsOnly(replicas.bundle("shop"));
    }

    @Test
    void deniesANodeThatIsAnotherPodOfTheSameAccountAndATokenOfNobody() throws Exception {
        ManagedChannel channel = replicas.channel(replicas.start("weft-control-a"));

        AdsClient impostor = new AdsClient(channel, token);
        impostor.subscribe(AdsClient.node("reviews-v2", "shop", "reviews"), AdsClient.CLUSTER);
        assertThat(impostor.ending().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);

        String nobody =
                FakeApiServer.token("istio-ca", InstantSource.system().instant().plus(Duration.ofHours(1)));
        assertThatThrownBy(() -> sign(channel, nobody))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
    }

    @Test
    void servesWhomItKnowsWhileTheApiServerIsAwayAndAsksStrangersToTryAgain() throws Exception {
        ControlPlaneApp app = replicas.start("weft-control-a");
        ManagedChannel channel = replicas.channel(app);
        assertThat(sign(channel, token)).hasSize(2);
        String stranger = cluster.token(
                "shop",
                "ratings",
                "ratings-v1",
                InstantSource.system().instant().plus(Duration.ofHours(1)));

        cluster.away(true);

        assertThat(sign(channel, token)).hasSize(2);
        assertThatThrownBy(() -> sign(channel, stranger))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        assertThat(get("127.0.0.1", app.httpPort(), "/ready").statusCode()).isEqualTo(200);
        cluster.away(false);
    }

    @Test
    void opensItsPagesToThoseWhoMayAndReadinessToAll() throws Exception {
        ControlPlaneApp app = replicas.start("weft-control-a");
        String host = notLoopback().getHostAddress();

        assertThat(get(host, app.httpPort(), "/ready").body()).isEqualTo("ready\n");
        assertThat(get(host, app.httpPort(), "/metrics").statusCode()).isEqualTo(200);
        assertThat(get(host, app.httpPort(), "/api/v1/status").statusCode()).isEqualTo(401);
        assertThat(get(host, app.httpPort(), "/debug/syncz", "Authorization", "Bearer nobody's")
                        .statusCode())
                .isEqualTo(401);
        assertThat(get(
                                host,
                                app.httpPort(),
                                "/debug/syncz",
                                "Authorization",
                                "Bearer " + cluster.operator("guest", false))
                        .statusCode())
                .isEqualTo(403);
        assertThat(get(
                                host,
                                app.httpPort(),
                                "/api/v1/status",
                                "Authorization",
                                "Bearer " + cluster.operator("admin", true))
                        .statusCode())
                .isEqualTo(200);
        assertThat(get("127.0.0.1", app.httpPort(), "/api/v1/status").statusCode())
                .isEqualTo(200);
    }

    private static InetAddress notLoopback() throws Exception {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst()
                .orElseThrow(() -> new AssertionError("this machine has no address but the loopback's"));
    }

    @Test
    void answersTheApiServerByACertificateThatItWasToldToTrust() throws Exception {
        cluster.shared()
                .load(new ByteArrayInputStream("""
                    apiVersion: admissionregistration.k8s.io/v1
                    kind: ValidatingWebhookConfiguration
                    metadata: {name: weft-validator}
                    webhooks:
                    - {name: a.weft.dev, clientConfig: {service: {name: weft-control, namespace: weft-system}}, sideEffects: None, admissionReviewVersions: [v1]}
                    """.getBytes(StandardCharsets.UTF_8)))
                .create();
        ControlPlaneApp app = replicas.start("weft-control-a");
        Await.until(() -> "told whom to trust", () -> !caBundle().isEmpty());

        String review = """
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1", "operation": "CREATE",
             "kind": {"group": "networking.istio.io", "version": "v1", "kind": "VirtualService"}, "namespace": "shop",
             "object": {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
              "metadata": {"name": "reviews", "namespace": "shop"},
              "spec": {"hosts": ["reviews"], "http": [{"route": [{"destination": {"host": "nowhere"}}]}]}}}}
            """;
        HttpResponse<String> answer;
        try (HttpClient http =
                HttpClient.newBuilder().sslContext(trusting(caBundle())).build()) {
            answer = http.send(
                    HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + app.webhookPort() + "/validate"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(review))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"allowed\":true", "nowhere");
    }

    private String caBundle() {
        String text = cluster.shared()
                .admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName("weft-validator")
                .get()
                .getWebhooks()
                .getFirst()
                .getClientConfig()
                .getCaBundle();
        return text == null ? "" : new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }

    private static SSLContext trusting(String bundle) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "mesh",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(bundle.getBytes(StandardCharsets.UTF_8))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void isNotReadyWhileItStopsAndGivesTheLeaseUp() throws Exception {
        ControlPlaneApp app = replicas.start("weft-control-a");
        int port = app.httpPort();
        assertThat(holder()).startsWith("weft-control-a");

        Thread closing = Thread.ofVirtual().start(app::close);
        Await.until(() -> "not ready", () -> {
            try {
                return get("127.0.0.1", port, "/ready").statusCode() == 503;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        Await.until(() -> "given up", () -> holder().isEmpty());
        closing.join();
    }

    private String holder() {
        return cluster.shared()
                .leases()
                .inNamespace("weft-system")
                .withName("weft-leader")
                .get()
                .getSpec()
                .getHolderIdentity();
    }

    @Test
    void refusesFlagsThatDoNotGoTogether() {
        assertThatThrownBy(() -> ControlPlaneOptions.parse(List.of("--kubernetes", "--files", "/x"), Map.of()))
                .hasMessageContaining("--files: does not go with");
        assertThatThrownBy(() -> ControlPlaneOptions.parse(List.of("--kubernetes", "--namespace", "A_b"), Map.of()))
                .hasMessageContaining("--namespace: found \"A_b\"");
        assertThatThrownBy(() -> ControlPlaneOptions.parse(List.of("--files", "/x", "--state"), Map.of()))
                .hasMessageContaining("--state: expected a value");
    }
}
