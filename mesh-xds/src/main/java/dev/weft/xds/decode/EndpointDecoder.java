package dev.weft.xds.decode;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.weft.model.Locality;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.xds.FieldPath;
import dev.weft.xds.ProvenanceMetadata;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;

/** Endpoint sets. */
final class EndpointDecoder {
    private static final String TRANSPORT_MATCH = "envoy.transport_socket_match";

    private final Reading reading;
    private final ValueDecoder values;

    EndpointDecoder(Reading reading) {
        this.reading = reading;
        this.values = new ValueDecoder(reading);
    }

    EndpointSet decode(ClusterLoadAssignment message, FieldPath at) {
        ImmutableList.Builder<EndpointSet.LocalityEndpoints> localities = ImmutableList.builder();
        for (int i = 0; i < message.getEndpointsCount(); i++) {
            localities.add(
                    locality(message.getEndpoints(i), at.field("endpoints").index(i)));
        }
        return new EndpointSet(values.required(message.getClusterName(), at.field("cluster_name")), localities.build());
    }

    private EndpointSet.LocalityEndpoints locality(LocalityLbEndpoints message, FieldPath at) {
        ImmutableList.Builder<Endpoint> endpoints = ImmutableList.builder();
        for (int i = 0; i < message.getLbEndpointsCount(); i++) {
            endpoints.add(
                    endpoint(message.getLbEndpoints(i), at.field("lb_endpoints").index(i)));
        }
        int weight = message.hasLoadBalancingWeight()
                ? values.number(
                        message.getLoadBalancingWeight(), 1, Integer.MAX_VALUE, at.field("load_balancing_weight"))
                : 0;
        return new EndpointSet.LocalityEndpoints(
                new Locality(
                        message.getLocality().getRegion(),
                        message.getLocality().getZone(),
                        message.getLocality().getSubZone()),
                weight,
                values.number(message.getPriority(), 0, 128, at.field("priority")),
                endpoints.build());
    }

    private Endpoint endpoint(LbEndpoint message, FieldPath at) {
        FieldPath endpointAt = at.field("endpoint");
        if (!message.hasEndpoint()) {
            reading.problem(endpointAt, "is required");
            return Endpoint.of("0.0.0.0", 0);
        }
        int weight = message.hasLoadBalancingWeight()
                ? values.number(
                        message.getLoadBalancingWeight(), 1, Integer.MAX_VALUE, at.field("load_balancing_weight"))
                : 1;
        Metadata metadata = message.getMetadata();
        Struct transport = metadata.getFilterMetadataOrDefault(TRANSPORT_MATCH, Struct.getDefaultInstance());
        return new Endpoint(
                values.address(message.getEndpoint().getAddress(), endpointAt.field("address")),
                message.getEndpoint().getHostname(),
                health(message, at.field("health_status")),
                weight,
                transport.getFieldsCount() == 0
                        ? ImmutableSortedMap.of()
                        : values.texts(transport, at.field("metadata").field(TRANSPORT_MATCH)),
                workload(metadata));
    }

    private Endpoint.Health health(LbEndpoint message, FieldPath at) {
        return switch (message.getHealthStatus()) {
            case UNKNOWN -> Endpoint.Health.UNKNOWN;
            case HEALTHY -> Endpoint.Health.HEALTHY;
            case UNHEALTHY -> Endpoint.Health.UNHEALTHY;
            case DRAINING -> Endpoint.Health.DRAINING;
            case TIMEOUT -> Endpoint.Health.TIMEOUT;
            case DEGRADED -> Endpoint.Health.DEGRADED;
            case UNRECOGNIZED -> {
                reading.problem(at, "found " + message.getHealthStatusValue() + ", expected a known status");
                yield Endpoint.Health.UNKNOWN;
            }
        };
    }

    /** Istio's {@code name;namespace;canonical-name;canonical-revision;cluster}; fewer parts leave the rest empty. */
    private static Endpoint.Workload workload(Metadata metadata) {
        String text = metadata.getFilterMetadataOrDefault(ProvenanceMetadata.ISTIO, Struct.getDefaultInstance())
                .getFieldsOrDefault("workload", Value.getDefaultInstance())
                .getStringValue();
        if (text.isEmpty()) {
            return Endpoint.Workload.UNKNOWN;
        }
        String[] parts = text.split(";", -1);
        return new Endpoint.Workload(part(parts, 0), part(parts, 1), part(parts, 2), part(parts, 3), part(parts, 4));
    }

    private static String part(String[] parts, int index) {
        return index < parts.length ? parts[index] : "";
    }
}
