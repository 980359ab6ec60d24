package dev.weft.injector.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;

/**
 * Lays one part of a pod over another as {@code kubectl patch} does: mappings field by field, the lists of pods whose items have a key item by item, other lists
 * whole; null takes away. Stateless; changes the lower tree.
 */
public final class StrategicMerge {
    private static final ImmutableMap<String, String> KEYS = ImmutableMap.of(
            "containers", "name",
            "initContainers", "name",
            "volumes", "name",
            "imagePullSecrets", "name",
            "env", "name",
            "volumeMounts", "mountPath",
            "ports", "containerPort",
            "volumeDevices", "devicePath",
            "hostAliases", "ip",
            "topologySpreadConstraints", "topologyKey");

    /** Items that have one of several sources: two together would be none. */
    private static final ImmutableSet<String> WHOLE = ImmutableSet.of("env", "volumes");

    private StrategicMerge() {}

    /** Changes {@code below} so that what {@code above} says holds. */
    public static void apply(ObjectNode below, ObjectNode above) {
        above.properties().forEach(entry -> {
            String name = entry.getKey();
            JsonNode value = entry.getValue();
            String key = KEYS.get(name);
            if (value.isNull()) {
                below.remove(name);
            } else if (value instanceof ObjectNode object && below.get(name) instanceof ObjectNode lower) {
                apply(lower, object);
            } else if (key != null && value instanceof ArrayNode list && below.get(name) instanceof ArrayNode lower) {
                list(name, lower, list);
            } else {
                below.set(name, value.deepCopy());
            }
        });
    }

    private static void list(String name, ArrayNode below, ArrayNode above) {
        String key = KEYS.getOrDefault(name, "name");
        for (JsonNode item : above) {
            int index = indexOf(below, key, item.path(key));
            if (index >= 0 && WHOLE.contains(name)) {
                below.set(index, item.deepCopy());
            } else if (index >= 0 && below.get(index) instanceof ObjectNode lower && item instanceof ObjectNode upper) {
                apply(lower, upper);
            } else {
                below.add(item.deepCopy());
            }
        }
    }

    private static int indexOf(ArrayNode list, String key, JsonNode value) {
        for (int i = 0; i < list.size(); i++) {
            if (!value.isMissingNode() && list.get(i).path(key).equals(value)) {
                return i;
            }
        }
        return -1;
    }
}
