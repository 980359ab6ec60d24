package dev.weft.model;

import com.google.common.collect.ImmutableSortedMap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.listener.Listener;
import dev.weft.model.route.RouteConfig;

/**
 * Everything one proxy must do, by name: what the translator produces, the xDS codec carries, the proxy executes and
 * {@code meshctl explain} reads. Sorted so that equal inputs give equal bytes.
 *
 * @param endpoints endpoint sets of the clusters whose discovery is EDS, by service name
 */
@Immutable
public record ProxyConfig(
        ImmutableSortedMap<String, Listener> listeners,
        ImmutableSortedMap<String, RouteConfig> routes,
        ImmutableSortedMap<String, Cluster> clusters,
        ImmutableSortedMap<String, EndpointSet> endpoints) {
    public static final ProxyConfig EMPTY = new ProxyConfig(
            ImmutableSortedMap.of(), ImmutableSortedMap.of(), ImmutableSortedMap.of(), ImmutableSortedMap.of());
}
