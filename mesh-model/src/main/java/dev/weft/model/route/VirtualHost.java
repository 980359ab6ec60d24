package dev.weft.model.route;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;

/**
 * The routes of a set of domains; the first that matches wins.
 *
 * @param domains exact names, {@code *.suffix}, {@code prefix.*} or {@code *}, lower case
 * @param includeRequestAttemptCount whether the router adds {@code x-envoy-attempt-count} to requests
 */
@Immutable
public record VirtualHost(
        String name,
        ImmutableList<String> domains,
        ImmutableList<Route> routes,
        boolean includeRequestAttemptCount,
        HeaderMutations mutations) {
    public static VirtualHost of(String name, ImmutableList<String> domains, ImmutableList<Route> routes) {
        return new VirtualHost(name, domains, routes, false, HeaderMutations.NONE);
    }
}
