package dev.weft.proxy;

import dev.weft.model.ProxyConfig;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.proxy.config.ConfigHolder;
import dev.weft.proxy.telemetry.ServiceLookup;
import java.util.Optional;

/** Names of services and workloads from the configuration that is current when somebody asks. */
final class ConfigServices implements ServiceLookup {
    private final ConfigHolder config;

    ConfigServices(ConfigHolder config) {
        this.config = config;
    }

    @Override
    public Optional<Cluster.ServiceRef> service(String cluster) {
        Cluster found = config.current().config().clusters().get(cluster);
        return found == null
                ? Optional.empty()
                : found.telemetry().services().stream().findFirst();
    }

    @Override
    public Optional<Endpoint.Workload> workload(String cluster, String endpoint) {
        ProxyConfig now = config.current().config();
        Cluster found = now.clusters().get(cluster);
        if (found == null || !(found.discovery() instanceof Discovery.Eds(String name))) {
            return Optional.empty();
        }
        EndpointSet set = now.endpoints().get(name.isEmpty() ? cluster : name);
        return set == null
                ? Optional.empty()
                : set.localities().stream()
                        .flatMap(locality -> locality.endpoints().stream())
                        .filter(candidate -> candidate.address().text().equals(endpoint))
                        .map(Endpoint::workload)
                        .findFirst();
    }
}
