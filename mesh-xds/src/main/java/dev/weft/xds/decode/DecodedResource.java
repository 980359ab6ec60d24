package dev.weft.xds.decode;

import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.listener.Listener;
import dev.weft.model.route.RouteConfig;
import dev.weft.xds.SecretResource;

/** A resource of any of the five types. */
public sealed interface DecodedResource {
    record OfListener(Listener listener) implements DecodedResource {}

    record OfRoutes(RouteConfig routes) implements DecodedResource {}

    record OfCluster(Cluster cluster) implements DecodedResource {}

    record OfEndpoints(EndpointSet endpoints) implements DecodedResource {}

    record OfSecret(SecretResource secret) implements DecodedResource {}

    /** The name that subscriptions use. */
    default String name() {
        return switch (this) {
            case OfListener(Listener listener) -> listener.name();
            case OfRoutes(RouteConfig routes) -> routes.name();
            case OfCluster(Cluster cluster) -> cluster.name();
            case OfEndpoints(EndpointSet endpoints) -> endpoints.name();
            case OfSecret(SecretResource secret) -> secret.name();
        };
    }
}
