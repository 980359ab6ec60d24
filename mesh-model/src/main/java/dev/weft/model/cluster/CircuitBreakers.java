package dev.weft.model.cluster;

import com.google.errorprone.annotations.Immutable;

/** Limits of a cluster over all loops, DEFAULT priority. Unsigned 32 bit values on the wire, hence longs. */
@Immutable
public record CircuitBreakers(long maxConnections, long maxPendingRequests, long maxRequests, long maxRetries) {
    /** Envoy's defaults. */
    public static final CircuitBreakers DEFAULT = new CircuitBreakers(1024, 1024, 1024, 3);
    /** What Istio sends: no limit. */
    public static final CircuitBreakers UNLIMITED =
            new CircuitBreakers(0xFFFF_FFFFL, 0xFFFF_FFFFL, 0xFFFF_FFFFL, 0xFFFF_FFFFL);
}
