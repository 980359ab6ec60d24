package dev.weft.tests.peers;

import dev.weft.tests.mesh.Prerequisite;
import java.nio.file.Path;

/** Where {@code verify} keeps the programs of others. */
final class Peer {
    private Peer() {}

    /** The Envoy program. Ends the test when there is none: as skipped, but as failed in CI. */
    static Path envoy() {
        return Prerequisite.path("WEFT_ENVOY");
    }

    /** The h2spec program, like {@link #envoy}. */
    static Path h2spec() {
        return Prerequisite.path("WEFT_H2SPEC");
    }

    /** A folder with grpc-java's interop programs and all that they need, like {@link #envoy}. */
    static Path grpcInterop() {
        return Prerequisite.path("WEFT_GRPC_INTEROP");
    }
}
