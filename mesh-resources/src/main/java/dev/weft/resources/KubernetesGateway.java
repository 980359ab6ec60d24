package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import java.util.Map;
import java.util.Optional;

/**
 * The Gateway API's {@code Gateway}: listeners to which routes attach themselves.
 *
 * @param addresses of type Hostname name the Service of the workload that serves the Gateway
 */
@Immutable
public record KubernetesGateway(
        ResourceMeta meta, String className, ImmutableList<Listener> listeners, ImmutableList<Address> addresses)
        implements Resource {

    /**
     * One port with a host and the routes that may attach.
     *
     * @param hostname absent: every host
     * @param protocol as written; HTTP, HTTPS and TLS are served
     * @param certificates of a listener that ends TLS, the first one is used
     */
    @Immutable
    public record Listener(
            String name,
            Optional<String> hostname,
            int port,
            String protocol,
            Optional<ServerTls> tls,
            ImmutableList<ObjectReference> certificates,
            AllowedRoutes allowed) {}

    /**
     * A reference to an object.
     *
     * @param group empty for the core group
     * @param namespace absent: that of the object that refers
     */
    @Immutable
    public record ObjectReference(String group, String kind, Optional<String> namespace, String name) {}

    /** An address that was asked for; {@code type} is IPAddress, Hostname or something of an implementation. */
    @Immutable
    public record Address(String type, String value) {}

    /**
     * Which routes may attach.
     *
     * @param kinds empty: all that go with the protocol
     */
    @Immutable
    public record AllowedRoutes(Namespaces namespaces, ImmutableList<RouteKind> kinds) {}

    /** A kind of route. */
    @Immutable
    public record RouteKind(String group, String kind) {}

    /** The namespaces whose routes may attach. */
    @Immutable
    public sealed interface Namespaces {
        @Immutable
        record All() implements Namespaces {}

        /** The Gateway's own. */
        @Immutable
        record Same() implements Namespaces {}

        @Immutable
        record None() implements Namespaces {}

        /** Those with these labels. */
        @Immutable
        record Selected(ImmutableMap<String, String> labels, ImmutableList<Requirement> requirements)
                implements Namespaces {
            public boolean matches(Map<String, String> candidate) {
                return candidate.entrySet().containsAll(labels.entrySet())
                        && requirements.stream().allMatch(requirement -> requirement.holds(candidate));
            }
        }
    }

    /** A condition on one label. */
    @Immutable
    public record Requirement(String key, Operator operator, ImmutableSet<String> values) {
        boolean holds(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
            };
        }
    }

    /** How a label is compared. */
    public enum Operator {
        IN,
        NOT_IN,
        EXISTS,
        DOES_NOT_EXIST
    }
}
