package dev.weft.proxy.telemetry;

import dev.weft.model.cluster.Cluster.ServiceRef;
import java.util.Optional;

/** What the configuration knows about destinations; asked once per new series, not per request. */
public interface ServiceLookup {
    /** The service behind a cluster. */
    Optional<ServiceRef> service(String cluster);
}
