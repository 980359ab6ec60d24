package dev.weft.control.gateway;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.Destination;
import dev.weft.resources.GatewayRoute;
import dev.weft.resources.GatewayRoute.Filters;
import java.util.Optional;

/** A route whose backends have been looked up. */
@Immutable
public record ResolvedRoute(GatewayRoute route, ImmutableList<ResolvedRule> rules) {

    /** The first backend that cannot be used. */
    public Optional<Refusal> refusal() {
        return rules.stream()
                .flatMap(rule -> rule.backends().stream())
                .flatMap(backend -> backend.refusal().stream())
                .findFirst();
    }

    /** A rule with its backends. */
    @Immutable
    public record ResolvedRule(GatewayRoute.Rule rule, ImmutableList<ResolvedBackend> backends) {}

    /**
     * A share of the traffic of a rule.
     *
     * @param destination with the full host name; where nothing may be sent, absent
     * @param refusal why there is no destination
     */
    @Immutable
    public record ResolvedBackend(
            Optional<Destination> destination, int weight, Filters filters, Optional<Refusal> refusal) {}
}
