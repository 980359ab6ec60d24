package dev.weft.control.registry;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.Locality;
import java.util.Optional;

/**
 * One workload behind one service port.
 *
 * @param address IP address, DNS name, or {@code unix:///path}
 * @param port at the workload, 0 for a Unix socket
 * @param labels the workload's, by which subsets select
 * @param workload name of the workload
 * @param namespace the workload's
 * @param serviceAccount empty where unknown
 * @param weight at least 1
 * @param hostname first label of the endpoint's own name under that of its headless service; empty where it has none
 * @param tls whether the workload takes the mesh's mutual TLS on this port
 */
@Immutable
public record MeshEndpoint(
        String address,
        int port,
        ImmutableMap<String, String> labels,
        String workload,
        String namespace,
        String serviceAccount,
        Optional<Locality> locality,
        String network,
        int weight,
        String hostname,
        Tls tls) {

    /** What automatic mutual TLS does for the endpoint. */
    public enum Tls {
        /** A proxy with an identity stands there and its policy does not disable mutual TLS: Istio's {@code tlsMode: istio}. */
        MUTUAL,
        /** Plain text. */
        NONE
    }
}
