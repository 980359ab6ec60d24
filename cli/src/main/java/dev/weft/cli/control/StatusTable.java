package dev.weft.cli.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.output.Numbers;
import dev.weft.cli.output.Paint;
import dev.weft.cli.output.Table;
import dev.weft.cli.output.Table.Cell;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** A status answer as a table of proxies, lines for the problems of resources, and the verdict. Pure. */
public final class StatusTable {
    private StatusTable() {}

    public static Table proxies(JsonNode items, Instant now) {
        Table table = Table.of("PROXY", "STATE", ">AGE", ">LAST ACK", ">NACKS", "CERT", "PROXY VERSION");
        for (JsonNode proxy : items) {
            String state = proxy.path("state").asText("unknown");
            String reason = proxy.path("lastError").asText("");
            String resource = proxy.path("errorResource").asText("");
            ImmutableList<String> below = reason.isEmpty()
                    ? ImmutableList.of()
                    : ImmutableList.of("because  " + (resource.isEmpty() ? "" : resource + ": ") + reason);
            table.row(
                    ImmutableList.of(
                            Cell.of(proxy.path("name").asText() + "."
                                    + proxy.path("namespace").asText()),
                            state(state),
                            Cell.of(Numbers.age(proxy.path("ageSeconds"))),
                            Cell.of(Numbers.age(proxy.path("lastAckSeconds"))),
                            Cell.of(proxy.path("nacks").asText("0")),
                            Cell.of(certificate(proxy.path("certExpires"), now)),
                            Cell.of(Numbers.text(
                                    proxy.has("version") ? proxy.path("version") : proxy.path("userAgent")))),
                    below);
        }
        return table;
    }

    /** One problem in the lines that a person needs: where, what, and what holds meanwhile. */
    public static ImmutableList<String> problem(JsonNode problem) {
        ImmutableList.Builder<String> lines = ImmutableList.builder();
        String severity = problem.path("severity").asText("problem");
        String namespace = problem.path("namespace").asText("");
        lines.add(
                severity.toUpperCase(Locale.ROOT) + "  " + problem.path("kind").asText("") + " "
                        + (namespace.isEmpty() ? "" : namespace + "/")
                        + problem.path("name").asText("") + "  "
                        + problem.path("code").asText(""));
        String field = problem.path("field").asText("");
        lines.add("  because  " + (field.isEmpty() ? "" : field + ": ")
                + problem.path("message").asText());
        if (problem.path("line").asInt() > 0) {
            // Objects of a cluster have no file, and their name stands above.
            lines.add("  at       " + place(problem));
        }
        if (!problem.path("effect").asText("").isEmpty()) {
            lines.add("  effect   " + problem.path("effect").asText());
        }
        return lines.build();
    }

    /** {@code routing.yaml:19:20}, as compilers write it. */
    public static String place(JsonNode problem) {
        StringBuilder place = new StringBuilder(problem.path("file").asText("-"));
        for (String part : ImmutableList.of("line", "column")) {
            if (problem.path(part).asInt() > 0) {
                place.append(':').append(problem.path(part).asInt());
            }
        }
        return place.toString();
    }

    /** Whether nothing asks for a person: every proxy is synced or about to be, and no resource has an error. */
    public static boolean fine(JsonNode status) {
        for (JsonNode proxy : status.path("items")) {
            String state = proxy.path("state").asText();
            if (!state.equals("synced") && !state.equals("pending")) {
                return false;
            }
        }
        for (JsonNode problem : status.path("problems")) {
            if (problem.path("severity").asText().equalsIgnoreCase("error")) {
                return false;
            }
        }
        return true;
    }

    private static Cell state(String state) {
        return switch (state) {
            case "synced" -> new Cell(state, Paint.GOOD);
            case "pending" -> new Cell(state, Paint.WARN);
            // In capitals, so that it is found without colours too.
            default -> new Cell(state.toUpperCase(Locale.ROOT), Paint.BAD);
        };
    }

    private static String certificate(JsonNode expires, Instant now) {
        if (expires.asText("").isEmpty()) {
            return "-";
        }
        try {
            Instant end =
                    expires.isNumber() ? Instant.ofEpochSecond(expires.asLong()) : Instant.parse(expires.asText());
            return end.isAfter(now) ? "ok " + Numbers.age(Duration.between(now, end)) : "EXPIRED";
        } catch (DateTimeException e) {
            return expires.asText();
        }
    }
}
