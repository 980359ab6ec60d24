package dev.weft.tests.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/**
 * One YAML document and what it is.
 *
 * @param key kind, namespace and name, by which one object replaces another
 */
public record MeshObject(String key, JsonNode tree, String text) {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Pattern SEPARATOR = Pattern.compile("(?m)^---\\s*$");

    public static ImmutableList<MeshObject> parse(String yaml) {
        return SEPARATOR
                .splitAsStream(yaml)
                .filter(document -> !document.isBlank())
                .map(MeshObject::of)
                .collect(ImmutableList.toImmutableList());
    }

    private static MeshObject of(String text) {
        try {
            JsonNode tree = YAML.readTree(text);
            JsonNode metadata = tree.path("metadata");
            String key = tree.path("kind").asText() + "/"
                    + metadata.path("namespace").asText("default") + "/"
                    + metadata.path("name").asText();
            return new MeshObject(key, tree, text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    /** The same object from a changed tree. */
    public MeshObject with(JsonNode changed) {
        try {
            return new MeshObject(key, changed, YAML.writeValueAsString(changed).replaceFirst("^---\\s*", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String kind() {
        return key.substring(0, key.indexOf('/'));
    }
}
