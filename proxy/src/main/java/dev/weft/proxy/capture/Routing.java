package dev.weft.proxy.capture;

import java.util.ArrayList;
import java.util.List;

/**
 * What the rules need beside rules, by {@code ip}: the IPv6 address that the proxy binds towards its application (lo has all of
 * 127.0.0.0/8 but only ::1), and for TPROXY the route that keeps marked packets on this host.
 */
final class Routing {
    private final Commands commands;
    private final CaptureOptions options;

    Routing(Commands commands, CaptureOptions options) {
        this.commands = commands;
        this.options = options;
    }

    /** What is missing, in words. */
    List<String> missing(Family family) {
        List<String> missing = new ArrayList<>();
        if (family == Family.V6 && !hasSourceAddress()) {
            missing.add("  + address " + family.inboundSource() + " on lo");
        }
        if (isTransparent()) {
            if (!hasRule(family)) {
                missing.add(
                        "  + " + family + " rule: fwmark " + options.inbound().mark() + " lookup "
                                + options.inbound().routeTable());
            }
            if (!hasRoute(family)) {
                missing.add("  + " + family + " route in table "
                        + options.inbound().routeTable() + ": local default dev lo");
            }
        }
        return missing;
    }

    /** The commands that {@link #apply} runs where nothing is there yet. */
    List<List<String>> plan(Family family) {
        List<List<String>> plan = new ArrayList<>();
        if (family == Family.V6) {
            plan.add(List.of("ip", "-6", "addr", "add", family.inboundSource().toString(), "dev", "lo"));
        }
        if (isTransparent()) {
            plan.add(rule(family, "add"));
            plan.add(route(family, "replace"));
        }
        return plan;
    }

    void apply(Family family) {
        if (family == Family.V6 && !hasSourceAddress()) {
            commands.run(plan(family).getFirst(), "").orFail();
        }
        if (isTransparent()) {
            if (!hasRule(family)) {
                commands.run(rule(family, "add"), "").orFail();
            }
            commands.run(plan(family).getLast(), "").orFail();
        } else {
            cleanRoute(family);
        }
    }

    void clean(Family family) {
        if (!commands.has("ip")) {
            return;
        }
        if (family == Family.V6 && hasSourceAddress()) {
            commands.run(
                            List.of(
                                    "ip",
                                    "-6",
                                    "addr",
                                    "del",
                                    family.inboundSource().toString(),
                                    "dev",
                                    "lo"),
                            "")
                    .orFail();
        }
        cleanRoute(family);
    }

    private void cleanRoute(Family family) {
        if (!commands.has("ip")) {
            return;
        }
        while (hasRule(family)) {
            commands.run(rule(family, "del"), "").orFail();
        }
        if (hasRoute(family)) {
            commands.run(route(family, "del"), "").orFail();
        }
    }

    private boolean isTransparent() {
        return options.inbound().mode() == CaptureOptions.Mode.TPROXY
                && !options.inbound().included().isEmpty();
    }

    private boolean hasSourceAddress() {
        Commands.Result shown = commands.run(List.of("ip", "-6", "-o", "addr", "show", "dev", "lo"), "");
        return shown.succeeded() && shown.out().contains(" " + Family.V6.inboundSource() + " ");
    }

    private boolean hasRule(Family family) {
        Commands.Result shown = commands.run(List.of("ip", flag(family), "rule", "show"), "");
        String wanted = "fwmark 0x" + Integer.toHexString(options.inbound().mark()) + " lookup " + table();
        return shown.succeeded()
                && shown.out().lines().anyMatch(line -> line.strip().endsWith(wanted));
    }

    private boolean hasRoute(Family family) {
        // Of all tables: busybox shows nothing where one is named.
        Commands.Result shown = commands.run(List.of("ip", flag(family), "route", "show", "table", "all"), "");
        String wanted = "local default dev lo table " + table() + " ";
        return shown.succeeded() && shown.out().lines().anyMatch(line -> (line + " ").contains(wanted));
    }

    private List<String> rule(Family family, String verb) {
        return List.of(
                "ip",
                flag(family),
                "rule",
                verb,
                "fwmark",
                String.valueOf(options.inbound().mark()),
                "lookup",
                table());
    }

    private List<String> route(Family family, String verb) {
        return List.of("ip", flag(family), "route", verb, "local", any(family), "dev", "lo", "table", table());
    }

    private String table() {
        return String.valueOf(options.inbound().routeTable());
    }

    private static String any(Family family) {
        return family == Family.V4 ? "0.0.0.0/0" : "::/0";
    }

    private static String flag(Family family) {
        return family == Family.V4 ? "-4" : "-6";
    }
}
