package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.control.registry.MeshEndpoint;
import dev.weft.control.registry.MeshService;
import dev.weft.control.registry.ProxyFacts.Client;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.resources.DestinationRule;
import dev.weft.resources.MeshConfig;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The clusters of each service, made once for all callers to whom it looks the same: most namespaces see most services alike. They share the very
 * objects, so that what was made for one is compared and kept for all. Remembers what was asked for and forgets nothing: one lives for one state of the
 * mesh. Safe for many threads.
 */
public final class SharedClusters {

    /** All that the clusters of a service depend on. */
    record Slice(
            Client client,
            MeshConfig mesh,
            MeshService service,
            ImmutableList<DestinationRule> rules,
            ImmutableList<ImmutableList<MeshEndpoint>> endpoints,
            ImmutableSet<String> accounts) {

        /** Of the one thing that tells most slices apart. */
        @Override
        public int hashCode() {
            return service.hostname().hashCode();
        }
    }

    /** One cluster, and its endpoints where it has them by EDS. */
    record Made(Cluster cluster, Optional<EndpointSet> endpoints) {}

    private final Map<Slice, ImmutableList<Made>> known = new ConcurrentHashMap<>();

    ImmutableList<Made> of(Slice slice, Supplier<ImmutableList<Made>> make) {
        return known.computeIfAbsent(slice, missing -> make.get());
    }
}
