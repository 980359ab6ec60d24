package dev.weft.cli.proxy;

/** What {@code meshctl proxy NAME} can show. */
public enum Aspect {
    LISTENERS("ListenerList"),
    ROUTES("RouteList"),
    CLUSTERS("ClusterList"),
    ENDPOINTS("EndpointList"),
    CERTS("CertificateList");

    private final String kind;

    Aspect(String kind) {
        this.kind = kind;
    }

    /** The {@code kind} of the JSON envelope. */
    public String kind() {
        return kind;
    }
}
