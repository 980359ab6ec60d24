package dev.weft.resources.crd;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Holds a parsed value against a structural schema, as the API server does, but for the rules in CEL. Findings name the path. */
final class SchemaCheck {
    private final List<String> findings = new ArrayList<>();

    static List<String> check(Map<?, ?> schema, Object value) {
        SchemaCheck check = new SchemaCheck();
        check.value(schema, value, "");
        return check.findings;
    }

    private void value(Map<?, ?> schema, Object value, String path) {
        Object type = schema.get("type");
        if (type != null && !hasType(type.toString(), value)) {
            findings.add(path + ": found " + value + ", expected " + type);
            return;
        }
        if (schema.get("enum") instanceof List<?> values && !values.contains(value)) {
            findings.add(path + ": found " + value + ", expected one of " + values);
        }
        number(schema, value, path);
        combined(schema, value, path);
        if (value instanceof Map<?, ?> map) {
            object(schema, map, path);
        } else if (value instanceof List<?> list) {
            if (list.size() < least(schema, "minItems")) {
                findings.add(path + ": too few");
            }
            for (int i = 0; i < list.size(); i++) {
                if (schema.get("items") instanceof Map<?, ?> items) {
                    value(items, list.get(i), path + "[" + i + "]");
                }
            }
        } else if (value instanceof String text && text.length() < least(schema, "minLength")) {
            findings.add(path + ": too short");
        }
    }

    private void object(Map<?, ?> schema, Map<?, ?> map, String path) {
        if (schema.get("required") instanceof List<?> required) {
            required.stream()
                    .filter(name -> !map.containsKey(name))
                    .forEach(name -> findings.add(path + "." + name + ": missing"));
        }
        map.forEach((key, value) -> {
            if (schema.get("properties") instanceof Map<?, ?> known && known.get(key) instanceof Map<?, ?> property) {
                value(property, value, path + "." + key);
            } else if (schema.get("additionalProperties") instanceof Map<?, ?> property) {
                value(property, value, path + "." + key);
            } else if (!Boolean.TRUE.equals(schema.get("x-kubernetes-preserve-unknown-fields"))) {
                findings.add(path + "." + key + ": would be pruned");
            }
        });
    }

    private void number(Map<?, ?> schema, Object value, String path) {
        if (value instanceof Number number
                && (schema.get("minimum") instanceof Number least && number.doubleValue() < least.doubleValue()
                        || schema.get("maximum") instanceof Number most && number.doubleValue() > most.doubleValue())) {
            findings.add(path + ": out of range");
        }
    }

    private void combined(Map<?, ?> schema, Object value, String path) {
        if (schema.get("oneOf") instanceof List<?> alternatives && fitting(alternatives, value) != 1) {
            findings.add(path + ": expected one of " + alternatives);
        }
        if (schema.get("anyOf") instanceof List<?> alternatives && fitting(alternatives, value) == 0) {
            findings.add(path + ": expected any of " + alternatives);
        }
        if (schema.get("not") instanceof Map<?, ?> not && fitting(List.of(not), value) == 1) {
            findings.add(path + ": expected not " + not);
        }
        if (schema.get("allOf") instanceof List<?> all && fitting(all, value) < all.size()) {
            findings.add(path + ": expected all of " + all);
        }
    }

    /** Nested schemas only speak of what is required, so that unknown fields are none of their business. */
    private static long fitting(List<?> schemas, Object value) {
        return schemas.stream()
                .filter(schema -> check((Map<?, ?>) schema, value).stream()
                        .allMatch(finding -> finding.endsWith("would be pruned")))
                .count();
    }

    private static long least(Map<?, ?> schema, String bound) {
        return schema.get(bound) instanceof Number number ? number.longValue() : 0;
    }

    private static boolean hasType(String type, Object value) {
        return switch (type) {
            case "object" -> value instanceof Map;
            case "array" -> value instanceof List;
            case "string" -> value instanceof String;
            case "boolean" -> value instanceof Boolean;
            case "integer" -> value instanceof Integer || value instanceof Long;
            case "number" -> value instanceof Number;
            default -> throw new AssertionError("unknown type " + type);
        };
    }
}
