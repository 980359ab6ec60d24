package dev.weft.cli.bootstrap;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Where one sidecar listens and whom it asks.
 *
 * @param ports its own ports
 * @param xdsPort of the control plane on the loopback address
 * @param rootCertificate file of the mesh's root, by which the control plane is known
 * @param folder holds the credential {@code token}, and the socket of an agent that serves a stock Envoy
 * @param trustDomain of the mesh
 */
public record SidecarSettings(Ports ports, int xdsPort, Path rootCertificate, Path folder, String trustDomain) {
    /**
     * @param admin of the proxy's admin interface
     * @param httpProxy of the forward proxy for the program beside it; empty for none
     * @param status health and metrics; empty for none
     */
    public record Ports(int admin, OptionalInt httpProxy, OptionalInt status) {}

    /** The credential, renewed by the launcher. */
    public Path token() {
        return folder.resolve("token");
    }

    /** Where the agent beside a stock Envoy listens: {@code weft-proxy agent --socket}. */
    public Path agentSocket() {
        return folder.resolve("agent.sock");
    }
}
