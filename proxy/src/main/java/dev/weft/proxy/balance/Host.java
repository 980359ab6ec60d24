package dev.weft.proxy.balance;

/**
 * What balancing must know of an endpoint. The running object behind it belongs to {@code proxy.cluster}; its numbers may change
 * under another thread's hands at any time, so a picker reads each once per decision.
 */
public interface Host {
    /** At least 1. */
    int weight();

    /** Requests in flight on all loops. */
    int activeRequests();

    Availability availability();

    /** How much an endpoint may be used. */
    enum Availability {
        HEALTHY,
        /** Used where healthy ones do not suffice. */
        DEGRADED,
        /** Used in panic only. */
        UNAVAILABLE
    }
}
