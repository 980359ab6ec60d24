package dev.weft.resources.yaml;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/** A piece of a YAML or JSON document that knows where it stands. Lines and columns count from 1. */
@Immutable
public sealed interface YamlNode {
    int line();

    int column();

    /** What a message calls it, for example "a list" or "the number 5". */
    String describe();

    /** A single value. Its text is kept as written; what it may become is for its reader to say. */
    @Immutable
    record Scalar(String text, ScalarType type, int line, int column) implements YamlNode {
        private static final int SHOWN = 60;

        public boolean isNull() {
            return type == ScalarType.NULL;
        }

        @Override
        public String describe() {
            String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
            return switch (type) {
                case NULL -> "nothing";
                case BOOLEAN -> "the boolean " + shown;
                case INTEGER, FLOAT -> "the number " + shown;
                case STRING -> "the text \"" + shown.replace("\n", "\\n") + "\"";
            };
        }
    }

    /** What an unquoted text means in YAML 1.2; quoted text is always {@link #STRING}. */
    enum ScalarType {
        STRING,
        INTEGER,
        FLOAT,
        BOOLEAN,
        NULL
    }

    /** A list. */
    @Immutable
    record Sequence(ImmutableList<YamlNode> items, int line, int column) implements YamlNode {
        @Override
        public String describe() {
            return "a list";
        }
    }

    /** A mapping from texts to nodes, in the order written. */
    @Immutable
    record Mapping(ImmutableMap<String, Entry> entries, int line, int column) implements YamlNode {
        public Optional<YamlNode> get(String key) {
            Entry entry = entries.get(key);
            return entry == null ? Optional.empty() : Optional.of(entry.value());
        }

        /** The text of an entry, if it is there and a single value other than null. */
        public Optional<String> text(String key) {
            return get(key).flatMap(node ->
                    node instanceof Scalar scalar && !scalar.isNull() ? Optional.of(scalar.text()) : Optional.empty());
        }

        /** An entry, if it is there and a mapping. */
        public Optional<Mapping> mapping(String key) {
            return get(key).flatMap(node -> node instanceof Mapping mapping ? Optional.of(mapping) : Optional.empty());
        }

        @Override
        public String describe() {
            return "a mapping";
        }
    }

    /** A key with its place, and its value. */
    @Immutable
    record Entry(Scalar key, YamlNode value) {}
}
