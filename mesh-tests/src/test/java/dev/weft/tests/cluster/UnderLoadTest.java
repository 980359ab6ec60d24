package dev.weft.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tests.mesh.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Things happen to an application and to the control plane while a client asks without a pause; not one of its requests fails. */
@OnCluster
@Timeout(300)
class UnderLoadTest {
    private static final Path MANIFESTS = Path.of("src/test/resources/cluster/plain.yaml");
    private static final Duration READY = Duration.ofSeconds(120);
    private static final Duration LIVE = Duration.ofSeconds(30);
    private static final Duration API_AWAY = Duration.ofSeconds(60);
    private static final int ENOUGH = 100;

    private static MeshInstall mesh;
    private static TestNamespace namespace;
    private static Kubectl kubectl;

    private PodLoad load;

    @BeforeAll
    static void install(Cluster cluster) throws IOException {
        kubectl = cluster.kubectl();
        mesh = MeshInstall.start(cluster, Map.of("control.replicas", 2, "meshConfig.accessLogFile", "/dev/stdout"));
        namespace = cluster.namespace("load", "weft.dev/inject=enabled");
        namespace.apply(Files.readString(MANIFESTS).replace("$PROXY", cluster.image("proxy")));
        kubectl.run("-n", namespace.name(), "scale", "deployment/server", "--replicas=3");
        namespace.awaitRollout(READY, "server", "client");
    }

    @AfterAll
    static void uninstall() {
        MeshInstall.end(namespace, mesh);
    }

    @BeforeEach
    void start() {
        load = PodLoad.start(
                new PodShell(kubectl, namespace.name(), "deployment/client", "app"),
                "requests",
                PodLoad.eachByItself("http://server/cgi-bin/headers"));
        load.more(ENOUGH);
    }

    @AfterEach
    void noRequestFailed() {
        load.more(ENOUGH);
        String result = load.stop();
        System.out.println("under load: " + result);
        assertThat(result)
                .as(() -> ProxyLogs.ofFailures(kubectl, namespace.name(), List.of("deployment/client"), result))
                .contains("bad=0");
    }

    @Test
    void theApplicationIsRestartedPodByPod() {
        kubectl.run("-n", namespace.name(), "rollout", "restart", "deployment/server");
        namespace.awaitRollout(READY, "server");
    }

    @Test
    void theApplicationIsScaledDown() {
        kubectl.run("-n", namespace.name(), "scale", "deployment/server", "--replicas=1");
        namespace.awaitRollout(READY, "server");
        kubectl.run("-n", namespace.name(), "scale", "deployment/server", "--replicas=3");
        namespace.awaitRollout(READY, "server");
    }

    @Test
    void oneReplicaOfTheControlPlaneIsKilled() {
        String pod = kubectl.field(MeshInstall.NAMESPACE, "pods", "{.items[0].metadata.name}");
        kubectl.run("-n", MeshInstall.NAMESPACE, "delete", "pod", pod, "--grace-period=0", "--force");
        kubectl.awaitRollout(MeshInstall.NAMESPACE, "weft-control", READY);
    }

    @Test
    void everyReplicaOfTheControlPlaneIsKilled() {
        kubectl.run("-n", MeshInstall.NAMESPACE, "delete", "pods", "--all", "--grace-period=0", "--force");
        kubectl.awaitRollout(MeshInstall.NAMESPACE, "weft-control", READY);
    }

    @Test
    void theApiServerIsAwayForAMinute(Cluster cluster) throws InterruptedException {
        cluster.freeze("apiserver", true);
        try {
            // The minute is what is tried here; nothing tells when it is over.
            Thread.sleep(API_AWAY);
        } finally {
            cluster.freeze("apiserver", false);
        }
        Await.until(
                LIVE,
                () -> kubectl.attempt("get", "--raw", "/readyz").succeeded(),
                () -> "the API server does not come back");
    }
}
