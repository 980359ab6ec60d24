package dev.weft.cli.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The status answers of several replicas as one. A proxy that went from one replica to another is known to both: connected to the new one counts, not gone from
 * the old one. Problems of resources are found by each replica for itself. Pure.
 */
final class StatusMerge {
    private static final Comparator<JsonNode> BEST = Comparator.comparing(
                    (JsonNode item) -> item.path("state").asText().equals("disconnected"))
            .thenComparing(item -> item.path("lastAckSeconds").asLong(Long.MAX_VALUE));

    private StatusMerge() {}

    /** @param answers at least one; one alone stays as it is */
    static JsonNode of(List<JsonNode> answers) {
        if (answers.size() == 1 || !(answers.getFirst() instanceof ObjectNode first)) {
            return answers.getFirst();
        }
        Map<String, JsonNode> proxies = new LinkedHashMap<>();
        Set<JsonNode> problems = new LinkedHashSet<>();
        for (JsonNode answer : answers) {
            answer.path("items").forEach(item -> proxies.merge(key(item), item, StatusMerge::better));
            answer.path("problems").forEach(problems::add);
        }
        ObjectNode merged = first.deepCopy();
        ArrayNode items = merged.putArray("items");
        proxies.values().stream()
                .sorted(Comparator.comparing(
                                (JsonNode item) -> item.path("namespace").asText())
                        .thenComparing(item -> item.path("name").asText()))
                .forEach(items::add);
        ArrayNode list = merged.putArray("problems");
        problems.forEach(list::add);
        return merged;
    }

    private static JsonNode better(JsonNode one, JsonNode other) {
        return BEST.compare(one, other) <= 0 ? one : other;
    }

    private static String key(JsonNode item) {
        return item.path("node")
                .asText(item.path("name").asText() + "."
                        + item.path("namespace").asText());
    }
}
