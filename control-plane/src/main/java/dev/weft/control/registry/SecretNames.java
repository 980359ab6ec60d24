package dev.weft.control.registry;

/** The names under which gateways ask for Secrets: Istio's. Listeners are made with them, and the secrets themselves. Pure. */
public final class SecretNames {
    private static final String SCHEME = "kubernetes://";
    private static final String ROOTS = "-cacert";

    private SecretNames() {}

    /** A certificate and its key. */
    public static String keyPair(String namespace, String name) {
        return SCHEME + namespace + "/" + name;
    }

    /** The roots that stand in the same Secret. */
    public static String roots(String namespace, String name) {
        return keyPair(namespace, name) + ROOTS;
    }

    /** A name that nobody answers to: for what may not be used. */
    public static String refused(String namespace, String name) {
        return "refused://" + namespace + "/" + name;
    }
}
