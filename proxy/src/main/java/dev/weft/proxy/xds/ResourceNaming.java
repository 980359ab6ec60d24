package dev.weft.proxy.xds;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;

/** The name that stands inside a resource, for the protocol variant that does not carry it outside. */
final class ResourceNaming {
    private ResourceNaming() {}

    /** Empty where the bytes cannot be read: decoding will say why. */
    static String nameOf(XdsType type, Any resource) {
        try {
            return switch (type) {
                case CLUSTER -> Cluster.parseFrom(resource.getValue()).getName();
                case ENDPOINTS ->
                    ClusterLoadAssignment.parseFrom(resource.getValue()).getClusterName();
                case LISTENER -> Listener.parseFrom(resource.getValue()).getName();
                case SECRETS -> Secret.parseFrom(resource.getValue()).getName();
                case ROUTES -> RouteConfiguration.parseFrom(resource.getValue()).getName();
                case NAME_TABLE -> "names";
            };
        } catch (InvalidProtocolBufferException e) {
            return "";
        }
    }
}
