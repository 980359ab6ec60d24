package dev.weft.tests.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.proxy.agent.CertificateAgent;
import dev.weft.proxy.identity.KeyMaterial;
import dev.weft.proxy.identity.SecretStore.Versioned;
import dev.weft.tests.mesh.Await;
import dev.weft.tests.mesh.RawClient;
import dev.weft.tests.mesh.TestMesh;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Certificates that live for seconds, on both sides of every connection. */
class CertificateRotationTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void rotationFailsNoRequestAndRequestsOutliveTheFirstCertificate() {
        try (TestMesh mesh = TestMesh.start(CertificateRotationTest::shortLived);
                Load load = new Load(mesh.outbound("client", 9080), RawClient.Request.get("a:9080", "/"))) {
            load.awaitAnswers(50);
            Instant expires = leafEnd(mesh, "client");
            assertThat(expires).isBefore(Instant.now().plusSeconds(60));

            for (String workload : new String[] {"client", "a1", "a2"}) {
                long first = identity(mesh, workload).version();
                Await.until(
                        LIMIT,
                        () -> identity(mesh, workload).version() >= first + 2,
                        () -> workload + " has version "
                                + identity(mesh, workload).version());
            }
            Await.until(LIMIT, () -> Instant.now().isAfter(expires), () -> "before " + expires);

            load.awaitAnswers(200);
            assertThat(leafEnd(mesh, "client")).isAfter(expires);
            assertThat(load.failures()).isEmpty();
        }
    }

    private static void shortLived(ObjectNode bootstrap) {
        ((ObjectNode) bootstrap.at("/bootstrap_extensions/0/typed_config")).put("certificate_validity", "5s");
    }

    private static Versioned identity(TestMesh mesh, String workload) {
        return mesh.proxy(workload)
                .secrets()
                .find(CertificateAgent.WORKLOAD_SECRET)
                .orElseThrow();
    }

    private static Instant leafEnd(TestMesh mesh, String workload) {
        return ((KeyMaterial.Identity) identity(mesh, workload).material()).notAfter();
    }
}
