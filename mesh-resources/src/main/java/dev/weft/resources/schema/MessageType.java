package dev.weft.resources.schema;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/**
 * A message of the table.
 *
 * @param fields by name in camel case
 * @param oneOfs groups of fields of which at most one may be set
 * @param rules what else holds between its fields
 */
@Immutable
public record MessageType(
        String name,
        ImmutableMap<String, Field> fields,
        ImmutableList<ImmutableList<String>> oneOfs,
        ImmutableList<Rule> rules) {

    /**
     * A rule in the language of a custom resource definition, which also a reader enforces: so {@code kubectl apply} refuses what the control plane would.
     *
     * @param expression in CEL, over {@code self}
     * @param message what was expected
     */
    @Immutable
    public record Rule(String expression, String message) {}

    /** Finds a field by its name in camel case or in snake case, as protobuf's JSON does. */
    Optional<Field> find(String written) {
        Field field = fields.get(written);
        if (field == null && written.indexOf('_') > 0) {
            field = fields.get(camelCase(written));
        }
        return Optional.ofNullable(field);
    }

    private static String camelCase(String snake) {
        StringBuilder camel = new StringBuilder();
        boolean upper = false;
        for (char c : snake.toCharArray()) {
            if (c == '_') {
                upper = true;
            } else {
                camel.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            }
        }
        return camel.toString();
    }
}
