package dev.weft.proxy.xds;

import java.util.Optional;

/** The resource types that a proxy asks for over ADS, in the order in which a server should send them. */
public enum XdsType {
    CLUSTER("envoy.config.cluster.v3.Cluster", true),
    ENDPOINTS("envoy.config.endpoint.v3.ClusterLoadAssignment", false),
    /** Secrets that this stream itself carries; those of the agent come another way. */
    SECRETS("envoy.extensions.transport_sockets.tls.v3.Secret", false),
    LISTENER("envoy.config.listener.v3.Listener", true),
    ROUTES("envoy.config.route.v3.RouteConfiguration", false),
    /** Names for the DNS proxy; asked for only where there is one. */
    NAME_TABLE("istio.networking.nds.v1.NameTable", true);

    private final String url;
    private final boolean wildcard;

    XdsType(String message, boolean wildcard) {
        this.url = "type.googleapis.com/" + message;
        this.wildcard = wildcard;
    }

    public String url() {
        return url;
    }

    /** Whether the server decides which resources there are; else they are asked for by name. */
    public boolean isWildcard() {
        return wildcard;
    }

    /** Whether every proxy asks for it on every stream. */
    boolean isAlwaysAsked() {
        return wildcard && this != NAME_TABLE;
    }

    public static Optional<XdsType> ofUrl(String url) {
        for (XdsType type : values()) {
            if (type.url.equals(url)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
