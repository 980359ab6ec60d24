package dev.weft.model.route;

import com.google.errorprone.annotations.Immutable;
import dev.weft.model.Provenance;
import java.util.Optional;

/**
 * One rule of a virtual host.
 *
 * @param name shown in access logs, may be empty
 * @param decorator operation name for tracing, Istio's {@code host:port/*}
 * @param source the rule of the user's resource that this came from
 */
@Immutable
public record Route(
        String name,
        RouteMatch match,
        RouteAction action,
        HeaderMutations mutations,
        Optional<String> decorator,
        Optional<Provenance> source) {
    public static Route of(String name, RouteMatch match, RouteAction action) {
        return new Route(name, match, action, HeaderMutations.NONE, Optional.empty(), Optional.empty());
    }
}
