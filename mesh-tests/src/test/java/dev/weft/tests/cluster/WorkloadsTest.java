package dev.weft.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tests.mesh.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** Every kind of workload goes on working when its namespace is labelled. The last test takes the control plane away. */
@OnCluster
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(240)
class WorkloadsTest {
    private static final Path MANIFESTS = Path.of("src/test/resources/cluster/workloads.yaml");
    private static final Duration READY = Duration.ofSeconds(120);
    private static final Duration LIVE = Duration.ofSeconds(30);

    private static MeshInstall mesh;
    private static TestNamespace namespace;
    private static Kubectl kubectl;
    private static String image;

    @BeforeAll
    static void install(Cluster cluster) throws IOException {
        kubectl = cluster.kubectl();
        image = cluster.image("proxy");
        mesh = MeshInstall.start(cluster, Map.of("control.replicas", 1));
        namespace = cluster.namespace("kinds", "weft.dev/inject=enabled");
        namespace.apply(Files.readString(MANIFESTS).replace("$IMAGE", image));
        namespace.awaitRollout(READY, "by-address", "by-loopback", "greeter", "client");
    }

    @AfterAll
    static void uninstall() {
        MeshInstall.end(namespace, mesh);
    }

    @Test
    @Order(1)
    void aJobWithASidecarEnds() {
        kubectl.await(namespace.name(), "job/once", "condition=complete", READY);

        assertThat(kubectl.field(namespace.name(), "pods", "{.items[*].spec.initContainers[*].name}"))
                .contains("weft-proxy");
    }

    @Test
    @Order(1)
    void anApplicationThatBindsItsPodsAddressIsServed() {
        assertServed("http://by-address/name", "served");
    }

    @Test
    @Order(1)
    void anApplicationThatBindsLoopbackIsServedWhereASidecarSaysSo() {
        assertServed("http://by-loopback/name", "served");
    }

    @Test
    @Order(1)
    void anotherNameForAServiceLeadsToIt() {
        assertServed("http://alias/name", "served");
    }

    @Test
    @Order(1)
    void theServerOfAHeadlessServiceSpeaksFirst() {
        await(() -> client("nc greeter 7000 </dev/null"), "I speak first");
    }

    @Test
    @Order(1)
    void podsOnTheHostsNetworkStayAsTheyAre() {
        assertThat(kubectl.field(
                        namespace.name(),
                        "pod/of-the-host",
                        "{.spec.containers[*].name}{.spec.initContainers[*].name}"))
                .isEqualTo("app");
    }

    @Test
    @Order(1)
    void aPodThatRunsAsTheProxysUserIsRefusedWithTheReason() {
        Outcome outcome = namespace.tryApply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: same-user, namespace: $NAMESPACE}
                spec: {containers: [{name: app, image: "$IMAGE", command: [sleep, "60"], securityContext: {runAsUser: 1337}}]}
                """.replace("$IMAGE", image));

        assertThat(outcome.succeeded()).isFalse();
        assertThat(outcome.err()).contains("1337");
    }

    @Test
    @Order(2)
    void kubeletsProbesPassUnderStrictAndDefaultDeny() {
        namespace.apply("""
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: default, namespace: $NAMESPACE}
                spec: {mtls: {mode: STRICT}}
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: nobody, namespace: $NAMESPACE}
                spec: {}
                """);
        Await.until(
                LIVE,
                () -> client("wget -S -q -O- http://by-address/name").err().contains("403"),
                () -> "still served: " + client("wget -S -q -O- http://by-address/name"));

        kubectl.run("-n", namespace.name(), "rollout", "restart", "deployment/by-address");
        namespace.awaitRollout(READY, "by-address");

        assertThat(kubectl.field(namespace.name(), "pods", "{.items[*].status.containerStatuses[*].restartCount}"))
                .matches("[0 ]*");
        kubectl.run("-n", namespace.name(), "delete", "peerauthentication/default", "authorizationpolicy/nobody");
    }

    @Test
    @Order(3)
    void withoutAControlPlanePodsOfLabelledNamespacesAreRefusedAndAllOthersStart(Cluster cluster) {
        kubectl.run("-n", MeshInstall.NAMESPACE, "scale", "deployment/weft-control", "--replicas=0");
        Await.until(
                READY,
                () -> kubectl.run("-n", MeshInstall.NAMESPACE, "get", "pods", "-o", "name")
                        .isEmpty(),
                () -> "the control plane does not go");
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: plain, namespace: $NAMESPACE}
                spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, image: "$IMAGE", command: [sleep, "60"]}]}
                """.replace("$IMAGE", image);

        Outcome refused = namespace.tryApply(pod);
        assertThat(refused.succeeded()).isFalse();
        assertThat(refused.err()).contains("failed calling webhook", "weft");
        try (TestNamespace other = cluster.namespace("others")) {
            other.apply(pod);
            kubectl.await(other.name(), "pod/plain", "condition=Ready", READY);
        }
        // Who serves already goes on serving.
        assertServed("http://by-address/name", "served");
    }

    private static void assertServed(String url, String text) {
        await(() -> client("wget -q -O- " + url), text);
    }

    private static void await(Supplier<Outcome> asked, String text) {
        Await.until(
                LIVE, () -> asked.get().out().contains(text), () -> asked.get() + kubectl.describe(namespace.name()));
    }

    private static Outcome client(String command) {
        return kubectl.exec(namespace.name(), "deployment/client", "app", "sh", "-c", "timeout 5 " + command);
    }
}
