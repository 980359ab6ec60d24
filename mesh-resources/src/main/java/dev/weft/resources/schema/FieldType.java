package dev.weft.resources.schema;

import com.google.errorprone.annotations.Immutable;

/** What a field may hold. */
@Immutable
public sealed interface FieldType {
    /** A single value of a built-in format. */
    @Immutable
    record Plain(Format format) implements FieldType {}

    /** A message or enum of the table, by name. */
    @Immutable
    record Named(String name) implements FieldType {}

    @Immutable
    record ListOf(FieldType item) implements FieldType {}

    /** A mapping from texts; {@code numericKeys} where the keys are ports. */
    @Immutable
    record MapOf(FieldType value, Keys keys) implements FieldType {}

    /** Anything at all, never looked into. */
    @Immutable
    record Anything() implements FieldType {}

    /** What the keys of a map are. */
    enum Keys {
        TEXT,
        PORT
    }

    /** The formats of single values. */
    enum Format {
        STRING("a text"),
        BOOL("true or false"),
        INT("a whole number"),
        UINT("a whole number, 0 or more"),
        PORT("a port from 1 to 65535"),
        DOUBLE("a number"),
        /** At least one millisecond. */
        DURATION("a duration of at least 1ms such as 1.5s, 200ms or 1h"),
        /** Zero, too. */
        DURATION_OR_ZERO("a duration such as 0s, 1.5s, 200ms or 1h"),
        BYTES("base64"),
        /** A number or a text, as in the target port of a Service. */
        INT_OR_STRING("a number or a text");

        private final String expected;

        Format(String expected) {
            this.expected = expected;
        }

        public String expected() {
            return expected;
        }
    }
}
