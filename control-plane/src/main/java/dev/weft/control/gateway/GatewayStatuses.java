package dev.weft.control.gateway;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import dev.weft.control.source.ObjectStatus;
import dev.weft.control.source.ObjectStatus.Address;
import dev.weft.control.source.RefusedRoute;
import dev.weft.control.source.StatusCondition;
import dev.weft.control.source.StatusTarget;
import dev.weft.resources.GatewayClass;
import dev.weft.resources.GatewayRoute;
import dev.weft.resources.GatewayRoute.ParentRef;
import dev.weft.resources.KubernetesGateway;
import dev.weft.resources.Problem;
import dev.weft.resources.ProblemFormat;
import dev.weft.resources.ResourceKey;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the objects of the Gateway API are to say of themselves. Pure: made from a {@link GatewayApi}, written by the leader. Objects that
 * are not ours have no status here, and routes have entries for those of their parents that are.
 */
public final class GatewayStatuses {
    private static final String ACCEPTED = "Accepted";
    private static final String PROGRAMMED = "Programmed";
    private static final String RESOLVED = "ResolvedRefs";
    private static final String CONFLICTED = "Conflicted";

    /** So that one route with many mistakes still fits. */
    private static final int TOLD = 5;

    private GatewayStatuses() {}

    /**
     * @param addresses where each Gateway is reached; none while nothing serves it
     * @param refused routes whose newest version is not in force, be an older one or not
     */
    public static ImmutableList<ObjectStatus> of(
            GatewayApi api,
            ImmutableListMultimap<ResourceKey, Address> addresses,
            ImmutableList<RefusedRoute> refused) {
        ImmutableList.Builder<ObjectStatus> statuses = ImmutableList.builder();
        for (GatewayClass known : api.classes()) {
            statuses.add(new ObjectStatus.Conditions(
                    StatusTarget.of(known.meta()),
                    ImmutableList.of(StatusCondition.holds(ACCEPTED, ACCEPTED, "Gateways of this class are served"))));
        }
        for (GatewayState state : api.gateways()) {
            statuses.add(gateway(state, addresses.get(state.gateway().key())));
        }
        Set<ResourceKey> newer =
                refused.stream().map(route -> route.outline().key()).collect(Collectors.toCollection(HashSet::new));
        for (RouteState state : api.routes()) {
            if (!state.parents().isEmpty()
                    && !newer.contains(state.route().route().key())) {
                statuses.add(route(state));
            }
        }
        for (RefusedRoute route : refused) {
            ObjectStatus.Route status = refused(api, route);
            if (!status.parents().isEmpty()) {
                statuses.add(status);
            }
        }
        return statuses.build();
    }

    /** Whether its references resolve nobody has looked at. */
    private static ObjectStatus.Route refused(GatewayApi api, RefusedRoute refused) {
        List<Problem> errors = refused.problems().stream()
                .filter(problem -> problem.severity() == Problem.Severity.ERROR)
                .toList();
        StatusCondition why = StatusCondition.fails(ACCEPTED, "UnsupportedValue", ProblemFormat.summary(errors, TOLD));
        GatewayRoute route = refused.outline();
        return new ObjectStatus.Route(
                StatusTarget.of(route.meta()),
                route.parents().stream()
                        .filter(parent -> api.isParent(parent, route.meta().namespace()))
                        .map(parent -> new ObjectStatus.Parent(reference(parent), ImmutableList.of(why)))
                        .collect(ImmutableList.toImmutableList()));
    }

    private static ObjectStatus gateway(GatewayState state, ImmutableList<Address> addresses) {
        List<ListenerState> valid = state.listeners().stream()
                .filter(listener -> listener.accepted() && listener.unresolved().isEmpty())
                .toList();
        return new ObjectStatus.Gateway(
                StatusTarget.of(state.gateway().meta()),
                ImmutableList.of(accepted(state, valid.size()), programmed(state.gateway(), valid, addresses)),
                state.listeners().stream().map(GatewayStatuses::listener).collect(ImmutableList.toImmutableList()),
                addresses);
    }

    private static StatusCondition accepted(GatewayState state, int valid) {
        if (valid == state.listeners().size()) {
            return StatusCondition.holds(ACCEPTED, ACCEPTED, "every listener is valid");
        }
        String message = valid + " of " + state.listeners().size() + " listeners are valid";
        return valid > 0
                ? StatusCondition.holds(ACCEPTED, "ListenersNotValid", message)
                : StatusCondition.fails(ACCEPTED, "ListenersNotValid", message);
    }

    private static StatusCondition programmed(
            KubernetesGateway gateway, List<ListenerState> valid, ImmutableList<Address> addresses) {
        if (valid.isEmpty()) {
            return StatusCondition.fails(PROGRAMMED, "Invalid", "no listener is valid");
        }
        if (!addresses.isEmpty()) {
            return StatusCondition.holds(
                    PROGRAMMED, PROGRAMMED, "served by " + addresses.getFirst().value());
        }
        return gateway.addresses().isEmpty()
                ? StatusCondition.fails(
                        PROGRAMMED,
                        "AddressNotAssigned",
                        "no gateway has the label gateway.networking.k8s.io/gateway-name, and spec.addresses names no Service")
                : StatusCondition.fails(
                        PROGRAMMED,
                        "AddressNotUsable",
                        "spec.addresses names no Service of a gateway, expected type Hostname and NAME.NAMESPACE.svc.cluster.local");
    }

    private static ObjectStatus.Listener listener(ListenerState state) {
        ImmutableList.Builder<StatusCondition> conditions = ImmutableList.builder();
        Optional<Refusal> conflict = state.conflict();
        boolean unsupported = conflict.filter(refusal -> refusal.reason().equals("UnsupportedProtocol"))
                .isPresent();
        conditions.add(condition(ACCEPTED, conflict, ACCEPTED));
        conditions.add(
                conflict.isPresent() && !unsupported
                        ? StatusCondition.holds(
                                CONFLICTED,
                                conflict.get().reason(),
                                conflict.get().message())
                        : StatusCondition.fails(CONFLICTED, "NoConflicts", ""));
        conditions.add(condition(RESOLVED, state.unresolved(), RESOLVED));
        conditions.add(condition(
                PROGRAMMED,
                conflict.or(state::unresolved).map(refusal -> new Refusal("Invalid", refusal.message())),
                PROGRAMMED));
        return new ObjectStatus.Listener(
                state.listener().name(),
                state.kinds().stream()
                        .map(kind -> new ObjectStatus.RouteKind(kind.group(), kind.kind()))
                        .collect(ImmutableList.toImmutableList()),
                state.routes().size(),
                conditions.build());
    }

    private static ObjectStatus route(RouteState state) {
        StatusCondition resolved = condition(RESOLVED, state.route().refusal(), RESOLVED);
        return new ObjectStatus.Route(
                StatusTarget.of(state.route().route().meta()),
                state.parents().stream()
                        .map(parent -> new ObjectStatus.Parent(
                                reference(parent.parent()),
                                ImmutableList.of(condition(ACCEPTED, parent.refusal(), ACCEPTED), resolved)))
                        .collect(ImmutableList.toImmutableList()));
    }

    private static ObjectStatus.ParentRef reference(ParentRef parent) {
        return new ObjectStatus.ParentRef(
                Optional.of(parent.group()),
                Optional.of(parent.kind()),
                parent.namespace(),
                parent.name(),
                parent.section(),
                parent.port());
    }

    private static StatusCondition condition(String type, Optional<Refusal> refusal, String reason) {
        return refusal.map(why -> StatusCondition.fails(type, why.reason(), why.message()))
                .orElseGet(() -> StatusCondition.holds(type, reason, ""));
    }
}
