package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/**
 * Istio's {@code AuthorizationPolicy}. Stands here as it is to be enforced: what could not be read has failed closed already (an ALLOW rule is
 * gone, a DENY rule lacks the condition, CUSTOM became DENY), so the surprising rule: an empty {@link Source} or {@link Operation}
 * matches everything.
 *
 * @param selector absent: the whole namespace, or the mesh in the root namespace
 * @param rules empty: an ALLOW policy allows nothing, a DENY policy denies nothing
 */
@Immutable
public record AuthorizationPolicy(
        ResourceMeta meta,
        Optional<LabelSelector> selector,
        Action action,
        Enforcement enforcement,
        ImmutableList<Rule> rules)
        implements Resource {

    /** What happens to a request that a rule matches. */
    public enum Action {
        ALLOW,
        DENY
    }

    /** Whether the decision counts; {@code istio.io/dry-run: "true"} makes it a shadow that touches no traffic. */
    public enum Enforcement {
        ENFORCED,
        DRY_RUN
    }

    /**
     * One rule: a source, an operation, and all conditions must match.
     *
     * @param index the rule's place in the YAML, which gaps keep (it names the rule in logs)
     * @param from alternatives; empty matches every source
     * @param to alternatives; empty matches every operation
     */
    @Immutable
    public record Rule(
            int index, ImmutableList<Source> from, ImmutableList<Operation> to, ImmutableList<Condition> when) {}

    /**
     * Who calls: all that are set must match.
     *
     * @param principals {@code domain/ns/name/sa/name}, without {@code spiffe://}
     * @param requestPrincipals identities from tokens: no token is checked yet, so values never match and notValues always do
     * @param serviceAccounts {@code namespace/name} or {@code name} (the policy's namespace)
     * @param ipBlocks of the peer of the connection
     * @param remoteIpBlocks of the client by {@code x-forwarded-for}
     */
    @Immutable
    public record Source(
            ValueMatch principals,
            ValueMatch requestPrincipals,
            ValueMatch namespaces,
            ValueMatch serviceAccounts,
            ValueMatch ipBlocks,
            ValueMatch remoteIpBlocks,
            ValueMatch trustDomains) {
        public static final Source ANY = new Source(
                ValueMatch.ANY,
                ValueMatch.ANY,
                ValueMatch.ANY,
                ValueMatch.ANY,
                ValueMatch.ANY,
                ValueMatch.ANY,
                ValueMatch.ANY);
    }

    /** What is called: all that are set must match. Hosts ignore case; ports are decimal numbers. */
    @Immutable
    public record Operation(ValueMatch hosts, ValueMatch ports, ValueMatch methods, ValueMatch paths) {
        public static final Operation ANY =
                new Operation(ValueMatch.ANY, ValueMatch.ANY, ValueMatch.ANY, ValueMatch.ANY);
    }

    /** One more condition; where values and notValues are both set, both must hold. */
    @Immutable
    public record Condition(ConditionKey key, ValueMatch values) {}

    /**
     * A pair of lists: one of {@code values} must match, if there are any, and none of {@code notValues}.
     *
     * <p>A value is exact, {@code prefix*}, {@code *suffix} or {@code *} (there and not empty), except in addresses and ports.
     */
    @Immutable
    public record ValueMatch(ImmutableList<String> values, ImmutableList<String> notValues) {
        public static final ValueMatch ANY = new ValueMatch(ImmutableList.of(), ImmutableList.of());

        public boolean isEmpty() {
            return values.isEmpty() && notValues.isEmpty();
        }
    }
}
