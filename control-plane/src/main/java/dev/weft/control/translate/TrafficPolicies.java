package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.model.Provenance;
import dev.weft.resources.DestinationRule;
import dev.weft.resources.TrafficPolicy;
import dev.weft.resources.TrafficPolicy.Blocks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The DestinationRules of one host, merged as Istio merges them inside one namespace: subsets side by side (the first of a name
 * counts), the top-level policy from the oldest rule that has one.
 */
final class TrafficPolicies {
    static final TrafficPolicies NONE = new TrafficPolicies(Optional.empty(), ImmutableMap.of(), Optional.empty());

    private final Optional<TrafficPolicy> policy;
    private final ImmutableMap<String, DestinationRule.Subset> subsets;
    private final Optional<Provenance> source;

    private TrafficPolicies(
            Optional<TrafficPolicy> policy,
            ImmutableMap<String, DestinationRule.Subset> subsets,
            Optional<Provenance> source) {
        this.policy = policy;
        this.subsets = subsets;
        this.source = source;
    }

    /** @param rules oldest first */
    static TrafficPolicies merge(List<DestinationRule> rules) {
        if (rules.isEmpty()) {
            return NONE;
        }
        Map<String, DestinationRule.Subset> subsets = new LinkedHashMap<>();
        Optional<TrafficPolicy> policy = Optional.empty();
        for (DestinationRule rule : rules) {
            policy = policy.or(rule::trafficPolicy);
            rule.subsets().forEach(subset -> subsets.putIfAbsent(subset.name(), subset));
        }
        return new TrafficPolicies(
                policy,
                ImmutableMap.copyOf(subsets),
                Optional.of(Provenances.of(rules.get(0).meta())));
    }

    ImmutableList<DestinationRule.Subset> subsets() {
        return subsets.values().asList();
    }

    Optional<Provenance> source() {
        return source;
    }

    Blocks forPort(int port) {
        return policy.map(p -> p.forPort(port)).orElse(Blocks.NONE);
    }

    /** Each block that the subset sets overrides that of the rule. */
    Blocks forSubset(DestinationRule.Subset subset, int port) {
        Blocks own = subset.trafficPolicy().map(p -> p.forPort(port)).orElse(Blocks.NONE);
        return own.orElse(forPort(port));
    }
}
