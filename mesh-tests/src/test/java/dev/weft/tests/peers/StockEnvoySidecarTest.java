package dev.weft.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A stock Envoy is the sidecar of one workload, our proxy that of another; the mesh is STRICT. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StockEnvoySidecarTest {
    private static final String ENVOY = "east";
    private static final String OURS = "west";
    private final HttpOrigin origin = new HttpOrigin();
    private PeerMesh mesh;
    private PeerProcess envoy;

    @BeforeAll
    void start() {
        mesh = PeerMesh.start(origin.port(), origin.port());
        envoy = mesh.envoy(Peer.envoy(), ENVOY);
        mesh.weft(OURS);
        mesh.awaitSynced(2);
        mesh.awaitAnswer(OURS, ENVOY);
        mesh.awaitAnswer(ENVOY, OURS);
    }

    @AfterAll
    void stop() throws Exception {
        if (mesh != null) {
            mesh.close();
        }
        origin.close();
    }

    @Test
    void envoyTakesAllOfItsConfiguration() {
        List<JsonNode> proxies = mesh.proxies();

        assertThat(proxies).hasSize(2).allSatisfy(proxy -> {
            assertThat(proxy.path("state").asText()).isEqualTo("synced");
            assertThat(proxy.path("nacks").asInt()).isZero();
        });
        assertThat(mesh.envoyAdmin(ENVOY, "/stats?filter=update_rejected"))
                .contains("listener_manager.lds.update_rejected: 0", "cluster_manager.cds.update_rejected: 0")
                .doesNotContainPattern("update_rejected: [1-9]");
        assertThat(envoy.output()).doesNotContain("[critical]", "[error]");
    }

    @Test
    void ourSidecarCallsTheServiceBehindEnvoyOverMutualTls() {
        PlainReply reply = get(OURS, ENVOY, "/to-envoy");

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.text()).endsWith("origin /to-envoy got 0");
        assertThat(peerSeenAt("/to-envoy"))
                .contains("URI=spiffe://cluster.local/ns/default/sa/west")
                .contains("By=spiffe://cluster.local/ns/default/sa/east");
    }

    @Test
    void envoyCallsTheServiceBehindOurSidecarOverMutualTls() {
        PlainReply reply = get(ENVOY, OURS, "/from-envoy");

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.text()).endsWith("origin /from-envoy got 0");
        assertThat(peerSeenAt("/from-envoy"))
                .contains("URI=spiffe://cluster.local/ns/default/sa/east")
                .contains("By=spiffe://cluster.local/ns/default/sa/west");
    }

    @Test
    void bodiesArriveWholeInBothDirections() {
        String body = "b".repeat(300_000);

        PlainReply toEnvoy = PlainReply.post(
                mesh.outbound(OURS, PeerMesh.HTTP), PeerMesh.host(ENVOY, PeerMesh.HTTP), "/upload-1", body);
        PlainReply fromEnvoy = PlainReply.post(
                mesh.outbound(ENVOY, PeerMesh.HTTP), PeerMesh.host(OURS, PeerMesh.HTTP), "/upload-2", body);

        assertThat(toEnvoy.text()).endsWith("origin /upload-1 got 300000");
        assertThat(fromEnvoy.text()).endsWith("origin /upload-2 got 300000");
    }

    @Test
    void bothRefusePlaintextFromOutside() {
        for (String workload : List.of(ENVOY, OURS)) {
            InetSocketAddress inbound = mesh.inbound(workload, PeerMesh.HTTP);

            PlainReply reply = PlainReply.get(inbound, PeerMesh.host(workload, PeerMesh.HTTP), "/plaintext");

            assertThat(reply.status()).as(workload + ": " + reply.text()).isZero();
        }
        assertThat(origin.headersAt("/plaintext")).isEmpty();
    }

    /** In a mesh of its own, since the gRPC programs may be missing where Envoy is not. */
    @Test
    void grpcPassesBetweenEnvoyAndOurSidecarBothWays() throws Exception {
        try (GrpcInterop interop = GrpcInterop.start(Peer.grpcInterop());
                PeerMesh grpcMesh = PeerMesh.start(origin.port(), interop.port())) {
            grpcMesh.envoy(Peer.envoy(), ENVOY);
            grpcMesh.weft(OURS);
            grpcMesh.awaitSynced(2);
            for (List<String> way : List.of(List.of(OURS, ENVOY), List.of(ENVOY, OURS))) {
                grpcMesh.awaitAnswer(way.getFirst(), way.getLast());
                for (String testCase :
                        List.of("large_unary", "ping_pong", "status_code_and_message", "custom_metadata")) {
                    interop.check(
                            testCase,
                            grpcMesh.outbound(way.getFirst(), PeerMesh.GRPC),
                            PeerMesh.host(way.getLast(), PeerMesh.GRPC));
                }
            }
        }
    }

    private PlainReply get(String from, String to, String path) {
        return PlainReply.get(mesh.outbound(from, PeerMesh.HTTP), PeerMesh.host(to, PeerMesh.HTTP), path);
    }

    private String peerSeenAt(String path) {
        return origin.headersAt(path).getOrDefault("x-forwarded-client-cert", "");
    }
}
