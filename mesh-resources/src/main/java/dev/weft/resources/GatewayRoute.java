package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A route of the Gateway API, {@code HTTPRoute} or {@code GRPCRoute}; the kind is in the metadata. It attaches itself to listeners of
 * Gateways, and to Services for traffic inside the mesh. Of several rules that match the most specific one wins, whatever their order.
 *
 * @param hostnames empty: those of the listener; without meaning at a Service
 */
@Immutable
public record GatewayRoute(
        ResourceMeta meta, ImmutableList<ParentRef> parents, ImmutableList<String> hostnames, ImmutableList<Rule> rules)
        implements Resource {

    /**
     * What the route attaches itself to.
     *
     * @param group empty for the core group
     * @param section a listener's name; absent: all
     * @param port a listener's or service's port; absent: all
     */
    @Immutable
    public record ParentRef(
            String group,
            String kind,
            Optional<String> namespace,
            String name,
            Optional<String> section,
            OptionalInt port) {
        public boolean isService() {
            return group.isEmpty() && kind.equals("Service");
        }

        public boolean isGateway() {
            return group.equals(ResourceKind.KUBERNETES_GATEWAY.group()) && kind.equals("Gateway");
        }
    }

    /**
     * One rule.
     *
     * @param matches alternatives; empty: every request
     */
    @Immutable
    public record Rule(
            Optional<String> name,
            ImmutableList<Match> matches,
            Filters filters,
            ImmutableList<Backend> backends,
            Timeouts timeouts,
            Optional<Retry> retry) {}

    /** One block of conditions: all must hold. */
    @Immutable
    public record Match(
            Path path, ImmutableList<ValueMatch> headers, ImmutableList<ValueMatch> query, Optional<String> method) {}

    /** A condition on the path. */
    @Immutable
    public sealed interface Path {
        @Immutable
        record Exact(String value) implements Path {}

        /** By whole segments: {@code /foo} is a prefix of {@code /foo/bar}, not of {@code /foobar}. */
        @Immutable
        record Prefix(String value) implements Path {}

        @Immutable
        record Regex(String value) implements Path {}

        /** A method of gRPC; what is absent may be anything. */
        @Immutable
        record Rpc(Comparison comparison, Optional<String> service, Optional<String> method) implements Path {}
    }

    /** How a value is compared. */
    public enum Comparison {
        EXACT,
        REGEX
    }

    /** A condition on a header or on a parameter of the query. */
    @Immutable
    public record ValueMatch(String name, Comparison comparison, String value) {}

    /** What is done to requests and responses; a redirect answers instead of the backends. */
    @Immutable
    public record Filters(HeaderEdits headers, Optional<Redirect> redirect, Optional<Rewrite> rewrite) {}

    /** Answers with a redirect. What is absent is taken from the request. */
    @Immutable
    public record Redirect(
            Optional<String> scheme, Optional<String> hostname, Optional<PathEdit> path, OptionalInt port, int code) {}

    /** What to change before the request is forwarded. */
    @Immutable
    public record Rewrite(Optional<String> hostname, Optional<PathEdit> path) {}

    /** A change of the path. */
    @Immutable
    public sealed interface PathEdit {
        @Immutable
        record Full(String path) implements PathEdit {}

        /** Replaces what the rule's prefix matched. */
        @Immutable
        record Prefix(String replacement) implements PathEdit {}
    }

    /**
     * Where requests go, by weight.
     *
     * @param group empty for the core group
     * @param port absent only where the kind has no ports
     */
    @Immutable
    public record Backend(
            String group,
            String kind,
            Optional<String> namespace,
            String name,
            OptionalInt port,
            int weight,
            Filters filters) {
        public boolean isService() {
            return group.isEmpty() && kind.equals("Service");
        }
    }

    /** Limits; zero switches one off. */
    @Immutable
    public record Timeouts(Optional<Duration> request, Optional<Duration> backendRequest) {
        public static final Timeouts NONE = new Timeouts(Optional.empty(), Optional.empty());
    }

    /** How often and when a request is tried again. */
    @Immutable
    public record Retry(ImmutableList<Integer> codes, OptionalInt attempts, Optional<Duration> backoff) {}
}
