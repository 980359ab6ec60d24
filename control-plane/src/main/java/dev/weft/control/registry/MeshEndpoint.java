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
 * @param cluster that the workload is of
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
        String cluster,
        int weight,
        String hostname,
        Tls tls) {

    private static final String CLUSTER_LABEL = "topology.istio.io/cluster";
    private static final String NETWORK_LABEL = "topology.istio.io/network";
    private static final String REGION_LABEL = "topology.kubernetes.io/region";
    private static final String ZONE_LABEL = "topology.kubernetes.io/zone";

    /** What automatic mutual TLS does for the endpoint. */
    public enum Tls {
        /** A proxy with an identity stands there and its policy does not disable mutual TLS: Istio's {@code tlsMode: istio}. */
        MUTUAL,
        /** Plain text. */
        NONE
    }

    /** Whether a subset of these labels has the endpoint: by its workload's labels, and by where it is, which Istio takes for labels too. */
    public boolean has(ImmutableMap<String, String> wanted) {
        return wanted.entrySet().stream()
                .allMatch(label ->
                        label(label.getKey()).filter(label.getValue()::equals).isPresent());
    }

    private Optional<String> label(String name) {
        String written = labels.get(name);
        if (written != null) {
            return Optional.of(written);
        }
        return switch (name) {
            case CLUSTER_LABEL -> Optional.of(cluster);
            case NETWORK_LABEL -> Optional.of(network);
            case REGION_LABEL -> locality.map(Locality::region);
            case ZONE_LABEL -> locality.map(Locality::zone);
            default -> Optional.empty();
        };
    }
}
