package dev.weft.tests.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import dev.weft.cli.bootstrap.SidecarBootstrap;
import dev.weft.cli.bootstrap.SidecarSettings;
import dev.weft.cli.bootstrap.TokenMint;
import dev.weft.cli.bootstrap.Workload;
import dev.weft.tests.mesh.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A mesh of two captured pods and one without a proxy, under STRICT: the applications use plain sockets and know of nothing. A router
 * between the pods records what passes, and the control plane runs there.
 */
final class CapturedMeshTest {
    private static final String TRUST_DOMAIN = "cluster.local";
    private static final String VIP = "10.96.0.7";
    private static final String CLIENT = "10.78.1.2";
    private static final String WEB = "10.78.2.2";
    private static final String STRANGER = "10.78.3.2";
    private static final int XDS = 15_012;
    private static final int CONTROL = 25_010;
    private static final Duration CONFIGURED = Duration.ofSeconds(30);
    private static final String MESH = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec:
              selector: {app: web}
              clusterIP: %1$s
              ports:
              - {name: http, port: 80, targetPort: 8080}
              - {name: mysql, port: 3306}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: db, namespace: shop}
            spec: {selector: {app: web}, clusterIP: None, ports: [{name: tcp, port: 5432}]}
            ---
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: web, namespace: shop}
            spec: {address: %2$s, labels: {app: web, security.istio.io/tlsMode: istio}, serviceAccount: web}
            ---
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: client, namespace: shop}
            spec: {address: %3$s, labels: {app: client, security.istio.io/tlsMode: istio}, serviceAccount: client}
            ---
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: default, namespace: shop}
            spec: {mtls: {mode: STRICT}}
            """.formatted(VIP, WEB, CLIENT);

    private static final List<AutoCloseable> OPEN = new ArrayList<>();

    @TempDir
    static Path folder;

    private static Namespace router;
    private static ProbeProcess routerProbe;
    private static CapturedPod client;
    private static CapturedPod web;
    private static ProbeProcess stranger;

    @BeforeAll
    static void makeMesh() throws IOException {
        CaptureTools.assume();
        router = open(Namespace.create("weft-mesh-router"));
        CaptureTools.must(router.inside(List.of("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")));
        client = open(new CapturedPod(pod("client", CLIENT)));
        web = open(new CapturedPod(pod("web", WEB)));
        stranger = open(ProbeProcess.start(open(pod("stranger", STRANGER)), CapturedPod.APPLICATION_USER));
        routerProbe = open(ProbeProcess.start(router, 0));
        startControlPlane();
        startSidecar(client, "client", CLIENT);
        startSidecar(web, "web", WEB);
        web.application().must("http " + WEB + " 8080 web");
        for (int port : new int[] {3306, 5432, 9001, 9999}) {
            web.application().must("greet " + WEB + " " + port + " port" + port);
        }
        Await.until(
                CONFIGURED,
                () -> get("/").contains("200 OK"),
                () -> "no answer through the mesh: " + get("/") + "\nclient: " + client.output() + "\nweb: "
                        + web.output());
    }

    private static Namespace pod(String name, String address) {
        Namespace pod = Namespace.create("weft-mesh-" + name);
        Namespace.connect(router, name, pod, "eth0");
        String gateway = address.replaceFirst("\\.2$", ".1");
        router.address(name, gateway + "/24");
        pod.address("eth0", address + "/24");
        pod.ip("route add default via " + gateway);
        return pod;
    }

    private static void startControlPlane() throws IOException {
        Path files = Files.createDirectory(folder.resolve("files"));
        Files.writeString(files.resolve("mesh.yaml"), MESH);
        Path state = folder.resolve("state");
        Process control = new ProcessBuilder(router.inside(CaptureTools.java(
                        "dev.weft.control.Main",
                        "--files",
                        files.toString(),
                        "--state",
                        state.toString(),
                        "--xds-port",
                        String.valueOf(CONTROL),
                        "--http-port",
                        "25014")))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("control.log").toFile())
                .start();
        open(control::destroy);
        Await.until(
                CONFIGURED,
                () -> Files.exists(state.resolve("control.json")) || !control.isAlive(),
                () -> "the control plane does not start: " + log());
        for (String address : List.of(CLIENT, WEB)) {
            routerProbe.must("relay " + address.replaceFirst("\\.2$", ".1") + " " + XDS + " " + CONTROL);
        }
    }

    private static String log() {
        try {
            return Files.readString(folder.resolve("control.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void startSidecar(CapturedPod pod, String name, String address) throws IOException {
        Path home = Files.createDirectory(folder.resolve(name));
        Path state = folder.resolve("state");
        Workload workload = new Workload(name, "shop", name, address, ImmutableMap.of("app", name));
        SidecarSettings settings = new SidecarSettings(
                new SidecarSettings.Ports(15_000, OptionalInt.empty(), OptionalInt.empty()),
                XDS,
                state.resolve("ca").resolve("root-cert.pem"),
                home,
                TRUST_DOMAIN);
        TokenMint mint = TokenMint.open(state.resolve("token-key.pem"), InstantSource.system());
        Files.writeString(settings.token(), mint.mint(workload));
        ObjectNode bootstrap = SidecarBootstrap.of(workload, settings, SidecarBootstrap.Reader.WEFT);
        ((ObjectNode) bootstrap.at("/node/metadata")).put("INTERCEPTION_MODE", "REDIRECT");
        ((ObjectNode)
                        bootstrap.at(
                                "/static_resources/clusters/0/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address"))
                .put("address", address.replaceFirst("\\.2$", ".1"));
        Path file = Files.writeString(home.resolve("bootstrap.json"), bootstrap.toString());
        pod.mustCapture("apply -o 9001 -d 9001");
        pod.startProxy(file);
    }

    @AfterAll
    static void close() throws Exception {
        for (AutoCloseable open : OPEN.reversed()) {
            open.close();
        }
        OPEN.clear();
    }

    @Test
    void theServerSeesItsClientsIdentityThoughNeitherKnowsOfIt() {
        String answer = get("/");

        assertThat(answer)
                .contains("200 OK", "web peer=127.0.0.6 local=" + WEB + ":8080")
                .contains("x-forwarded-client-cert:", "spiffe://cluster.local/ns/shop/sa/client");
    }

    @Test
    void aServerThatSpeaksFirstIsHeardThroughMutualTls() {
        assertThat(client.application().run("listen " + VIP + " 3306")).startsWith("ok port3306 peer=127.0.0.6");
    }

    @Test
    void aPodOfAHeadlessServiceIsReachedByItsAddress() {
        assertThat(client.application().run("listen " + WEB + " 5432")).startsWith("ok port5432 peer=127.0.0.6");
    }

    @Test
    void strictRefusesWhoeverHasNoIdentity() {
        assertThat(stranger.run("get " + WEB + " 8080 /")).startsWith("failed");
        assertThat(stranger.run("call " + WEB + " 3306")).startsWith("failed");
        assertThat(stranger.run("call " + WEB + " 9999"))
                .as("a port that no service has")
                .startsWith("failed");
    }

    @Test
    void onlyCipherTextPassesBetweenThePods() {
        try (Recorder recorder = Recorder.start(router, "web")) {
            assertThat(client.application().run("listen " + WEB + " 9001"))
                    .as("past both proxies")
                    .startsWith("ok port9001 peer=" + CLIENT);
            assertThat(client.application().run("get " + VIP + " 80 /secret-path host=web"))
                    .contains("GET /secret-path");
            Await.until(
                    Duration.ofSeconds(5),
                    () -> recorder.text().contains("port9001 peer="),
                    () -> "the recorder saw nothing of the plain connection");

            String seen = recorder.text();
            assertThat(seen.contains("secret-path"))
                    .as("the request in the clear")
                    .isFalse();
            assertThat(seen.contains("web peer=")).as("the answer in the clear").isFalse();
            assertThat(seen.contains("\u0016\u0003") || seen.contains("\u0017\u0003\u0003"))
                    .as("records of TLS")
                    .isTrue();
        }
    }

    private static String get(String path) {
        return client.application().run("get " + VIP + " 80 " + path + " host=web");
    }

    private static <T extends AutoCloseable> T open(T resource) {
        OPEN.add(resource);
        return resource;
    }
}
