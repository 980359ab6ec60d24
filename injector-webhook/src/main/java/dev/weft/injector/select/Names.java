package dev.weft.injector.select;

/** The labels and annotations that choose, or tell that a pod was chosen. */
public final class Names {
    public static final String INJECT = "weft.dev/inject";
    public static final String REVISION = "weft.dev/rev";
    /** On an injected pod: what was added to it. */
    public static final String STATUS = "weft.dev/status";

    public static final String PROXY = "weft-proxy";
    public static final String CAPTURE = "weft-init";

    static final String ISTIO_NAMESPACE = "istio-injection";
    static final String ISTIO_POD = "sidecar.istio.io/inject";
    public static final String ISTIO_REVISION = "istio.io/rev";

    private Names() {}
}
