package dev.weft.control.cache;

import java.util.Optional;

/**
 * The xDS types that are served, in the order in which they are pushed: what is referred to comes before what refers to it.
 *
 * <p>Secrets are those that gateways end the TLS of their clients with. The keys of workloads are not among them and never will be: they
 * do not cross the network.
 */
public enum ResourceType {
    CLUSTER("cds", "envoy.config.cluster.v3.Cluster", Naming.WILDCARD),
    ENDPOINT("eds", "envoy.config.endpoint.v3.ClusterLoadAssignment", Naming.BY_NAME),
    SECRET("sds", "envoy.extensions.transport_sockets.tls.v3.Secret", Naming.BY_NAME),
    LISTENER("lds", "envoy.config.listener.v3.Listener", Naming.WILDCARD),
    ROUTE("rds", "envoy.config.route.v3.RouteConfiguration", Naming.BY_NAME),
    /** Names and addresses for a proxy that answers its workload's DNS; made only where one asks. */
    NAME_TABLE("nds", "istio.networking.nds.v1.NameTable", Naming.WILDCARD);

    private static final String PREFIX = "type.googleapis.com/";

    private final String shortName;
    private final String url;
    private final Naming naming;

    ResourceType(String shortName, String message, Naming naming) {
        this.shortName = shortName;
        this.url = PREFIX + message;
        this.naming = naming;
    }

    public static Optional<ResourceType> ofUrl(String url) {
        for (ResourceType type : values()) {
            if (type.url.equals(url)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** The word of metrics and messages: {@code cds}, {@code eds}, {@code sds}, {@code lds}, {@code rds}, {@code nds}. */
    public String shortName() {
        return shortName;
    }

    public String url() {
        return url;
    }

    public Naming naming() {
        return naming;
    }

    /** What a subscription without names means, and whether a state-of-the-world response is the full state. */
    public enum Naming {
        /** No names means all; what a full response lacks is deleted. */
        WILDCARD,
        /** Only what is named; nothing is deleted by its absence. */
        BY_NAME
    }
}
