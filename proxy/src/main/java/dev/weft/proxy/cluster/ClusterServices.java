package dev.weft.proxy.cluster;

import dev.weft.model.cluster.Cluster.ServiceRef;
import dev.weft.model.cluster.Endpoint;
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

    @Override
    public Optional<Endpoint.Workload> workload(String cluster, String endpoint) {
        Cluster running = clusters.find(cluster);
        if (running == null) {
            return Optional.empty();
        }
        for (UpstreamHost host : running.hosts().hosts()) {
            if (host.text().equals(endpoint) && host.endpoint().workload().isKnown()) {
                return Optional.of(host.endpoint().workload());
            }
        }
        return Optional.empty();
    }
}
