package dev.weft.model.cluster;

import com.google.common.collect.ImmutableSortedMap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.net.SocketAddress;

/**
 * One address of a cluster.
 *
 * @param hostname name for host rewriting of DNS endpoints, may be empty
 * @param weight at least 1
 * @param transportMatch metadata that selects the transport ({@code envoy.transport_socket_match}, Istio's {@code tlsMode: istio})
 * @param workload who runs there, Istio's {@code istio.workload}; empty where unknown
 */
@Immutable
public record Endpoint(
        SocketAddress address,
        String hostname,
        Health health,
        int weight,
        ImmutableSortedMap<String, String> transportMatch,
        Workload workload) {
    public static Endpoint of(String host, int port) {
        return new Endpoint(
                new SocketAddress.Inet(host, port), "", Health.UNKNOWN, 1, ImmutableSortedMap.of(), Workload.UNKNOWN);
    }

    /** As the management server sees it; UNKNOWN counts as healthy. */
    public enum Health {
        UNKNOWN,
        HEALTHY,
        UNHEALTHY,
        DRAINING,
        TIMEOUT,
        DEGRADED
    }

    /** The parts of Istio's {@code name;namespace;canonical-name;canonical-revision;cluster}. */
    @Immutable
    public record Workload(
            String name, String namespace, String canonicalName, String canonicalRevision, String cluster) {
        public static final Workload UNKNOWN = new Workload("", "", "", "", "");

        public boolean isKnown() {
            return !name.isEmpty();
        }
    }
}
