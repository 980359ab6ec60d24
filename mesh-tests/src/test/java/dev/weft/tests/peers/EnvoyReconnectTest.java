package dev.weft.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tests.mesh.Await;
import dev.weft.tests.mesh.XdsRelay;
import org.junit.jupiter.api.Test;

/** A stock Envoy loses its stream while a cluster warms, and comes back. */
class EnvoyReconnectTest {
    private static final String ENVOY = "east";
    private static final String OURS = "west";

    @Test
    void aClusterThatWarmedWhenTheStreamBrokeIsInUseAfterwards() throws Exception {
        try (HttpOrigin origin = new HttpOrigin();
                XdsRelay relay = new XdsRelay();
                PeerMesh mesh = PeerMesh.start(origin.port(), origin.port())) {
            mesh.envoy(Peer.envoy(), ENVOY, relay::standBetween);
            mesh.weft(OURS);
            mesh.awaitSynced(2);
            mesh.awaitAnswer(ENVOY, OURS);
            relay.loseNext(OURS);

            mesh.write("rule.yaml", """
                    apiVersion: networking.istio.io/v1
                    kind: DestinationRule
                    metadata: {name: west, namespace: default}
                    spec:
                      host: west.default.svc.cluster.local
                      trafficPolicy: {connectionPool: {tcp: {maxConnections: 4711}}}
                    """);

            Await.until(PeerMesh.LIVE, relay::hasLost, () -> "no endpoints came after the new cluster");
            Await.until(
                    PeerMesh.LIVE,
                    () -> clusters(mesh)
                            .contains(
                                    "outbound|9080||west.default.svc.cluster.local::default_priority::max_connections::4711"),
                    () -> "the new cluster is not in use:\n" + clusters(mesh));
            mesh.awaitAnswer(ENVOY, OURS);
            assertThat(mesh.envoyAdmin(ENVOY, "/stats?filter=warming_clusters")).contains("warming_clusters: 0");
        }
    }

    private static String clusters(PeerMesh mesh) {
        return mesh.envoyAdmin(ENVOY, "/clusters");
    }
}
