package dev.weft.tests.peers;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.util.Map;

/** Where {@code verify} keeps the programs of others. */
final class Peer {
    private Peer() {}

    /** The Envoy program. Ends the test when there is none: as skipped, but as failed in CI. */
    static Path envoy() {
        return require("WEFT_ENVOY");
    }

    /** A folder with grpc-java's interop programs and all that they need, like {@link #envoy}. */
    static Path grpcInterop() {
        return require("WEFT_GRPC_INTEROP");
    }

    private static Path require(String variable) {
        Map<String, String> environment = System.getenv();
        String path = environment.getOrDefault(variable, "");
        if (!path.isEmpty()) {
            return Path.of(path);
        }
        String reason = environment.getOrDefault(
                variable + "_MISSING", variable + " is not set: ./verify installs the peer and sets it");
        if ("true".equals(environment.get("CI"))) {
            throw new AssertionError(reason);
        }
        return abort(reason);
    }
}
