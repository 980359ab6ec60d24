package dev.weft.xds.descriptor;

import com.google.errorprone.annotations.Immutable;

/**
 * One field of a message.
 *
 * @param name as written in the proto file
 * @param jsonName lowerCamelCase, as JSON may spell it
 * @param typeName full name of the message or enum; empty for scalars
 * @param cardinality whether one value, an optional one with presence of its own, or many
 * @param oneof index of the oneof it belongs to, -1 for none
 * @param sensitive holds secret material, which never is to be shown
 */
@Immutable
public record FieldType(
        int number,
        String name,
        String jsonName,
        FieldKind kind,
        String typeName,
        Cardinality cardinality,
        int oneof,
        boolean sensitive) {
    /** How many values a field has, and whether an unset one differs from one set to its default. */
    public enum Cardinality {
        IMPLICIT,
        OPTIONAL,
        REPEATED
    }

    public boolean repeated() {
        return cardinality == Cardinality.REPEATED;
    }

    /** Whether being set to the default value is different from not being set. */
    public boolean hasPresence() {
        return cardinality == Cardinality.OPTIONAL || kind == FieldKind.MESSAGE || oneof >= 0;
    }
}
