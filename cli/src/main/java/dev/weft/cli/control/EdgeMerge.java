package dev.weft.cli.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The edges of several replicas as one list. Client and server of an edge may report to different replicas, and so may two clients: as within one replica, the
 * clients' numbers count where there are any, and the servers' word for encryption and identities. Pure.
 */
final class EdgeMerge {
    private static final ImmutableList<String> KEY = ImmutableList.of(
            "sourceWorkload",
            "sourceNamespace",
            "destinationWorkload",
            "destinationService",
            "destinationNamespace",
            "destinationVersion",
            "requestProtocol");
    private static final String REPORTERS = "reporters";

    private EdgeMerge() {}

    /** @param answers at least one; one alone stays as it is */
    static JsonNode of(List<JsonNode> answers) {
        if (answers.size() == 1 || !(answers.getFirst() instanceof ObjectNode first)) {
            return answers.getFirst();
        }
        Map<List<String>, List<JsonNode>> edges = new LinkedHashMap<>();
        for (JsonNode answer : answers) {
            for (JsonNode edge : answer.path("items")) {
                List<String> key =
                        KEY.stream().map(name -> edge.path(name).asText()).toList();
                edges.computeIfAbsent(key, ignored -> new ArrayList<>()).add(edge);
            }
        }
        ObjectNode merged = first.deepCopy();
        ArrayNode items = merged.putArray("items");
        edges.values().forEach(parts -> items.add(parts.size() == 1 ? parts.getFirst() : edge(parts)));
        return merged;
    }

    private static JsonNode edge(List<JsonNode> parts) {
        List<JsonNode> clients =
                only(parts, part -> !part.path(REPORTERS).asText().equals("destination"));
        List<JsonNode> servers =
                only(parts, part -> !part.path(REPORTERS).asText().equals("source"));
        List<JsonNode> counted = clients.isEmpty() ? servers : clients;
        ObjectNode edge = counted.getFirst().deepCopy();
        double rps = counted.stream()
                .mapToDouble(part -> part.path("rps").asDouble())
                .sum();
        edge.put("rps", rps);
        edge.remove("successRate");
        if (rps > 0) {
            double well = counted.stream()
                    .mapToDouble(part -> part.path("rps").asDouble()
                            * part.path("successRate").asDouble(0))
                    .sum();
            edge.put("successRate", well / rps);
        }
        latency(edge, counted);
        edge.put(REPORTERS, clients.isEmpty() ? "destination" : servers.isEmpty() ? "source" : "both");
        proof(edge, servers);
        return edge;
    }

    private static void proof(ObjectNode edge, List<JsonNode> servers) {
        edge.remove("secured");
        if (!servers.isEmpty()) {
            edge.put("secured", servers.stream().allMatch(EdgeTable::isSecured));
        }
        for (String principal : ImmutableList.of("sourcePrincipal", "destinationPrincipal")) {
            servers.stream()
                    .map(part -> part.path(principal).asText())
                    .filter(text -> !text.isEmpty())
                    .findFirst()
                    .ifPresent(text -> edge.put(principal, text));
        }
    }

    private static void latency(ObjectNode edge, List<JsonNode> counted) {
        TreeMap<Double, ObjectNode> buckets = new TreeMap<>();
        long total = 0;
        for (JsonNode part : counted) {
            for (JsonNode bucket : part.path("latency")) {
                long count = bucket.path("count").asLong();
                total += count;
                ObjectNode sum = buckets.computeIfAbsent(
                        bucket.path("fromMillis").asDouble(),
                        ignored -> bucket.<ObjectNode>deepCopy().put("count", 0L));
                sum.put("count", sum.path("count").asLong() + count);
            }
        }
        ArrayNode list = edge.putArray("latency");
        buckets.values().forEach(list::add);
        for (int percent : List.of(50, 90, 99)) {
            edge.remove("p" + percent + "Millis");
            if (total > 0) {
                edge.put("p" + percent + "Millis", percentile(list, percent / 100.0 * total));
            }
        }
    }

    /** As the control plane does it: linear inside a bucket; nothing is known inside one without an end. */
    private static double percentile(JsonNode buckets, double rank) {
        double below = 0;
        for (JsonNode bucket : buckets) {
            double from = bucket.path("fromMillis").asDouble();
            long count = bucket.path("count").asLong();
            if (below + count >= rank) {
                double upTo = bucket.path("upToMillis").asDouble(from);
                return from + (upTo - from) * ((rank - below) / count);
            }
            below += count;
        }
        throw new AssertionError("rank " + rank + " of " + below);
    }

    private static List<JsonNode> only(List<JsonNode> parts, Predicate<JsonNode> wanted) {
        return parts.stream().filter(wanted).toList();
    }
}
