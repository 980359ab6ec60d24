package dev.weft.benchmarks.scale;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a resource refers to: a cluster to its endpoints, a listener to its routes. Read once per version for all simulated proxies, which
 * otherwise keep nothing of a resource but its name and version. Safe for many threads.
 */
final class Contents {
    static final String CLUSTERS = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    static final String ENDPOINTS = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
    static final String LISTENERS = "type.googleapis.com/envoy.config.listener.v3.Listener";
    static final String ROUTES = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";

    private final Map<String, Set<String>> known = new ConcurrentHashMap<>();
    private final Map<String, String> texts = new ConcurrentHashMap<>();

    /** The one copy of a name or version that all proxies keep. */
    String shared(String text) {
        String first = texts.putIfAbsent(text, text);
        return first == null ? text : first;
    }

    /** The names that {@code resource} needs. */
    Set<String> refersTo(Resource resource) {
        Any any = resource.getResource();
        return switch (any.getTypeUrl()) {
            case CLUSTERS, LISTENERS ->
                known.computeIfAbsent(resource.getName() + "@" + resource.getVersion(), missing -> read(any));
            default -> Set.of();
        };
    }

    private Set<String> read(Any any) {
        try {
            return any.getTypeUrl().equals(CLUSTERS)
                    ? ofCluster(Cluster.parseFrom(any.getValue()))
                    : ofListener(Listener.parseFrom(any.getValue()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a resource that cannot be read: " + any.getTypeUrl(), e);
        }
    }

    private Set<String> ofCluster(Cluster cluster) {
        if (cluster.getType() != Cluster.DiscoveryType.EDS) {
            return Set.of();
        }
        String service = cluster.getEdsClusterConfig().getServiceName();
        return Set.of(shared(service.isEmpty() ? cluster.getName() : service));
    }

    private Set<String> ofListener(Listener listener) throws InvalidProtocolBufferException {
        Set<String> names = new HashSet<>();
        for (FilterChain chain : listener.getFilterChainsList()) {
            add(chain, names);
        }
        add(listener.getDefaultFilterChain(), names);
        return Set.copyOf(names);
    }

    private void add(FilterChain chain, Set<String> names) throws InvalidProtocolBufferException {
        for (Filter filter : chain.getFiltersList()) {
            if (filter.getTypedConfig().getTypeUrl().endsWith(".HttpConnectionManager")) {
                String name = HttpConnectionManager.parseFrom(
                                filter.getTypedConfig().getValue())
                        .getRds()
                        .getRouteConfigName();
                if (!name.isEmpty()) {
                    names.add(shared(name));
                }
            }
        }
    }
}
