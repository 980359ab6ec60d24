package dev.weft.proxy.exchange;

import org.jspecify.annotations.Nullable;

/**
 * What the route table said about a request: what filters and the access log may know of it.
 *
 * <p>Immutable; implemented by {@code proxy.route}, whose router knows the rest.
 */
public interface RouteDecision {
    /** The route's name; empty if it has none. */
    String routeName();

    /** The virtual host's name. */
    String virtualHostName();

    /** The cluster, if the route names one; empty for redirects and direct responses. */
    String clusterName();

    /** The most specific settings for a filter, or null. */
    @Nullable
    FilterOverride filterOverride(String filterName);

    /** Applies the route's edits to a local reply's fields in {@link Exchange#response}, before its own are added. */
    default void editLocalReply(Exchange exchange) {}
}
