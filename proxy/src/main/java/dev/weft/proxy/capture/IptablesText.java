package dev.weft.proxy.capture;

import dev.weft.proxy.capture.Chain.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rules in the language of iptables-restore and iptables-save. Our chains are named {@code WEFT_…}; a built-in chain gets one rule of
 * ours, the jump to the chain of the same name, so that everything of ours can be told from everything else. Pure.
 */
final class IptablesText {
    static final String PREFIX = "WEFT_";
    private static final Set<String> DEFAULTS = Set.of("-m", "--match", "--on-ip", "--nfmask", "--ctmask");

    private IptablesText() {}

    /**
     * The input of iptables-restore with {@code --noflush} that makes our rules these, whatever was there of ours before.
     *
     * @param before what iptables-save says: our jumps and chains in it go
     */
    static String restore(RuleSet rules, String before) {
        StringBuilder text = new StringBuilder();
        for (Table table : Table.values()) {
            List<Chain> chains =
                    rules.chains().stream().filter(c -> c.table() == table).toList();
            Existing existing = Existing.of(table, before);
            if (chains.isEmpty() && existing.isEmpty()) {
                continue;
            }
            text.append('*').append(table.text()).append('\n');
            for (Chain chain : chains) {
                text.append(':').append(PREFIX).append(chain.name()).append(" - [0:0]\n");
            }
            existing.jumps()
                    .forEach(jump -> text.append(jump.replaceFirst("^-A", "-D")).append('\n'));
            List<String> kept = chains.stream().map(c -> PREFIX + c.name()).toList();
            List<String> gone =
                    existing.chains().stream().filter(c -> !kept.contains(c)).toList();
            gone.forEach(chain -> text.append("-F ").append(chain).append('\n'));
            gone.forEach(chain -> text.append("-X ").append(chain).append('\n'));
            for (Chain chain : chains) {
                chain.rules().forEach(rule -> text.append(line(chain, rule)).append('\n'));
            }
            chains.stream()
                    .filter(Chain::isEntry)
                    .forEach(chain -> text.append(jump(chain)).append('\n'));
            text.append("COMMIT\n");
        }
        return text.toString();
    }

    /** What {@link #listing(String)} gives once the rules are in place. */
    static Listing listing(RuleSet rules) {
        return listing(restore(rules, ""));
    }

    /** Our rules, and the jumps to them, in what iptables-save prints. */
    static Listing listing(String saved) {
        Listing listing = new Listing();
        String table = "";
        for (String line : saved.lines().toList()) {
            if (line.startsWith("*")) {
                table = line.substring(1).strip();
            } else if (line.startsWith("-A ") && isOurs(line)) {
                String chain = line.split(" ")[1];
                listing.add(table + " " + chain, new Listing.Line(line, key(line)));
            }
        }
        return listing;
    }

    private static boolean isOurs(String line) {
        return line.startsWith("-A " + PREFIX) || line.contains(" -j " + PREFIX) || line.contains(" -g " + PREFIX);
    }

    /** Options sorted, without the names of modules, which follow from the options, and without defaults. */
    private static String key(String line) {
        List<String> options = new ArrayList<>();
        String option = "";
        boolean not = false;
        for (String word : line.split(" +")) {
            if (word.equals("!")) {
                not = true;
            } else if (word.startsWith("-")) {
                option = (not ? "! " : "") + name(word);
                not = false;
                if (!DEFAULTS.contains(word)) {
                    options.add(option);
                }
            } else if (!DEFAULTS.contains(option)) {
                int last = options.size() - 1;
                options.set(last, options.get(last) + " " + value(word));
            }
        }
        Collections.sort(options);
        return String.join(" ", options);
    }

    private static String name(String option) {
        return switch (option) {
            case "--set-xmark" -> "--set-mark";
            case "--to-port" -> "--to-ports";
            default -> option;
        };
    }

    private static String value(String word) {
        return word.equals("ESTABLISHED,RELATED") ? "RELATED,ESTABLISHED" : Spelling.of(word);
    }

    private static String jump(Chain entry) {
        return "-A " + entry.name() + " -j " + PREFIX + entry.name();
    }

    private static String line(Chain chain, Rule rule) {
        StringBuilder text = new StringBuilder("-A ").append(PREFIX).append(chain.name());
        rule.matches().forEach(match -> text.append(' ').append(match(match, "")));
        return text.append(" -j ").append(verdict(rule.verdict())).toString();
    }

    private static String match(Match match, String not) {
        return switch (match) {
            case Match.Not(Match inner) -> match(inner, "! ");
            case Match.Transport transport -> not + "-p " + transport.text();
            case Match.State state ->
                "-m conntrack " + not + "--ctstate "
                        + (state == Match.State.ESTABLISHED ? "RELATED,ESTABLISHED" : "INVALID");
            case Match.InInterface(String name) -> not + "-i " + name;
            case Match.OutInterface(String name) -> not + "-o " + name;
            case Match.Source(Cidr range) -> not + "-s " + range;
            case Match.Destination(Cidr range) -> not + "-d " + range;
            case Match.DestinationPort(Match.Transport transport, List<Integer> ports) ->
                "-p " + transport.text() + " "
                        + (ports.size() == 1
                                ? "-m " + transport.text() + " " + not + "--dport " + ports.getFirst()
                                : "-m multiport " + not + "--dports "
                                        + ports.stream().map(String::valueOf).collect(Collectors.joining(",")));
            case Match.SourcePort(Match.Transport transport, int port) ->
                "-p " + transport.text() + " -m " + transport.text() + " " + not + "--sport " + port;
            case Match.Owner(Match.Owner.Kind kind, long id) ->
                "-m owner " + not + (kind == Match.Owner.Kind.USER ? "--uid-owner " : "--gid-owner ") + id;
            case Match.Mark(int value) -> "-m mark " + not + "--mark " + value;
            case Match.ConnectionMark(int value) -> "-m connmark " + not + "--mark " + value;
        };
    }

    private static String verdict(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Plain plain ->
                switch (plain) {
                    case RETURN -> "RETURN";
                    case ACCEPT -> "ACCEPT";
                    case DROP -> "DROP";
                    case SAVE_MARK -> "CONNMARK --save-mark";
                    case RESTORE_MARK -> "CONNMARK --restore-mark";
                };
            case Verdict.Jump(String chain) -> PREFIX + chain;
            case Verdict.Redirect(int port) -> "REDIRECT --to-ports " + port;
            case Verdict.Tproxy(int port, int mark) -> "TPROXY --on-port " + port + " --tproxy-mark " + mark;
            case Verdict.SetMark(int mark) -> "MARK --set-mark " + mark;
            case Verdict.Zone(int zone) -> "CT --zone " + zone;
        };
    }

    /** What one table has of ours. */
    private record Existing(List<String> chains, List<String> jumps) {
        static Existing of(Table table, String saved) {
            List<String> chains = new ArrayList<>();
            List<String> jumps = new ArrayList<>();
            boolean here = false;
            for (String line : saved.lines().toList()) {
                if (line.startsWith("*")) {
                    here = line.substring(1).strip().equals(table.text());
                } else if (here && line.startsWith(":" + PREFIX)) {
                    chains.add(line.substring(1, line.indexOf(' ')));
                } else if (here && line.startsWith("-A ") && !line.startsWith("-A " + PREFIX) && isOurs(line)) {
                    jumps.add(line);
                }
            }
            return new Existing(chains, jumps);
        }

        boolean isEmpty() {
            return chains.isEmpty() && jumps.isEmpty();
        }
    }
}
