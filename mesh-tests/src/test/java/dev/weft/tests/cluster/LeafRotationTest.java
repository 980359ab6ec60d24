package dev.weft.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weft.tests.mesh.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Certificates of 20 seconds at both ends of every connection, under load: whoever begins a connection and whoever has one open never
 * notices that they are replaced, nor that their root is.
 */
@OnCluster
@Timeout(400)
class LeafRotationTest {
    private static final Path MANIFESTS = Path.of("src/test/resources/cluster/rotation.yaml");
    private static final Duration READY = Duration.ofSeconds(120);
    private static final Duration LIFE = Duration.ofSeconds(20);
    private static final Duration ROTATIONS = Duration.ofSeconds(120);
    /** The kubelet looks after ConfigMaps once a minute. */
    private static final Duration TRUST = Duration.ofSeconds(150);

    private static final JsonMapper JSON = new JsonMapper();
    private static final int WANTED = 4;
    private static final Pattern LEAF =
            Pattern.compile("\"cert_chain\": \\[\\s*\\{[^}]*\"serial_number\": \"([0-9a-f]+)\"");
    private static final Pattern CALLER = Pattern.compile("Hash=([0-9a-f]{64})");

    private static MeshInstall mesh;
    private static TestNamespace namespace;
    private static Kubectl kubectl;
    private static PodShell client;
    private static String server;

    @BeforeAll
    static void install(Cluster cluster) throws IOException {
        kubectl = cluster.kubectl();
        cluster.requireLocal();
        mesh = MeshInstall.start(cluster, Map.of("control.replicas", 1, "meshConfig.accessLogFile", "/dev/stdout"));
        namespace = cluster.namespace("leaves", "weft.dev/inject=enabled");
        namespace.apply(Files.readString(MANIFESTS).replace("$PROXY", cluster.image("proxy")));
        namespace.awaitRollout(READY, "server", "client");
        client = new PodShell(kubectl, namespace.name(), "deployment/client", "app");
        server = kubectl.run(
                "-n", namespace.name(), "get", "pods", "-l", "app=server", "-o", "jsonpath={.items[0].status.podIP}");
    }

    @AfterAll
    static void uninstall() {
        MeshInstall.end(namespace, mesh);
    }

    @Test
    void noRequestAndNoConnectionEndsWithACertificate() {
        Map<String, PodLoad> loads = startLoads();
        Set<String> ofServer = new LinkedHashSet<>();
        Set<String> ofClient = new LinkedHashSet<>();
        Instant begin = Instant.now();

        Await.until(
                ROTATIONS,
                () -> {
                    Optional<X509Certificate> shown = shown();
                    shown.ifPresent(LeafRotationTest::assertShortLived);
                    shown.ifPresent(leaf -> ofServer.add(leaf.getSerialNumber().toString(16)));
                    caller().ifPresent(ofClient::add);
                    return ofServer.size() >= WANTED && ofClient.size() >= WANTED;
                },
                () -> "server " + ofServer + ", client " + ofClient);

        Duration took = Duration.between(begin, Instant.now());
        System.out.printf(
                "leaf rotation: server showed %d certificates, client %d, in %d s%n",
                ofServer.size(), ofClient.size(), took.toSeconds());
        stopLoads(loads);
        // The connections that stayed are older than any certificate that was shown when they began.
        assertThat(took).isGreaterThan(LIFE);
    }

    @Test
    void noRequestAndNoConnectionEndsWithARoot(@TempDir Path folder) throws Exception {
        MeshRoot fresh = MeshRoot.make(folder);
        MeshRoot old = MeshRoot.ofMesh(kubectl);
        Map<String, PodLoad> loads = startLoads();
        try (AdmissionLoad users = AdmissionLoad.start(kubectl, namespace.name())) {
            users.more(3);

            MeshRoot.write(kubectl, Map.of("root-cert.pem", old.pem() + fresh.pem()));
            awaitTrust(fresh, true);
            MeshRoot.write(
                    kubectl,
                    Map.of(
                            "root-cert.pem",
                            old.pem() + fresh.pem(),
                            "ca-cert.pem",
                            fresh.pem(),
                            "ca-key.pem",
                            Files.readString(folder.resolve("key.pem"))));
            Await.until(ROTATIONS, () -> shown().filter(fresh::signed).isPresent(), () -> "the old root signs still");
            // Nothing is signed by the old root any more; what the client was given before may be. Its connections do
            // not tell: they are of all ages.
            String before = leafOfClient();
            Await.until(ROTATIONS, () -> !leafOfClient().equals(before), () -> "the client keeps its certificate");
            MeshRoot.write(kubectl, Map.of("root-cert.pem", fresh.pem()));
            awaitTrust(old, false);

            users.more(3);
            users.close();
            System.out.println("root replaced: " + users);
            assertThat(users.failures()).isEmpty();
        }
        stopLoads(loads);
    }

    /** Until both ends believe a root, or do not: by the bundle that came with their certificates, and by the file of the control plane's root. */
    private static void awaitTrust(MeshRoot root, boolean wanted) {
        for (String deployment : List.of("deployment/server", "deployment/client")) {
            PodShell app = new PodShell(kubectl, namespace.name(), deployment, "app");
            PodShell proxy = new PodShell(kubectl, namespace.name(), deployment, "weft-proxy");
            Await.until(
                    TRUST,
                    () -> believed(app)
                                    .filter(roots -> roots.contains(root.serial()) == wanted)
                                    .isPresent()
                            && proxy.run("cat /var/run/secrets/istio/root-cert.pem")
                                            .out()
                                            .contains(root.body())
                                    == wanted,
                    () -> deployment + " has not heard of the change of roots");
        }
    }

    /**
     * Serial numbers of the roots by which a proxy judges its peers; empty if it does not answer. The file of the control plane's root is a secret on
     * the same page, and changes at another time.
     */
    private static Optional<Set<String>> believed(PodShell app) {
        try {
            Set<String> roots = new LinkedHashSet<>();
            JSON.readTree(app.run("wget -q -O- http://127.0.0.1:15000/certs").out())
                    .path("certificates")
                    .forEach(secret -> secret.path("ca_cert").forEach(root -> {
                        if (root.path("path").asText().equals("<inline>")) {
                            roots.add(root.path("serial_number").asText());
                        }
                    }));
            return roots.isEmpty() ? Optional.empty() : Optional.of(roots);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static Map<String, PodLoad> startLoads() {
        Await.until(READY, () -> caller().isPresent(), () -> "the client is not served");
        Map<String, PodLoad> loads = new LinkedHashMap<>();
        loads.put("new connections", load("new", PodLoad.eachByItself("http://server/name")));
        loads.put("new mutual TLS for each", load("each", PodLoad.eachByItself("http://server:81/name")));
        loads.put("one connection of HTTP/1.1", load("kept", PodLoad.onOneConnection("server", "/name")));
        loads.put("one connection of TCP", load("echo", PodLoad.echoes("server", 9000)));
        loads.values().forEach(load -> load.more(20));
        return loads;
    }

    private static void stopLoads(Map<String, PodLoad> loads) {
        loads.values().forEach(load -> load.more(20));
        Map<String, String> results = new LinkedHashMap<>();
        loads.forEach((name, load) -> results.put(name, load.stop()));
        results.forEach((name, result) -> System.out.println("rotation: " + name + ": " + result));
        assertThat(results.values())
                .as(() -> ProxyLogs.ofFailures(
                        kubectl,
                        namespace.name(),
                        List.of("deployment/client", "deployment/server"),
                        String.join("\n", results.values())))
                .allMatch(result -> result.contains("bad=0"));
    }

    private static PodLoad load(String name, String script) {
        return PodLoad.start(client, name, script);
    }

    private static Optional<X509Certificate> shown() {
        return WireCertificate.ofWorkload(server, 8080);
    }

    private static void assertShortLived(X509Certificate leaf) {
        assertThat(leaf.getNotAfter().toInstant())
                .isBetween(Instant.now().minusSeconds(1), Instant.now().plus(LIFE));
    }

    /** The serial number of the certificate that the client has now. */
    private static String leafOfClient() {
        String certificates =
                client.run("wget -q -O- http://127.0.0.1:15000/certs").out();
        Matcher leaf = LEAF.matcher(certificates);
        assertThat(leaf.find()).as("a certificate in " + certificates).isTrue();
        return leaf.group(1);
    }

    /** The digest of the certificate that the client shows, as the server was told. */
    private static Optional<String> caller() {
        Matcher hash = CALLER.matcher(client.run("timeout 5 wget -q -O- http://server/cgi-bin/headers")
                .out());
        return hash.find() ? Optional.of(hash.group(1)) : Optional.empty();
    }
}
