package dev.weft.tests.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.xds.AdsStatus;
import dev.weft.tests.mesh.Await;
import dev.weft.tests.mesh.RawClient;
import dev.weft.tests.mesh.TestMesh;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The control plane goes away and comes back. */
class ControlPlaneRestartTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void trafficGoesOnAndProxiesResumeByVersion() {
        try (TestMesh mesh = TestMesh.start();
                Load load = new Load(mesh.outbound("client", 9080), RawClient.Request.get("a:9080", "/"))) {
            load.awaitAnswers(100);
            Object before = mesh.proxy("client").config().current();

            mesh.stopControlPlane();
            Await.until(LIMIT, () -> !connected(mesh), () -> "still connected");
            load.awaitAnswers(300);

            mesh.startControlPlane();
            mesh.awaitLive();
            assertThat(mesh.proxy("client").config().current())
                    .as("nothing changed, so nothing is sent again")
                    .isSameAs(before);

            mesh.apply("""
                    apiVersion: networking.istio.io/v1
                    kind: VirtualService
                    metadata: {name: v, namespace: default}
                    spec:
                      hosts: [a]
                      http: [{headers: {response: {set: {x-new: "1"}}}, route: [{destination: {host: a}}]}]
                    """);
            load.awaitReply(LIMIT, reply -> reply.headers().containsEntry("x-new", "1"));
            assertThat(load.failures()).isEmpty();
        }
    }

    private static boolean connected(TestMesh mesh) {
        return mesh.proxy("client")
                .ads()
                .map(ads -> ads.status())
                .filter(AdsStatus::connected)
                .isPresent();
    }
}
