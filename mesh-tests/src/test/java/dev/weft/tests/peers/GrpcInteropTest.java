package dev.weft.tests.peers;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** gRPC's own interop cases between grpc-java's client and server, through two of our sidecars and mTLS between them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrpcInteropTest {
    private GrpcInterop interop;
    private PeerMesh mesh;

    @BeforeAll
    void start() {
        interop = GrpcInterop.start(Peer.grpcInterop());
        mesh = PeerMesh.start(interop.port(), interop.port());
        mesh.weft("east");
        mesh.weft("west");
        mesh.awaitSynced(2);
    }

    @AfterAll
    void stop() throws Exception {
        if (mesh != null) {
            mesh.close();
        }
        if (interop != null) {
            interop.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> passesGrpcInterop() {
        return GrpcInterop.CASES.stream()
                .map(name -> dynamicTest(
                        name,
                        () -> interop.check(
                                name, mesh.outbound("east", PeerMesh.GRPC), PeerMesh.host("west", PeerMesh.GRPC))));
    }
}
