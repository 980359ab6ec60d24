package dev.weft.proxy.pod;

/** What a proxy is in its mesh, which Istio's node ids begin with. */
public enum PodRole {
    /** Beside an application. */
    SIDECAR("sidecar"),
    /** At the edge, with no application beside it. */
    GATEWAY("router");

    private final String nodeType;

    PodRole(String nodeType) {
        this.nodeType = nodeType;
    }

    String nodeType() {
        return nodeType;
    }
}
