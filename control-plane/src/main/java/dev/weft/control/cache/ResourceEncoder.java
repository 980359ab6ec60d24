package dev.weft.control.cache;

import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.listener.Listener;
import dev.weft.model.route.RouteConfig;
import dev.weft.xds.SecretResource;

/**
 * Model to wire for one dialect; equal models give equal bytes. Throws if a model cannot be said in the dialect, which the cache
 * turns into a {@link Failure}.
 */
interface ResourceEncoder {
    EncodedResource cluster(Cluster cluster);

    EncodedResource endpoints(EndpointSet endpoints);

    EncodedResource listener(Listener listener);

    EncodedResource routes(RouteConfig routes);

    EncodedResource secret(SecretResource secret);
}
