package dev.weft.xds.encode;

import com.google.protobuf.Struct;
import dev.weft.model.Locality;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.xds.ProvenanceMetadata;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;

/** Endpoint sets. */
final class EndpointEncoder {
    /** Where the pairs stand that choose a transport socket. */
    static final String TRANSPORT_MATCH = "envoy.transport_socket_match";

    private EndpointEncoder() {}

    static ClusterLoadAssignment encode(EndpointSet endpoints) {
        ClusterLoadAssignment.Builder message =
                ClusterLoadAssignment.newBuilder().setClusterName(endpoints.name());
        for (EndpointSet.LocalityEndpoints group : endpoints.localities()) {
            LocalityLbEndpoints.Builder locality =
                    LocalityLbEndpoints.newBuilder().setPriority(group.priority());
            if (!group.locality().equals(Locality.UNKNOWN)) {
                locality.setLocality(io.envoyproxy.envoy.config.core.v3.Locality.newBuilder()
                        .setRegion(group.locality().region())
                        .setZone(group.locality().zone())
                        .setSubZone(group.locality().subZone()));
            }
            if (group.weight() != 0) {
                locality.setLoadBalancingWeight(WireValues.uint32(group.weight()));
            }
            group.endpoints().forEach(endpoint -> locality.addLbEndpoints(endpoint(endpoint)));
            message.addEndpoints(locality);
        }
        return message.build();
    }

    private static LbEndpoint endpoint(Endpoint endpoint) {
        LbEndpoint.Builder message = LbEndpoint.newBuilder()
                .setEndpoint(io.envoyproxy.envoy.config.endpoint.v3.Endpoint.newBuilder()
                        .setAddress(WireValues.address(endpoint.address()))
                        .setHostname(endpoint.hostname()))
                .setHealthStatus(
                        switch (endpoint.health()) {
                            case UNKNOWN -> HealthStatus.UNKNOWN;
                            case HEALTHY -> HealthStatus.HEALTHY;
                            case UNHEALTHY -> HealthStatus.UNHEALTHY;
                            case DRAINING -> HealthStatus.DRAINING;
                            case TIMEOUT -> HealthStatus.TIMEOUT;
                            case DEGRADED -> HealthStatus.DEGRADED;
                        });
        if (endpoint.weight() != 1) {
            message.setLoadBalancingWeight(WireValues.uint32(endpoint.weight()));
        }
        Metadata.Builder metadata = Metadata.newBuilder();
        if (!endpoint.transportMatch().isEmpty()) {
            metadata.putFilterMetadata(TRANSPORT_MATCH, WireValues.struct(endpoint.transportMatch()));
        }
        Endpoint.Workload workload = endpoint.workload();
        if (!workload.equals(Endpoint.Workload.UNKNOWN)) {
            String parts = String.join(
                    ";",
                    workload.name(),
                    workload.namespace(),
                    workload.canonicalName(),
                    workload.canonicalRevision(),
                    workload.cluster());
            metadata.putFilterMetadata(
                    ProvenanceMetadata.ISTIO,
                    Struct.newBuilder()
                            .putFields("workload", WireValues.text(parts))
                            .build());
        }
        if (metadata.getFilterMetadataCount() > 0) {
            message.setMetadata(metadata);
        }
        return message.build();
    }
}
