package dev.weft.tests.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.ProxyApp;
import dev.weft.proxy.pod.PodRole;
import dev.weft.tests.mesh.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A proxy that knows nothing but its environment becomes part of the mesh. */
class PodStartTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void sidecarFindsTheControlPlaneByNameAndBecomesReady() {
        try (PodMesh mesh = PodMesh.start("")) {
            ProxyApp sidecar = mesh.start(mesh.environment("web-1", "web"), PodRole.SIDECAR);

            Await.until(LIMIT, sidecar::isReady, () -> "not ready: " + sidecar.ads());
            assertThat(sidecar.secrets()
                            .find("default")
                            .orElseThrow()
                            .material()
                            .toString())
                    .contains("key=redacted");
        }
    }

    @Test
    void rootThatComesLateIsReadWhenItIsThere() throws Exception {
        try (PodMesh mesh = PodMesh.start("");
                PodMesh other = PodMesh.start("")) {
            Map<String, String> environment = mesh.environment("web-1", "web");
            Path right = Path.of(environment.get("WEFT_ROOT_FILE"));
            Path mounted = Files.createTempFile("weft-root", ".pem");
            Files.copy(
                    Path.of(other.environment("x", "x").get("WEFT_ROOT_FILE")),
                    mounted,
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            environment.put("WEFT_ROOT_FILE", mounted.toString());
            ProxyApp sidecar = mesh.start(environment, PodRole.SIDECAR);
            Await.until(
                    LIMIT,
                    () -> sidecar.ads().orElseThrow().status().toString().contains("UNAVAILABLE"),
                    () -> "not refused: " + sidecar.ads().orElseThrow().status());

            Files.copy(right, mounted, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

            Await.until(LIMIT, sidecar::isReady, () -> "not ready");
            Files.delete(mounted);
        }
    }
}
