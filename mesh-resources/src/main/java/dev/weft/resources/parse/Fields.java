package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.Ints;
import dev.weft.resources.FieldPath;
import dev.weft.resources.schema.Durations;
import dev.weft.resources.yaml.YamlNode;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * One message of a tree that the field table has checked, as its reader asks for it. An unset field and, as in protobuf, an empty text are absent.
 * Asking for a field as something that the table does not call it is a bug.
 */
record Fields(Checks checks, YamlNode.Mapping node, FieldPath path) {
    FieldPath at(String field) {
        return path.field(field);
    }

    boolean isSet(String field) {
        return node.get(field).isPresent();
    }

    Optional<String> text(String field) {
        return writtenText(field).filter(text -> !text.isEmpty());
    }

    /** The text where it is written, even if it is empty. */
    Optional<String> writtenText(String field) {
        return node.get(field).map(Fields::scalar);
    }

    ImmutableList<String> texts(String field) {
        return sequence(field).stream().map(Fields::scalar).collect(ImmutableList.toImmutableList());
    }

    ImmutableSet<String> textSet(String field) {
        return ImmutableSet.copyOf(texts(field));
    }

    ImmutableMap<String, String> textMap(String field) {
        return entries(field).entrySet().stream()
                .collect(ImmutableMap.toImmutableMap(
                        entry -> entry.getKey(),
                        entry -> scalar(entry.getValue().value())));
    }

    /** A number; what is larger than an int counts as the largest one. */
    OptionalInt number(String field) {
        return node.get(field)
                .map(value -> OptionalInt.of(Ints.saturatedCast(Long.parseLong(scalar(value)))))
                .orElse(OptionalInt.empty());
    }

    /** A number of which zero means that it is not set. */
    OptionalInt positive(String field) {
        OptionalInt number = number(field);
        return number.orElse(0) == 0 ? OptionalInt.empty() : number;
    }

    /** A number for which there is no meaning below zero. */
    OptionalInt notNegative(String field) {
        OptionalInt number = number(field);
        if (number.orElse(0) < 0) {
            checks.invalid(at(field), "found " + number.getAsInt() + ", expected 0 or more");
        }
        return number;
    }

    double decimal(String field) {
        return node.get(field).map(value -> Double.parseDouble(scalar(value))).orElse(0.0);
    }

    boolean flag(String field) {
        return optionalFlag(field).orElse(false);
    }

    Optional<Boolean> optionalFlag(String field) {
        return node.get(field).map(value -> Boolean.parseBoolean(scalar(value)));
    }

    Optional<Duration> duration(String field) {
        return text(field).map(text -> Durations.parse(text).orElseThrow(() -> new AssertionError(at(field))));
    }

    /** A value of an enum whose constants have the names of the API. */
    <E extends Enum<E>> Optional<E> choice(String field, Class<E> type) {
        return text(field).map(name -> Enum.valueOf(type, name));
    }

    /** A text that means something else; what it cannot mean is a problem. */
    <T> Optional<T> parsed(String field, Function<String, Optional<T>> parse, String expected) {
        Optional<String> text = text(field);
        Optional<T> value = text.flatMap(parse);
        if (text.isPresent() && value.isEmpty()) {
            checks.invalid(at(field), "found \"" + text.get() + "\", expected " + expected);
        }
        return value;
    }

    Optional<Fields> message(String field) {
        return node.get(field).map(value -> message(value, at(field)));
    }

    ImmutableList<Fields> messages(String field) {
        ImmutableList<YamlNode> items = sequence(field);
        ImmutableList.Builder<Fields> messages = ImmutableList.builderWithExpectedSize(items.size());
        for (int i = 0; i < items.size(); i++) {
            messages.add(message(items.get(i), at(field).index(i)));
        }
        return messages.build();
    }

    <T> ImmutableList<T> list(String field, Function<Fields, T> read) {
        return messages(field).stream().map(read).collect(ImmutableList.toImmutableList());
    }

    <T> ImmutableMap<String, T> map(String field, Function<Fields, T> read) {
        return entries(field).entrySet().stream()
                .collect(ImmutableMap.toImmutableMap(
                        entry -> entry.getKey(),
                        entry -> read.apply(
                                message(entry.getValue().value(), at(field).key(entry.getKey())))));
    }

    private ImmutableMap<String, YamlNode.Entry> entries(String field) {
        return node.get(field).map(value -> mapping(value).entries()).orElse(ImmutableMap.of());
    }

    private ImmutableList<YamlNode> sequence(String field) {
        return node.get(field)
                .map(value -> value instanceof YamlNode.Sequence sequence ? sequence.items() : fail(value))
                .orElse(ImmutableList.of());
    }

    private Fields message(YamlNode value, FieldPath at) {
        return new Fields(checks, mapping(value), at);
    }

    private static YamlNode.Mapping mapping(YamlNode value) {
        if (value instanceof YamlNode.Mapping mapping) {
            return mapping;
        }
        throw unexpected(value);
    }

    private static String scalar(YamlNode value) {
        if (value instanceof YamlNode.Scalar scalar) {
            return scalar.text();
        }
        throw unexpected(value);
    }

    private static ImmutableList<YamlNode> fail(YamlNode value) {
        throw unexpected(value);
    }

    private static AssertionError unexpected(YamlNode value) {
        return new AssertionError("the field table let " + value.describe() + " through in line " + value.line());
    }
}
