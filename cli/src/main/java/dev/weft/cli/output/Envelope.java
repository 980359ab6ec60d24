package dev.weft.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.google.common.collect.ImmutableList;
import java.io.UncheckedIOException;
import java.time.Instant;

/**
 * The machine-readable form of every answer: {@code apiVersion}, {@code kind}, {@code generatedAt}, {@code items}, {@code warnings}.
 * Fields are added, never renamed, inside one {@code apiVersion}.
 */
public final class Envelope {
    public static final String API_VERSION = "meshctl.weft.dev/v1";

    private Envelope() {}

    public static ObjectNode of(String kind, Instant generatedAt, JsonNode items, ImmutableList<String> warnings) {
        ObjectNode envelope = JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", API_VERSION)
                .put("kind", kind)
                .put("generatedAt", generatedAt.toString());
        envelope.set("items", items.isArray() ? items : JsonNodeFactory.instance.arrayNode());
        ArrayNode list = envelope.putArray("warnings");
        warnings.forEach(list::add);
        return envelope;
    }

    /** JSON or YAML, ending with a line feed. A table is not a rendering of a tree. */
    public static String render(JsonNode tree, Format format) {
        try {
            return switch (format) {
                case JSON ->
                    new ObjectMapper()
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .writeValueAsString(tree);
                case YAML -> yaml().writeValueAsString(tree).stripTrailing();
                case TABLE -> throw new IllegalArgumentException("format: TABLE has no rendering of a tree");
            };
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectMapper yaml() {
        return new ObjectMapper(YAMLFactory.builder()
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .disable(YAMLGenerator.Feature.SPLIT_LINES)
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
                .build());
    }
}
