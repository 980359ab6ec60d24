package dev.weft.resources.schema;

import com.google.errorprone.annotations.Immutable;

/**
 * A row of the table.
 *
 * @param name as the API writes it, in camel case
 * @param reason for what is not served: what its reader should know; may be empty
 */
@Immutable
public record Field(String name, FieldType type, Presence presence, Serving serving, String reason) {
    /** Whether a field must be there. */
    public enum Presence {
        OPTIONAL,
        REQUIRED
    }

    /** What Weft does with a field that is set. */
    public enum Serving {
        /** It is read and has its effect. */
        SERVED,
        /** Its absence would change what people rely on: an error. */
        UNSUPPORTED,
        /** It has no effect, and the rest of the object has: a warning. */
        IGNORED,
        /** It never has an effect on traffic: accepted without a word. */
        HARMLESS,
        /** Served, with a warning that names what to write instead. */
        DEPRECATED
    }
}
