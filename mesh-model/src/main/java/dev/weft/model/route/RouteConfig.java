package dev.weft.model.route;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;

/**
 * A route table as data ({@code envoy.config.route.v3.RouteConfiguration}). {@link RouteTable} is its compiled form.
 *
 * @param ignorePortInHostMatching whether {@code a:80} is looked up as {@code a}
 * @param maxDirectResponseBodySize bytes; larger direct response bodies are refused when the table is decoded
 */
@Immutable
public record RouteConfig(
        String name,
        ImmutableList<VirtualHost> virtualHosts,
        boolean ignorePortInHostMatching,
        int maxDirectResponseBodySize) {
    /** Envoy's default limit of a direct response body, in bytes. */
    public static final int DEFAULT_DIRECT_RESPONSE_BODY = 4096;

    public static RouteConfig of(String name, ImmutableList<VirtualHost> virtualHosts) {
        return new RouteConfig(name, virtualHosts, false, DEFAULT_DIRECT_RESPONSE_BODY);
    }
}
