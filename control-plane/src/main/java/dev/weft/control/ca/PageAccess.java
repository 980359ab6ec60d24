package dev.weft.control.ca;

/**
 * Whether the holder of a bearer token may read the control plane's pages. The port between the HTTP server and whoever knows operators;
 * called on a virtual thread, so an implementation may block.
 */
public interface PageAccess {

    /** What came of the question. */
    enum Decision {
        GRANTED,
        /** The token is good, its holder may not. */
        FORBIDDEN,
        /** No good token. */
        UNAUTHENTICATED,
        /** Nobody could say. */
        UNAVAILABLE
    }

    Decision decide(String bearerToken);
}
