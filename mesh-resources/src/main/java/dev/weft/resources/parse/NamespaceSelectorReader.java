package dev.weft.resources.parse;

import com.google.common.collect.ImmutableSet;
import dev.weft.resources.NamespaceSelector;
import dev.weft.resources.NamespaceSelector.Operator;
import dev.weft.resources.NamespaceSelector.Requirement;

/** Reads a label selector of Kubernetes, with expressions. */
final class NamespaceSelectorReader {
    private NamespaceSelectorReader() {}

    static NamespaceSelector read(Fields fields) {
        return new NamespaceSelector(
                fields.textMap("matchLabels"), fields.list("matchExpressions", NamespaceSelectorReader::requirement));
    }

    private static Requirement requirement(Fields fields) {
        Operator operator = operator(fields.text("operator").orElseThrow());
        ImmutableSet<String> values = fields.textSet("values");
        boolean compares = operator == Operator.IN || operator == Operator.NOT_IN;
        if (compares && values.isEmpty()) {
            fields.checks().missing(fields.at("values"), "must be set for In and NotIn");
        } else if (!compares && !values.isEmpty()) {
            fields.checks().conflict(fields.at("values"), "Exists and DoesNotExist take no values");
        }
        return new Requirement(fields.text("key").orElseThrow(), operator, values);
    }

    private static Operator operator(String text) {
        return switch (text) {
            case "In" -> Operator.IN;
            case "NotIn" -> Operator.NOT_IN;
            case "Exists" -> Operator.EXISTS;
            case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
            default -> throw new AssertionError("the field table let the operator " + text + " through");
        };
    }
}
