package dev.weft.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tests.mesh.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Deployments whose sidecars somebody wrote by hand take part in the mesh: no webhook has a hand in it. */
@OnCluster
@Timeout(240)
class HandWrittenSidecarTest {
    private static final Path MANIFESTS = Path.of("src/test/resources/cluster/hand-written.yaml");
    private static final Duration READY = Duration.ofSeconds(90);
    private static final Duration LIVE = Duration.ofSeconds(30);

    private static final String OUTSIDER = """
            apiVersion: v1
            kind: Pod
            metadata: {name: outsider, namespace: $NAMESPACE}
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: app, image: $PROXY, command: [sleep, "600"]}]
            """;

    private static MeshInstall mesh;
    private static TestNamespace inside;
    private static TestNamespace outside;
    private static Kubectl kubectl;

    @BeforeAll
    static void install(Cluster cluster) throws IOException {
        kubectl = cluster.kubectl();
        mesh = MeshInstall.start(
                cluster,
                Map.of(
                        "control.replicas",
                        1,
                        "webhooks.injection.enabled",
                        false,
                        "webhooks.validation.enabled",
                        false));
        inside = cluster.namespace("inside");
        outside = cluster.namespace("outside");
        String proxy = cluster.image("proxy");
        inside.apply(Files.readString(MANIFESTS).replace("$PROXY", proxy));
        outside.apply(OUTSIDER.replace("$PROXY", proxy));
        inside.awaitRollout(READY, "server", "client");
        kubectl.await(outside.name(), "pod/outsider", "condition=Ready", READY);
    }

    @AfterAll
    static void uninstall() {
        // In this order: a pod that ends still wants its control plane.
        for (TestNamespace namespace : new TestNamespace[] {inside, outside}) {
            if (namespace != null) {
                namespace.close();
            }
        }
        if (mesh != null) {
            mesh.close();
        }
    }

    @Test
    void theServerKnowsItsClientByTheCertificate() {
        Outcome answer = ask(inside.name(), "deployment/client", "/cgi-bin/headers");

        assertThat(answer.out())
                .as(answer.err() + kubectl.describe(inside.name()))
                .contains("HTTP_X_FORWARDED_CLIENT_CERT=")
                .contains("URI=spiffe://cluster.local/ns/" + inside.name() + "/sa/client");
    }

    @Test
    void whatGoesFromPodToPodIsEncrypted(Cluster cluster, @TempDir Path folder) {
        cluster.requireLocal();
        try (WireTap tap = WireTap.start(folder)) {
            assertThat(ask(outside.name(), "outsider", "/cgi-bin/headers?from-outside")
                            .succeeded())
                    .isTrue();
            assertThat(ask(inside.name(), "deployment/client", "/cgi-bin/headers?from-inside")
                            .succeeded())
                    .isTrue();

            assertThat(tap.saw("from-outside")).as("the tap sees plain text").isTrue();
            assertThat(tap.saw("from-inside")).isFalse();
        }
    }

    @Test
    void strictMutualTlsRefusesWhoHasNoSidecar() {
        inside.apply("""
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: default, namespace: $NAMESPACE}
                spec: {mtls: {mode: STRICT}}
                """);
        try {
            Await.until(
                    LIVE,
                    () -> !ask(outside.name(), "outsider", "/cgi-bin/headers").succeeded(),
                    () -> "still served");
            assertThat(ask(inside.name(), "deployment/client", "/cgi-bin/headers")
                            .succeeded())
                    .isTrue();
        } finally {
            kubectl.run("-n", inside.name(), "delete", "peerauthentication", "default");
        }
        Await.until(
                LIVE, () -> ask(outside.name(), "outsider", "/cgi-bin/headers").succeeded(), () -> "not served again");
    }

    /** One request to the server, from a pod. */
    private static Outcome ask(String namespace, String pod, String path) {
        return kubectl.exec(
                namespace, pod, "app", "timeout", "5", "wget", "-q", "-O-", "http://server." + inside.name() + path);
    }
}
