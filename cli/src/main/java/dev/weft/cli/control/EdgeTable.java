package dev.weft.cli.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.output.Numbers;
import dev.weft.cli.output.Paint;
import dev.weft.cli.output.Table;
import dev.weft.cli.output.Table.Cell;
import java.util.Comparator;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/** The edges of a stat answer as a table: who calls whom, how often, how well, how fast, and whether the wire is encrypted. Pure. */
public final class EdgeTable {
    private static final double ALL_WELL = 0.999;
    private static final double MOSTLY_WELL = 0.95;

    private EdgeTable() {}

    /** @param wanted which items count */
    public static Table of(JsonNode items, Predicate<JsonNode> wanted) {
        Table table = Table.of("FROM", "TO", "PROTO", ">RPS", ">SUCCESS", ">P50", ">P90", ">P99", "SECURED");
        StreamSupport.stream(items.spliterator(), false)
                .filter(wanted)
                .sorted(Comparator.comparing(EdgeTable::from).thenComparing(EdgeTable::to))
                .forEach(edge -> table.row(
                        ImmutableList.of(
                                Cell.of(from(edge)),
                                Cell.of(to(edge)),
                                Cell.of(Numbers.text(edge.path("requestProtocol"))),
                                Cell.of(Numbers.rate(edge.path("rps"))),
                                success(edge.path("successRate")),
                                Cell.of(Numbers.millis(edge.path("p50Millis"))),
                                Cell.of(Numbers.millis(edge.path("p90Millis"))),
                                Cell.of(Numbers.millis(edge.path("p99Millis"))),
                                secured(edge)),
                        ImmutableList.of()));
        return table;
    }

    public static String from(JsonNode edge) {
        return name(edge.path("sourceWorkload"));
    }

    /** The workload where it is known: it tells the versions of one service apart. */
    public static String to(JsonNode edge) {
        String workload = edge.path("destinationWorkload").asText("");
        return workload.isEmpty() || workload.equals("unknown") ? name(edge.path("destinationService")) : workload;
    }

    /** Whether both ends of the edge prove who they are. */
    public static boolean isSecured(JsonNode edge) {
        JsonNode secured = edge.path("secured");
        return secured.isBoolean()
                ? secured.asBoolean()
                : secured.asText("").equals("mutual_tls") || secured.asText("").equals("yes");
    }

    private static String name(JsonNode node) {
        String text = node.asText("");
        return text.isEmpty() ? "unknown" : text;
    }

    private static Cell success(JsonNode ratio) {
        Paint paint = switch (ratio) {
            case JsonNode none when !none.isNumber() -> Paint.PLAIN;
            case JsonNode good when good.asDouble() >= ALL_WELL -> Paint.GOOD;
            case JsonNode fair when fair.asDouble() >= MOSTLY_WELL -> Paint.WARN;
            default -> Paint.BAD;
        };
        return new Cell(Numbers.percent(ratio), paint);
    }

    private static Cell secured(JsonNode edge) {
        if (edge.path("secured").isMissingNode() || edge.path("secured").isNull()) {
            // Only the server of an edge knows, and none reports: one without a proxy, or one that no request reached.
            return new Cell("-", Paint.PLAIN);
        }
        return isSecured(edge) ? new Cell("mTLS", Paint.GOOD) : new Cell("NO", Paint.WARN);
    }
}
