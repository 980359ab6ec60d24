package dev.weft.injector.tree;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Optional;

/**
 * A pod, or the template of one: a tree with metadata and spec. Confined to one call. The surprising rule: it is a view of a tree, not a typed copy of
 * it, so that fields of Kubernetes versions younger than this program stay as they are.
 */
public final class PodTree {
    private final ObjectNode root;

    /** The tree is used as it is; hand in a copy where the original must stay. */
    public PodTree(ObjectNode root) {
        this.root = root;
    }

    public PodTree copy() {
        return new PodTree(root.deepCopy());
    }

    public ObjectNode root() {
        return root;
    }

    /** What keeps the tree from being a pod at all; empty if it is one. */
    public Optional<String> malformed() {
        if (!root.path("spec").isObject()) {
            return Optional.of("spec must be a mapping");
        }
        if (root.has("metadata") && !root.path("metadata").isObject()) {
            return Optional.of("metadata must be a mapping");
        }
        for (String field : ImmutableList.of("labels", "annotations")) {
            JsonNode map = root.path("metadata").path(field);
            if (!absent(map) && !map.isObject()) {
                return Optional.of("metadata." + field + " must be a mapping");
            }
        }
        for (String field : ImmutableList.of("containers", "initContainers", "volumes", "imagePullSecrets")) {
            JsonNode list = root.path("spec").path(field);
            if (!absent(list) && !list.isArray()) {
                return Optional.of("spec." + field + " must be a list");
            }
            for (JsonNode item : list) {
                if (!item.isObject() || !item.path("name").isTextual()) {
                    return Optional.of("each of spec." + field + " must have a name");
                }
            }
        }
        return Optional.empty();
    }

    private static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    public JsonNode metadata() {
        return root.path("metadata");
    }

    public ObjectNode spec() {
        return root.withObjectProperty("spec");
    }

    public ImmutableMap<String, String> labels() {
        return texts(metadata().path("labels"));
    }

    public ImmutableMap<String, String> annotations() {
        return texts(metadata().path("annotations"));
    }

    public void label(String name, String value) {
        root.withObjectProperty("metadata").withObjectProperty("labels").put(name, value);
    }

    public void annotate(String name, String value) {
        root.withObjectProperty("metadata").withObjectProperty("annotations").put(name, value);
    }

    public ImmutableList<ObjectNode> containers() {
        return objects("containers");
    }

    public ImmutableList<ObjectNode> initContainers() {
        return objects("initContainers");
    }

    /** A container of either list. */
    public Optional<ObjectNode> container(String name) {
        for (ObjectNode container : ImmutableList.<ObjectNode>builder()
                .addAll(containers())
                .addAll(initContainers())
                .build()) {
            if (container.path("name").asText().equals(name)) {
                return Optional.of(container);
            }
        }
        return Optional.empty();
    }

    /** Takes a container out of whichever list it is in. */
    public Optional<ObjectNode> remove(String name) {
        for (String field : ImmutableList.of("containers", "initContainers")) {
            if (spec().path(field) instanceof ArrayNode list) {
                for (int i = 0; i < list.size(); i++) {
                    if (list.get(i).path("name").asText().equals(name)) {
                        return Optional.of((ObjectNode) list.remove(i));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** A list of the spec, made where it is missing. */
    public ArrayNode list(String field) {
        return spec().path(field) instanceof ArrayNode list ? list : spec().putArray(field);
    }

    private ImmutableList<ObjectNode> objects(String field) {
        ImmutableList.Builder<ObjectNode> objects = ImmutableList.builder();
        for (JsonNode item : root.path("spec").path(field)) {
            if (item instanceof ObjectNode object) {
                objects.add(object);
            }
        }
        return objects.build();
    }

    private static ImmutableMap<String, String> texts(JsonNode map) {
        ImmutableMap.Builder<String, String> texts = ImmutableMap.builder();
        map.propertyStream()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts.buildOrThrow();
    }
}
