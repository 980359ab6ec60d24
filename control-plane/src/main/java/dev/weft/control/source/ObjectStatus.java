package dev.weft.control.source;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the status of one object is to say. Made from a registry snapshot by whoever decides about the object, handed to the status room,
 * written through a {@link StatusSink} by the leader.
 */
public sealed interface ObjectStatus {

    StatusTarget target();

    /** Conditions at the top of the status and nothing else: a {@code GatewayClass}. */
    @Immutable
    record Conditions(StatusTarget target, ImmutableList<StatusCondition> conditions) implements ObjectStatus {}

    /**
     * Istio's form: conditions, and one entry per finding.
     *
     * @param validations what is wrong with the object
     */
    @Immutable
    record Validated(
            StatusTarget target, ImmutableList<StatusCondition> conditions, ImmutableList<Validation> validations)
            implements ObjectStatus {}

    /** A route of the Gateway API: one entry per parent that is ours. Entries of other controllers are not touched. */
    @Immutable
    record Route(StatusTarget target, ImmutableList<Parent> parents) implements ObjectStatus {}

    /** A {@code Gateway} of the Gateway API. */
    @Immutable
    record Gateway(
            StatusTarget target,
            ImmutableList<StatusCondition> conditions,
            ImmutableList<Listener> listeners,
            ImmutableList<Address> addresses)
            implements ObjectStatus {}

    /**
     * One finding about an object of Istio's.
     *
     * @param level {@code ERROR}, {@code WARNING} or {@code INFO}
     * @param name of the kind of finding, in CamelCase
     * @param code of the kind of finding
     */
    @Immutable
    record Validation(String level, String name, String code) {}

    /**
     * How a route fares with one of its parents.
     *
     * @param ref exactly as the route writes it, since that is the key of the entry
     */
    @Immutable
    record Parent(ParentRef ref, ImmutableList<StatusCondition> conditions) {}

    /** A reference to a parent; what is not written is absent. */
    @Immutable
    record ParentRef(
            Optional<String> group,
            Optional<String> kind,
            Optional<String> namespace,
            String name,
            Optional<String> sectionName,
            OptionalInt port) {}

    /** One listener of a {@code Gateway}. */
    @Immutable
    record Listener(
            String name,
            ImmutableList<RouteKind> supportedKinds,
            int attachedRoutes,
            ImmutableList<StatusCondition> conditions) {}

    /** A kind of route that a listener takes. */
    @Immutable
    record RouteKind(String group, String kind) {}

    /**
     * Where a {@code Gateway} is reached.
     *
     * @param type {@code IPAddress} or {@code Hostname}
     */
    @Immutable
    record Address(String type, String value) {}
}
