package dev.weft.resources.schema;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.resources.FieldPath;
import dev.weft.resources.Problem.Severity;
import dev.weft.resources.ProblemCode;
import dev.weft.resources.yaml.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Walks a tree beside the field table. Takes trees from {@code yaml}, gives the same tree with every key in camel case and without nulls and unknown
 * fields to the readers, and keeps what it found. Confined to one thread, for one object. The surprising rule: what is wrong stays in the tree,
 * so that indices keep their meaning; readers see the tree only after the parser has dealt with the findings.
 */
public final class TreeChecker {
    private final FieldTable table;
    private final List<Finding> findings = new ArrayList<>();

    public TreeChecker(FieldTable table) {
        this.table = table;
    }

    public ImmutableList<Finding> findings() {
        return ImmutableList.copyOf(findings);
    }

    /** Checks a mapping against a message. */
    public YamlNode.Mapping check(String message, YamlNode.Mapping node, FieldPath path) {
        return message(table.message(message), node, path);
    }

    private YamlNode.Mapping message(MessageType type, YamlNode.Mapping node, FieldPath path) {
        Map<String, YamlNode.Entry> checked = new LinkedHashMap<>();
        for (YamlNode.Entry entry : node.entries().values()) {
            String written = entry.key().text();
            Field field = type.find(written).orElse(null);
            if (field == null) {
                unknownField(type, entry, path.field(written));
                continue;
            }
            FieldPath fieldPath = path.field(field.name());
            if (isNull(entry.value())) {
                continue;
            }
            if (checked.containsKey(field.name())) {
                error(ProblemCode.CONFLICT, fieldPath, entry.key(), "found the field in both of its spellings");
                continue;
            }
            YamlNode value = field(field, entry, fieldPath);
            checked.put(field.name(), new YamlNode.Entry(entry.key(), value));
        }
        checkOneOfs(type, checked, path);
        checkRequired(type, checked, node, path);
        return new YamlNode.Mapping(ImmutableMap.copyOf(checked), node.line(), node.column());
    }

    private YamlNode field(Field field, YamlNode.Entry entry, FieldPath path) {
        String reason = field.reason().isEmpty() ? "" : ": " + field.reason();
        switch (field.serving()) {
            case UNSUPPORTED ->
                error(ProblemCode.UNSUPPORTED_FIELD, path, entry.key(), "not served by this version of Weft" + reason);
            case IGNORED ->
                find(
                        Severity.WARNING,
                        ProblemCode.UNSUPPORTED_FIELD,
                        path,
                        entry.key(),
                        "has no effect in Weft" + reason);
            case DEPRECATED -> find(Severity.WARNING, ProblemCode.DEPRECATED, path, entry.key(), "deprecated" + reason);
            case SERVED, HARMLESS -> {}
        }
        return value(field.type(), entry.value(), path, entry.key());
    }

    private YamlNode value(FieldType type, YamlNode node, FieldPath path, YamlNode at) {
        return switch (type) {
            case FieldType.Anything ignored -> node;
            case FieldType.Plain(FieldType.Format format) -> {
                if (!(node instanceof YamlNode.Scalar scalar && Formats.accepts(format, scalar))) {
                    wrongValue(node, path, at, format);
                }
                yield node;
            }
            case FieldType.Named(String name) -> named(name, node, path, at);
            case FieldType.ListOf(FieldType item) -> list(item, node, path, at);
            case FieldType.MapOf map -> map(map, node, path, at);
        };
    }

    private YamlNode named(String name, YamlNode node, FieldPath path, YamlNode at) {
        EnumType enumType = table.enums().get(name);
        if (enumType != null) {
            enumValue(enumType, node, path, at);
            return node;
        }
        if (node instanceof YamlNode.Mapping mapping) {
            return message(table.message(name), mapping, path);
        }
        wrongType(node, path, at, "a mapping");
        return node;
    }

    private void enumValue(EnumType type, YamlNode node, FieldPath path, YamlNode at) {
        String expected = "one of " + String.join(", ", type.values().keySet());
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.type() != YamlNode.ScalarType.STRING) {
            wrongType(node, path, at, expected);
            return;
        }
        Field.Serving serving = type.values().get(scalar.text());
        if (serving == null) {
            error(ProblemCode.INVALID_VALUE, path, node, "found " + node.describe() + ", expected " + expected);
            return;
        }
        switch (serving) {
            case UNSUPPORTED ->
                error(
                        ProblemCode.UNSUPPORTED_VALUE,
                        path,
                        node,
                        scalar.text() + " is not served by this version of Weft");
            case IGNORED ->
                find(
                        Severity.WARNING,
                        ProblemCode.UNSUPPORTED_VALUE,
                        path,
                        node,
                        scalar.text() + " has no effect in Weft");
            case DEPRECATED ->
                find(Severity.WARNING, ProblemCode.DEPRECATED, path, node, scalar.text() + " is deprecated");
            case SERVED, HARMLESS -> {}
        }
    }

    private YamlNode list(FieldType item, YamlNode node, FieldPath path, YamlNode at) {
        if (!(node instanceof YamlNode.Sequence sequence)) {
            wrongType(node, path, at, "a list");
            return node;
        }
        ImmutableList.Builder<YamlNode> items = ImmutableList.builder();
        for (int i = 0; i < sequence.items().size(); i++) {
            YamlNode element = sequence.items().get(i);
            items.add(value(item, element, path.index(i), element));
        }
        return new YamlNode.Sequence(items.build(), node.line(), node.column());
    }

    private YamlNode map(FieldType.MapOf map, YamlNode node, FieldPath path, YamlNode at) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            wrongType(node, path, at, "a mapping");
            return node;
        }
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        mapping.entries().forEach((key, entry) -> {
            FieldPath keyPath = path.key(key);
            if (map.keys() == FieldType.Keys.PORT && !Formats.isPort(key)) {
                wrongValue(entry.key(), keyPath, entry.key(), FieldType.Format.PORT);
            }
            entries.put(key, new YamlNode.Entry(entry.key(), value(map.value(), entry.value(), keyPath, entry.key())));
        });
        return new YamlNode.Mapping(ImmutableMap.copyOf(entries), node.line(), node.column());
    }

    private void checkOneOfs(MessageType type, Map<String, YamlNode.Entry> checked, FieldPath path) {
        for (ImmutableList<String> group : type.oneOfs()) {
            List<String> set = group.stream().filter(checked::containsKey).toList();
            if (set.size() > 1) {
                String second = set.get(1);
                error(
                        ProblemCode.CONFLICT,
                        path.field(second),
                        Objects.requireNonNull(checked.get(second)).key(),
                        "found " + String.join(" and ", set) + ", expected only one of them");
            }
        }
    }

    private void checkRequired(
            MessageType type, Map<String, YamlNode.Entry> checked, YamlNode.Mapping node, FieldPath path) {
        for (Field field : type.fields().values()) {
            if (field.presence() == Field.Presence.REQUIRED && isEmpty(checked.get(field.name()))) {
                YamlNode.Entry entry = checked.get(field.name());
                error(
                        ProblemCode.MISSING_FIELD,
                        path.field(field.name()),
                        entry == null ? node : entry.key(),
                        "must be set");
            }
        }
    }

    private static boolean isEmpty(YamlNode.@Nullable Entry entry) {
        if (entry == null) {
            return true;
        }
        return switch (entry.value()) {
            case YamlNode.Scalar scalar -> scalar.text().isEmpty();
            case YamlNode.Sequence sequence -> sequence.items().isEmpty();
            case YamlNode.Mapping ignored -> false;
        };
    }

    private void unknownField(MessageType type, YamlNode.Entry entry, FieldPath path) {
        String hint = NearestName.find(entry.key().text(), type.fields().keySet())
                .map(name -> ", did you mean \"" + name + "\"?")
                .orElse(", expected one of " + String.join(", ", type.fields().keySet()));
        error(ProblemCode.UNKNOWN_FIELD, path, entry.key(), "unknown field" + hint);
    }

    private void wrongValue(YamlNode node, FieldPath path, YamlNode at, FieldType.Format format) {
        String expected = format.expected();
        boolean numeric = switch (format) {
            case INT, UINT, PORT, DOUBLE, INT_OR_STRING -> true;
            case STRING, BOOL, DURATION, DURATION_OR_ZERO, BYTES -> false;
        };
        boolean rightType = node instanceof YamlNode.Scalar scalar
                && (scalar.type() == YamlNode.ScalarType.STRING
                        || numeric && scalar.type() == YamlNode.ScalarType.INTEGER);
        if (rightType) {
            error(ProblemCode.INVALID_VALUE, path, at, "found " + node.describe() + ", expected " + expected);
        } else {
            wrongType(node, path, at, expected);
        }
    }

    private void wrongType(YamlNode node, FieldPath path, YamlNode at, String expected) {
        boolean bareWord = expected.equals("a text")
                && node instanceof YamlNode.Scalar scalar
                && scalar.type() != YamlNode.ScalarType.NULL;
        String hint = bareWord ? "; put it in quotes" : "";
        error(ProblemCode.WRONG_TYPE, path, at, "found " + node.describe() + ", expected " + expected + hint);
    }

    private static boolean isNull(YamlNode node) {
        return node instanceof YamlNode.Scalar scalar && scalar.isNull();
    }

    private void error(ProblemCode code, FieldPath path, YamlNode at, String message) {
        find(Severity.ERROR, code, path, at, message);
    }

    private void find(Severity severity, ProblemCode code, FieldPath path, YamlNode at, String message) {
        findings.add(new Finding(severity, code, path, at.line(), at.column(), message));
    }
}
