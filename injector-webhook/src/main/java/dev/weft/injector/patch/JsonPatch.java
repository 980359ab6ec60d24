package dev.weft.injector.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What leads from one tree to another, as RFC 6902 has it. Stateless. A list of unequal length is replaced whole: what is inserted in its front would otherwise
 * shift every index behind it.
 */
public final class JsonPatch {
    private JsonPatch() {}

    /** The operations in the order in which they must be applied; none where the trees are equal. */
    public static ArrayNode between(JsonNode before, JsonNode after) {
        ArrayNode operations = JsonNodeFactory.instance.arrayNode();
        compare("", before, after, operations);
        return operations;
    }

    private static void compare(String path, JsonNode before, JsonNode after, ArrayNode operations) {
        if (before.equals(after)) {
            return;
        }
        if (before instanceof ObjectNode from && after instanceof ObjectNode to) {
            from.fieldNames().forEachRemaining(name -> {
                if (!to.has(name)) {
                    operations.addObject().put("op", "remove").put("path", path + "/" + escape(name));
                }
            });
            to.properties().forEach(entry -> {
                String at = path + "/" + escape(entry.getKey());
                if (from.has(entry.getKey())) {
                    compare(at, from.get(entry.getKey()), entry.getValue(), operations);
                } else {
                    operations.addObject().put("op", "add").put("path", at).set("value", entry.getValue());
                }
            });
        } else if (before instanceof ArrayNode from && after instanceof ArrayNode to && from.size() == to.size()) {
            for (int i = 0; i < from.size(); i++) {
                compare(path + "/" + i, from.get(i), to.get(i), operations);
            }
        } else {
            operations.addObject().put("op", "replace").put("path", path).set("value", after);
        }
    }

    private static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
