package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import java.util.Map;

/** Selects namespaces by their labels, as Kubernetes' label selectors do: all of its parts must hold, and one without parts selects all. */
@Immutable
public record NamespaceSelector(ImmutableMap<String, String> matchLabels, ImmutableList<Requirement> matchExpressions) {

    /** What is asked of one label. */
    public enum Operator {
        IN,
        NOT_IN,
        EXISTS,
        DOES_NOT_EXIST
    }

    /** One of {@code matchExpressions}. */
    @Immutable
    public record Requirement(String key, Operator operator, ImmutableSet<String> values) {
        boolean matches(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
            };
        }
    }

    public boolean matches(Map<String, String> labels) {
        return labels.entrySet().containsAll(matchLabels.entrySet())
                && matchExpressions.stream().allMatch(requirement -> requirement.matches(labels));
    }
}
