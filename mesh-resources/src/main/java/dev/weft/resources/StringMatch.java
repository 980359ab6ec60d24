package dev.weft.resources;

import com.google.errorprone.annotations.Immutable;

/** How a piece of a request is compared. */
@Immutable
public sealed interface StringMatch {
    /** The whole text, case-sensitive. */
    @Immutable
    record Exact(String value) implements StringMatch {}

    /** The beginning of the text, byte by byte: {@code /foo} is a prefix of {@code /foobar}. */
    @Immutable
    record Prefix(String value) implements StringMatch {}

    /** RE2 syntax; the whole text must match. */
    @Immutable
    record Regex(String value) implements StringMatch {}

    /** Nothing is set ({@code x-name: {}}): it is enough that the thing is there. */
    @Immutable
    record Present() implements StringMatch {}
}
