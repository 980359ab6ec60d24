package dev.weft.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tests.mesh.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a new user does, in the order in which they do it: Helm, a labelled namespace, the bookstore, a split, STRICT, a policy, a mistake, and
 * away with it. All on what is observed.
 */
@OnCluster
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(300)
class BookstoreTest {
    private static final Path EXAMPLE = Path.of("../examples/bookstore");
    private static final String NAMESPACE = "bookstore";
    private static final List<String> DEPLOYMENTS =
            List.of("frontpage", "catalog", "reviews-v1", "reviews-v2", "reviews-v3", "ratings", "traffic");
    private static final Duration READY = Duration.ofSeconds(180);
    private static final Duration LIVE = Duration.ofSeconds(30);
    private static final Pattern VERSION = Pattern.compile("\"version\"\\s*:\\s*\"(v\\d)\"");
    private static final int SAMPLES = 300;

    private static MeshInstall mesh;
    private static Kubectl kubectl;
    private static HttpClient http;

    @BeforeAll
    static void install(Cluster cluster) {
        kubectl = cluster.kubectl();
        cluster.requireLocal();
        http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
        mesh = MeshInstall.start(cluster, Map.of("control.replicas", 1));
    }

    @AfterAll
    static void uninstall() {
        if (kubectl != null) {
            kubectl.run("delete", "namespace", NAMESPACE, "--ignore-not-found", "--timeout=90s");
        }
        if (mesh != null) {
            mesh.close();
        }
    }

    @Test
    @Order(1)
    void everyPodBecomesReadyWithItsSidecar() {
        kubectl.run("apply", "-k", EXAMPLE.resolve("kubernetes").toString());
        for (String file : List.of("services.yaml", "versions.yaml", "routing.yaml")) {
            kubectl.run("apply", "-f", EXAMPLE.resolve("config").resolve(file).toString());
        }
        DEPLOYMENTS.forEach(deployment -> kubectl.awaitRollout(NAMESPACE, deployment, READY));

        String pods = kubectl.run(
                "-n",
                NAMESPACE,
                "get",
                "pods",
                "-o",
                "jsonpath={range .items[*]}{.metadata.name}{\" \"}{.spec.initContainers[*].name}{\" \"}{.spec.containers[*].name}{\"\\n\"}{end}");
        assertThat(pods.lines())
                .hasSize(DEPLOYMENTS.size())
                .allMatch(pod -> pod.contains("weft-proxy"), "has a sidecar");
    }

    @Test
    @Order(2)
    void thePageComesWithAllItsParts() throws Exception {
        Await.until(LIVE, () -> parts().startsWith("catalog=200,reviews=200"), () -> parts());

        HttpResponse<String> page = get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<html");
    }

    @Test
    @Order(3)
    void whatGoesFromPodToPodIsEncrypted(@TempDir Path folder) throws Exception {
        try (WireTap tap = WireTap.start(folder)) {
            for (int i = 0; i < 20; i++) {
                assertThat(get("/api/books/1").statusCode()).isEqualTo(200);
            }
            // This machine is no part of the mesh, so its requests are the plain text that shows that the tap works.
            assertThat(tap.saw("GET /api/books/1")).isTrue();
            assertThat(tap.saw("/reviews/1")).isFalse();
        }
    }

    @Test
    @Order(4)
    void oneReaderInTenSeesTheCanary() throws Exception {
        kubectl.run(
                "apply", "-f", EXAMPLE.resolve("things-to-try/split-90-10.yaml").toString());
        Await.until(LIVE, () -> !versions(20).containsKey("v3"), () -> "still version 3");

        Map<String, Integer> seen = versions(SAMPLES);

        assertThat(seen.keySet()).containsExactlyInAnyOrder("v1", "v2");
        // 5 standard deviations around a tenth of 300.
        assertThat(seen.get("v2")).isBetween(4, 56);
        System.out.println("split 90/10: " + seen);
    }

    @Test
    @Order(5)
    void aMistakeIsRefusedWithItsReason() {
        Outcome outcome = kubectl.attempt(
                "apply",
                "-f",
                EXAMPLE.resolve("things-to-try/broken-routing.yaml").toString());

        assertThat(outcome.succeeded()).isFalse();
        assertThat(outcome.err()).contains("weight");
    }

    @Test
    @Order(6)
    void aPolicyRefusesByIdentity() throws Exception {
        Path policy = EXAMPLE.resolve("things-to-try/deny-frontpage.yaml");
        kubectl.run("apply", "-f", policy.toString());
        Await.until(LIVE, () -> parts().contains("reviews=403"), () -> parts());

        kubectl.run("delete", "-f", policy.toString());
        Await.until(LIVE, () -> parts().contains("reviews=200"), () -> parts());
    }

    @Test
    @Order(7)
    void strictRefusesWhoHasNoSidecar() throws IOException {
        String strict = Files.readString(EXAMPLE.resolve("kubernetes/steps/strict.yaml"));
        kubectl.apply(strict);
        Await.until(LIVE, () -> parts().isEmpty(), () -> "still served: " + parts());

        kubectl.delete(strict);
        Await.until(LIVE, () -> parts().contains("reviews=200"), () -> parts());
    }

    @Test
    @Order(8)
    void podsOfOtherNamespacesStayAsTheyAre(Cluster cluster) {
        try (TestNamespace other = cluster.namespace("other")) {
            other.apply("""
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: plain, namespace: $NAMESPACE}
                    spec: {containers: [{name: app, image: "$IMAGE", command: [sleep, "60"]}]}
                    """.replace("$IMAGE", cluster.image("proxy")));

            assertThat(kubectl.field(
                            other.name(), "pod/plain", "{.spec.containers[*].name}{.spec.initContainers[*].name}"))
                    .isEqualTo("app");
        }
    }

    @Test
    @Order(9)
    void anHttpRouteWithAServiceAsParentSplits(Cluster cluster) {
        cluster.gatewayApi();
        kubectl.run("-n", NAMESPACE, "delete", "virtualservice", "reviews");
        kubectl.run(
                "apply",
                "-f",
                EXAMPLE.resolve("kubernetes/steps/httproute.yaml").toString());
        Await.until(LIVE, () -> !versions(30).containsKey("v3"), () -> "still version 3");

        Map<String, Integer> seen = versions(SAMPLES);

        assertThat(seen.keySet()).containsExactlyInAnyOrder("v1", "v2");
        assertThat(seen.get("v2")).isBetween(4, 56);
    }

    @Test
    @Order(10)
    void theGatewayServesItOverHttps(@TempDir Path folder) {
        mesh.gateway(Map.of("service.type", "ClusterIP"));
        String key = folder.resolve("key.pem").toString();
        String certificate = folder.resolve("certificate.pem").toString();
        Outcome made = Command.run(
                List.of(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "1",
                        "-subj",
                        "/CN=bookstore.example",
                        "-addext",
                        "subjectAltName=DNS:bookstore.example",
                        "-keyout",
                        key,
                        "-out",
                        certificate),
                Map.of(),
                "",
                LIVE);
        assertThat(made.succeeded()).as(made.err()).isTrue();
        kubectl.run(
                "-n",
                MeshInstall.NAMESPACE,
                "create",
                "secret",
                "tls",
                "bookstore-cert",
                "--key",
                key,
                "--cert",
                certificate);
        kubectl.run(
                "apply", "-f", EXAMPLE.resolve("kubernetes/steps/ingress.yaml").toString());
        String address = kubectl.field(MeshInstall.NAMESPACE, "service/weft-gateway", "{.spec.clusterIP}");
        List<String> curl = List.of(
                "curl",
                "-sS",
                "--max-time",
                "5",
                "--cacert",
                certificate,
                "--resolve",
                "bookstore.example:443:" + address,
                "https://bookstore.example/");

        Await.until(
                LIVE,
                () -> Command.run(curl, Map.of(), "", LIVE).out().contains("<html"),
                () -> Command.run(curl, Map.of(), "", LIVE) + kubectl.describe(MeshInstall.NAMESPACE));
    }

    @Test
    @Order(11)
    void uninstallingLeavesNothing() {
        kubectl.run("delete", "namespace", NAMESPACE, "--timeout=90s");
        mesh.close();

        String left = kubectl.run(
                "get",
                "mutatingwebhookconfigurations,validatingwebhookconfigurations,clusterroles,clusterrolebindings,namespaces",
                "-o",
                "name");
        assertThat(left.lines().filter(name -> name.contains("weft"))).isEmpty();
        assertThat(kubectl.run("get", "configmaps", "-A", "-o", "name").lines().filter(name -> name.contains("weft")))
                .isEmpty();
    }

    /** Which parts a page has, by their status; empty where there is no page. */
    private static String parts() {
        try {
            HttpResponse<String> response = get("/api/books/1");
            return response.headers().firstValue("x-page-parts").orElse("status=" + response.statusCode());
        } catch (IOException e) {
            return "";
        }
    }

    private static Map<String, Integer> versions(int requests) {
        Map<String, Integer> seen = new TreeMap<>();
        for (int i = 0; i < requests; i++) {
            try {
                Matcher version = VERSION.matcher(get("/api/books/1").body());
                seen.merge(version.find() ? version.group(1) : "none", 1, Integer::sum);
            } catch (IOException e) {
                seen.merge("none", 1, Integer::sum);
            }
        }
        return seen;
    }

    private static HttpResponse<String> get(String path) throws IOException {
        String address = kubectl.field(NAMESPACE, "service/frontpage", "{.spec.clusterIP}");
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + ":9080" + path))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
