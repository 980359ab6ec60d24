package dev.weft.model.http;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.route.RouteConfig;

/**
 * HTTP on a filter chain ({@code envoy.extensions.filters.network.http_connection_manager.v3}).
 *
 * @param statPrefix prefix of its statistics
 */
@Immutable
public record HttpConnectionManager(
        String statPrefix,
        Codec codec,
        Routes routes,
        ImmutableList<HttpFilter> filters,
        HttpOptions options,
        ImmutableList<AccessLog> accessLogs) {
    /** {@code AUTO} takes ALPN's answer, else looks for the HTTP/2 preface. */
    public enum Codec {
        AUTO,
        HTTP1,
        HTTP2
    }

    /** Where the route table comes from. */
    @Immutable
    public sealed interface Routes {}

    public record Inline(RouteConfig table) implements Routes {}

    /** By name over ADS. */
    public record Rds(String name) implements Routes {}
}
