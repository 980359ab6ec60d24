package dev.weft.proxy.route;

import com.google.common.collect.ImmutableSet;

/**
 * Settings of a router that its connection manager has. Immutable.
 *
 * @param envoyHeaders whether the router adds its x-envoy-* headers
 * @param upgrades lower-case upgrade types that are allowed where the route says nothing, {@code connect} included
 * @param bufferLimit bytes of a request that are kept for a retry
 */
public record RouterOptions(EnvoyHeaders envoyHeaders, ImmutableSet<String> upgrades, int bufferLimit) {
    public static final RouterOptions DEFAULT = new RouterOptions(EnvoyHeaders.ADDED, ImmutableSet.of(), 1 << 20);

    public enum EnvoyHeaders {
        ADDED,
        SUPPRESSED
    }

    boolean addsEnvoyHeaders() {
        return envoyHeaders == EnvoyHeaders.ADDED;
    }
}
