package dev.weft.injector.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import dev.weft.injector.tree.YamlTrees;

/** More volumes and mounts of the proxy, from annotations: a list of items with names, or a mapping from names to the rest. */
final class UserVolumes {
    static final String VOLUMES = "sidecar.istio.io/userVolume";
    static final String MOUNTS = "sidecar.istio.io/userVolumeMount";

    private UserVolumes() {}

    static ImmutableList<ObjectNode> read(PodAnnotations annotations, String name) {
        String text = annotations.text(name).orElse("");
        if (text.isBlank()) {
            return ImmutableList.of();
        }
        try {
            JsonNode items = YamlTrees.mapping("{items: " + text + "}").path("items");
            return items instanceof ArrayNode list ? listed(list) : named(items);
        } catch (IllegalArgumentException e) {
            annotations.refuse(name, "expected a list in JSON: " + e.getMessage());
            return ImmutableList.of();
        }
    }

    private static ImmutableList<ObjectNode> listed(ArrayNode list) {
        ImmutableList.Builder<ObjectNode> items = ImmutableList.builder();
        for (JsonNode item : list) {
            if (!(item instanceof ObjectNode object) || !item.path("name").isTextual()) {
                throw new IllegalArgumentException("found " + item + ", expected an object with a name");
            }
            items.add(object);
        }
        return items.build();
    }

    private static ImmutableList<ObjectNode> named(JsonNode map) {
        if (!map.isObject()) {
            throw new IllegalArgumentException("found " + map + ", expected objects with names");
        }
        ImmutableList.Builder<ObjectNode> items = ImmutableList.builder();
        map.properties().forEach(entry -> {
            if (!(entry.getValue() instanceof ObjectNode rest)) {
                throw new IllegalArgumentException("found " + entry.getValue() + ", expected an object");
            }
            ObjectNode item = JsonNodeFactory.instance.objectNode().put("name", entry.getKey());
            item.setAll(rest);
            items.add(item);
        });
        return items.build();
    }
}
