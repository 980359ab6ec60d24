package dev.weft.proxy.cluster;

import dev.weft.model.cluster.Cluster.ServiceRef;
import dev.weft.proxy.telemetry.ServiceLookup;
import java.util.Optional;

/** What the running clusters know about destinations, for metric labels. Thread safe. */
public final class ClusterServices implements ServiceLookup {
    private final Clusters clusters;

    public ClusterServices(Clusters clusters) {
        this.clusters = clusters;
    }

    @Override
    public Optional<ServiceRef> service(String cluster) {
        Cluster running = clusters.find(cluster);
        return running == null || running.config().telemetry().services().isEmpty()
                ? Optional.empty()
                : Optional.of(running.config().telemetry().services().getFirst());
    }
}
