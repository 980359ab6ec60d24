package dev.weft.control.kubernetes.identity;

/** How objects are marked that the control plane makes by itself, so that whoever uninstalls finds them. */
final class Owned {

    static final String LABEL = "app.kubernetes.io/managed-by";
    static final String VALUE = "weft-control";

    private Owned() {}
}
