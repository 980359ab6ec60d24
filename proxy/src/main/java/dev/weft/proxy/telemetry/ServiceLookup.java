package dev.weft.proxy.telemetry;

import dev.weft.model.cluster.Cluster.ServiceRef;
import dev.weft.model.cluster.Endpoint;
import java.util.Optional;

/** What the configuration knows about destinations; asked once per new series, not per request. */
public interface ServiceLookup {
    /** The service behind a cluster. */
    Optional<ServiceRef> service(String cluster);

    /** The workload at an endpoint of a cluster, by the endpoint's address as text. */
    Optional<Endpoint.Workload> workload(String cluster, String endpoint);
}
