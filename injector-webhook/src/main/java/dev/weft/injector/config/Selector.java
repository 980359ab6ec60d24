package dev.weft.injector.config;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import java.util.Map;

/** A label selector of Kubernetes. Without any condition it selects nothing, since a list of exceptions must not mean everything by accident. */
@Immutable
public record Selector(ImmutableMap<String, String> labels, ImmutableList<Expression> expressions) {
    /** How the value of a label is judged. */
    public enum Operator {
        IN,
        NOTIN,
        EXISTS,
        DOESNOTEXIST
    }

    /** One condition on one label. */
    @Immutable
    public record Expression(String key, Operator operator, ImmutableList<String> values) {
        boolean matches(Map<String, String> candidate) {
            String value = candidate.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOTIN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOESNOTEXIST -> value == null;
            };
        }
    }

    public boolean matches(Map<String, String> candidate) {
        return !(labels.isEmpty() && expressions.isEmpty())
                && candidate.entrySet().containsAll(labels.entrySet())
                && expressions.stream().allMatch(expression -> expression.matches(candidate));
    }
}
