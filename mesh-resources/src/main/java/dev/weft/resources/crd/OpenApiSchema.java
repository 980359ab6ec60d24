package dev.weft.resources.crd;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.resources.schema.Field;
import dev.weft.resources.schema.FieldTable;
import dev.weft.resources.schema.FieldType;
import dev.weft.resources.schema.MessageType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns messages of the field table into structural schemas, as the API server wants them. Used by {@link CustomResourceDefinition}; pure. The surprising
 * rule: every object keeps the fields that its schema does not name. A field of a newer API must not vanish on its way into the store, and a misspelled one
 * has to reach the validating webhook, which knows what was meant.
 */
final class OpenApiSchema {
    private static final String KEEP_UNKNOWN = "x-kubernetes-preserve-unknown-fields";
    private static final String RULES = "x-kubernetes-validations";
    /** No message of the table is that deep, unless it holds itself. */
    private static final int DEEPEST = 24;

    private final FieldTable table;

    /**
     * How deep a message lies.
     *
     * @param messages above it
     * @param lists above it, and maps. The API server multiplies the cost of a rule by the longest list that fits into a request, so that rules of several
     *     operations pass at the top only, and short ones within one list.
     */
    private record Depth(int messages, int lists) {
        Depth inMessage() {
            if (messages >= DEEPEST) {
                throw new AssertionError("a message of the field table holds itself");
            }
            return new Depth(messages + 1, lists);
        }

        Depth inList() {
            return new Depth(messages, lists + 1);
        }
    }

    OpenApiSchema(FieldTable table) {
        this.table = table;
    }

    Map<String, Object> message(String name) {
        return message(table.message(name), new Depth(0, 0));
    }

    private Map<String, Object> message(MessageType type, Depth depth) {
        Map<String, Object> schema = object();
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (Field field : type.fields().values()) {
            Map<String, Object> property = type(field.type(), depth);
            if (field.presence() == Field.Presence.REQUIRED) {
                required.add(field.name());
                notEmpty(property);
            }
            properties.put(field.name(), property);
        }
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        oneOfs(type, schema);
        if (!type.rules().isEmpty() && depth.lists() == 0) {
            schema.put(
                    RULES,
                    type.rules().stream()
                            .map(rule -> rule(rule.expression(), rule.message()))
                            .toList());
        }
        schema.put(KEEP_UNKNOWN, true);
        return schema;
    }

    /** Readers take an empty text or list for none. */
    private static void notEmpty(Map<String, Object> property) {
        if ("string".equals(property.get("type")) && !property.containsKey("enum")) {
            property.put("minLength", 1);
        } else if ("array".equals(property.get("type"))) {
            property.put("minItems", 1);
        }
    }

    /** None of a group, or just one of it. Several groups of one message must hold together. */
    private static void oneOfs(MessageType type, Map<String, Object> schema) {
        List<Object> groups = new ArrayList<>();
        for (ImmutableList<String> group : type.oneOfs()) {
            List<Object> alternatives = new ArrayList<>();
            List<Object> each = new ArrayList<>();
            group.forEach(field -> each.add(requires(field)));
            alternatives.add(ImmutableMap.of("not", ImmutableMap.of("anyOf", each)));
            group.forEach(field -> alternatives.add(requires(field)));
            groups.add(alternatives);
        }
        if (groups.size() == 1) {
            schema.put("oneOf", groups.getFirst());
        } else if (!groups.isEmpty()) {
            schema.put(
                    "allOf",
                    groups.stream()
                            .map(alternatives -> ImmutableMap.of("oneOf", alternatives))
                            .toList());
        }
    }

    private static Map<String, Object> requires(String field) {
        return ImmutableMap.of("required", ImmutableList.of(field));
    }

    private Map<String, Object> type(FieldType type, Depth depth) {
        return switch (type) {
            case FieldType.Anything ignored -> anything();
            case FieldType.Plain(FieldType.Format format) -> plain(format, depth);
            case FieldType.Named(String name) -> named(name, depth);
            case FieldType.ListOf(FieldType item) -> {
                Map<String, Object> schema = typed("array");
                schema.put("items", type(item, depth.inList()));
                yield schema;
            }
            case FieldType.MapOf(FieldType value, FieldType.Keys keys) -> {
                Map<String, Object> schema = object();
                schema.put("additionalProperties", type(value, depth.inList()));
                if (keys == FieldType.Keys.PORT) {
                    schema.put(
                            RULES,
                            ImmutableList.of(rule(
                                    "self.all(key, 0 < int(key) && int(key) <= 65535)",
                                    "expected ports from 1 to 65535 as keys")));
                }
                yield schema;
            }
        };
    }

    private Map<String, Object> named(String name, Depth depth) {
        var enumType = table.enums().get(name);
        if (enumType == null) {
            return message(table.message(name), depth.inMessage());
        }
        Map<String, Object> schema = typed("string");
        // Values that are not served are part of the API, too: the control plane says what becomes of them.
        schema.put("enum", enumType.values().keySet().asList());
        return schema;
    }

    private static Map<String, Object> plain(FieldType.Format format, Depth depth) {
        return switch (format) {
            case STRING -> typed("string");
            case BOOL -> typed("boolean");
            case INT -> formatted("integer", "int32");
            case UINT -> bounded(0, 0xFFFF_FFFFL);
            case PORT -> bounded(1, 65535);
            case DOUBLE -> formatted("number", "double");
            case DURATION -> duration("1ms", format, depth);
            case DURATION_OR_ZERO -> duration("0s", format, depth);
            case BYTES -> formatted("string", "byte");
            case INT_OR_STRING -> {
                Map<String, Object> schema = new LinkedHashMap<>();
                schema.put("x-kubernetes-int-or-string", true);
                yield schema;
            }
        };
    }

    private static Map<String, Object> duration(String shortest, FieldType.Format format, Depth depth) {
        Map<String, Object> schema = typed("string");
        if (depth.lists() > 1) {
            return schema;
        }
        schema.put(
                RULES,
                ImmutableList.of(
                        rule("duration(self) >= duration('" + shortest + "')", "expected " + format.expected())));
        return schema;
    }

    private static Map<String, Object> bounded(long least, long most) {
        Map<String, Object> schema = formatted("integer", "int64");
        schema.put("minimum", least);
        schema.put("maximum", most);
        return schema;
    }

    /** Whatever it is, it stays. */
    static Map<String, Object> anything() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put(KEEP_UNKNOWN, true);
        return schema;
    }

    static Map<String, Object> object() {
        return typed("object");
    }

    private static Map<String, Object> formatted(String type, String format) {
        Map<String, Object> schema = typed(type);
        schema.put("format", format);
        return schema;
    }

    private static Map<String, Object> typed(String type) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", type);
        return schema;
    }

    private static Map<String, Object> rule(String expression, String message) {
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("rule", expression);
        rule.put("message", message);
        return rule;
    }
}
