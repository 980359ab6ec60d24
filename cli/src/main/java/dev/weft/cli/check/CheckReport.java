package dev.weft.cli.check;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.check.Finding.Group;
import dev.weft.cli.check.Finding.State;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.Numbers;
import dev.weft.cli.output.Paint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Findings as a person reads them: one line for each group where all is well, more where it is not. Immutable. */
public record CheckReport(ImmutableList<Finding> findings) {
    /** Whether nothing failed; a warning is no failure. */
    public boolean fine() {
        return count(State.FAIL) == 0;
    }

    public void print(Console console) {
        for (Group group : Group.values()) {
            List<Finding> of = findings.stream()
                    .filter(finding -> finding.code().group() == group)
                    .toList();
            if (of.isEmpty()) {
                continue;
            }
            console.print(heading(console, group, of));
            of.stream().filter(finding -> finding.state() != State.OK).forEach(finding -> details(console, finding));
        }
        console.note(findings.size() + " checks: " + count(State.OK) + " ok, "
                + Numbers.count(count(State.WARN), "warning", "warnings") + ", " + count(State.FAIL) + " failed");
    }

    private static String heading(Console console, Group group, List<Finding> of) {
        List<String> parts = new ArrayList<>();
        for (State state : State.values()) {
            long count = of.stream().filter(finding -> finding.state() == state).count();
            if (count > 0) {
                parts.add(console.paint(paint(state), count + " " + word(state)));
            }
        }
        String subjects = of.stream()
                .filter(finding -> finding.state() == State.OK)
                .map(Finding::subject)
                .limit(2)
                .reduce((a, b) -> a + ", " + b)
                .orElse("");
        return "%-14s %s   %s"
                .formatted(group.title(), String.join(", ", parts), subjects)
                .stripTrailing();
    }

    private static void details(Console console, Finding finding) {
        console.print("  " + console.paint(paint(finding.state()), word(finding.state())) + "  " + finding.code() + "  "
                + finding.subject());
        if (!finding.because().isEmpty()) {
            console.print("    because  " + finding.because());
        }
        if (!finding.remedy().isEmpty()) {
            console.print("    do       " + finding.remedy());
        }
        console.print(
                "    read     docs/troubleshooting.md#" + finding.code().name().toLowerCase(Locale.ROOT));
    }

    public ArrayNode tree() {
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        findings.forEach(finding -> items.addObject()
                .put("code", finding.code().name())
                .put("group", finding.code().group().title())
                .put("state", finding.state().name().toLowerCase(Locale.ROOT))
                .put("subject", finding.subject())
                .put("because", finding.because())
                .put("do", finding.remedy()));
        return items;
    }

    private long count(State state) {
        return findings.stream().filter(finding -> finding.state() == state).count();
    }

    /** A failure stands out without colours, too. */
    private static String word(State state) {
        return state == State.FAIL ? "FAIL" : state.name().toLowerCase(Locale.ROOT);
    }

    private static Paint paint(State state) {
        return switch (state) {
            case OK -> Paint.GOOD;
            case WARN -> Paint.WARN;
            case FAIL -> Paint.BAD;
        };
    }
}
