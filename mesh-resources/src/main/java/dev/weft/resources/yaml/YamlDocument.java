package dev.weft.resources.yaml;

import com.google.errorprone.annotations.Immutable;

/** One document of a file: readable or not. */
@Immutable
public sealed interface YamlDocument {
    /** The document's first line that says something, counted from 1. */
    int line();

    /** A document that could be read. */
    @Immutable
    record Readable(YamlNode root) implements YamlDocument {
        @Override
        public int line() {
            return root.line();
        }
    }

    /** A document that could not be read; nothing is known about what was meant. */
    @Immutable
    record Broken(int line, int column, String message) implements YamlDocument {}
}
