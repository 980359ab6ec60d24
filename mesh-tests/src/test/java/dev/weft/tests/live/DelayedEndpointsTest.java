package dev.weft.tests.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tests.mesh.RawClient;
import dev.weft.tests.mesh.TestMesh;
import dev.weft.tests.mesh.XdsRelay;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A new service and the route to it come in one edit, but its endpoints take their time on the way. */
class DelayedEndpointsTest {
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Duration DELAY = Duration.ofSeconds(3);

    @Test
    void aRouteToANewClusterWaitsForItsEndpointsAndNoRequestFails() throws IOException {
        try (XdsRelay relay = new XdsRelay();
                TestMesh mesh = TestMesh.start(relay::standBetween);
                Load load = new Load(mesh.outbound("client", 9080), RawClient.Request.get("a:9080", "/"))) {
            load.awaitAnswers(50);
            relay.hold("fresh", DELAY);
            long edited = System.nanoTime();

            mesh.write(mesh.parse("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: fresh, namespace: default}
                    spec: {selector: {app: fresh}, ports: [{name: http, port: 9080}]}
                    ---
                    apiVersion: networking.istio.io/v1
                    kind: WorkloadEntry
                    metadata: {name: fresh, namespace: default}
                    spec: {address: 127.0.0.1, labels: {app: fresh}, ports: {http: {{port:ext}}}}
                    ---
                    apiVersion: networking.istio.io/v1
                    kind: VirtualService
                    metadata: {name: fresh, namespace: default}
                    spec:
                      hosts: [a]
                      http: [{route: [{destination: {host: fresh}}]}]
                    """));
            load.awaitReply(LIMIT, reply -> reply.headers().containsEntry("x-origin", "ext"));

            assertThat(relay.held()).isPositive();
            assertThat(Duration.ofNanos(System.nanoTime() - edited)).isGreaterThan(DELAY);
            load.awaitAnswers(50);
            assertThat(load.failures()).isEmpty();
        }
    }
}
