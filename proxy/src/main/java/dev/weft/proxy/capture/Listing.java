package dev.weft.proxy.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rules as a tool prints them, by chain: what is wanted, or what the kernel has. Two lines are the same rule when their keys are equal;
 * keys have one spelling of what the tools' versions print in many (numbers, order of conditions, defaults). Confined to its caller.
 */
final class Listing {
    private final Map<String, List<Line>> chains = new TreeMap<>();

    /** A rule: as printed, and in its one spelling. */
    record Line(String text, String key) {}

    void add(String chain, Line line) {
        chains.computeIfAbsent(chain, c -> new ArrayList<>()).add(line);
    }

    void addAll(Listing other) {
        other.chains.forEach((chain, lines) ->
                chains.computeIfAbsent(chain, c -> new ArrayList<>()).addAll(lines));
    }

    boolean isEmpty() {
        return chains.isEmpty();
    }

    int size() {
        return chains.values().stream().mapToInt(List::size).sum();
    }

    /** What to take away ({@code -}) from this and to add ({@code +}) to make it the other; empty where they are equal. */
    List<String> differenceTo(Listing wanted) {
        List<String> difference = new ArrayList<>();
        TreeMap<String, List<Line>> all = new TreeMap<>(chains);
        wanted.chains.forEach(all::putIfAbsent);
        for (String chain : all.keySet()) {
            List<Line> has = chains.getOrDefault(chain, List.of());
            List<Line> wants = wanted.chains.getOrDefault(chain, List.of());
            if (keys(has).equals(keys(wants))) {
                continue;
            }
            List<String> changes = new ArrayList<>();
            for (Line line : has) {
                if (!keys(wants).contains(line.key())) {
                    changes.add("  - " + line.text());
                }
            }
            for (Line line : wants) {
                if (!keys(has).contains(line.key())) {
                    changes.add("  + " + line.text());
                }
            }
            if (changes.isEmpty()) {
                changes.add("  the rules are there, but in another order or number");
            }
            difference.add(chain + ":");
            difference.addAll(changes);
        }
        return difference;
    }

    private static List<String> keys(List<Line> lines) {
        return lines.stream().map(Line::key).toList();
    }
}
