package dev.weft.proxy.capture;

import dev.weft.proxy.capture.Chain.Table;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Rules in the language of nft. Each family has one table named {@code weft}, which is all of ours and nothing else; a chain's name has
 * the name of the iptables table in front ({@code nat_output}). Pure.
 */
final class NftText {
    static final String TABLE = "weft";

    private NftText() {}

    static String family(Family family) {
        return family == Family.V4 ? "ip" : "ip6";
    }

    /** Makes the table hold these rules and no other, in one transaction. */
    static String script(RuleSet rules) {
        StringBuilder text = new StringBuilder(delete(rules.family()));
        if (rules.chains().isEmpty()) {
            return text.toString();
        }
        text.append("table ")
                .append(family(rules.family()))
                .append(' ')
                .append(TABLE)
                .append(" {\n");
        for (Chain chain : rules.chains()) {
            text.append("\tchain ").append(name(chain.table(), chain.name())).append(" {\n");
            if (chain.isEntry()) {
                text.append("\t\t").append(hook(chain)).append('\n');
            }
            chain.rules()
                    .forEach(rule -> text.append("\t\t")
                            .append(line(rules.family(), chain.table(), rule))
                            .append('\n'));
            text.append("\t}\n");
        }
        return text.append("}\n").toString();
    }

    /** Takes the table away; adding it first makes that no error where there is none. */
    static String delete(Family family) {
        String table = "table " + family(family) + " " + TABLE + "\n";
        return "add " + table + "delete " + table;
    }

    /** What {@link #listing(String)} gives once the rules are in place. */
    static Listing listing(RuleSet rules) {
        return listing(script(rules));
    }

    /** The rules in what {@code nft list table} prints. */
    static Listing listing(String listed) {
        Listing listing = new Listing();
        String table = "";
        String chain = "";
        for (String raw : listed.lines().toList()) {
            String line = raw.strip();
            if (line.startsWith("table ") && line.endsWith("{")) {
                table = line.split(" ")[1];
            } else if (line.startsWith("chain ")) {
                chain = line.split(" ")[1];
            } else if (line.equals("}")) {
                chain = "";
            } else if (!chain.isEmpty() && !line.isEmpty()) {
                listing.add(table + " " + chain, new Listing.Line(line, key(line)));
            }
        }
        return listing;
    }

    private static String key(String line) {
        String words = line.replace("related,established", "established,related")
                .replace("priority dstnat", "priority -100")
                .replace("priority mangle", "priority -150")
                .replace("priority raw", "priority -300");
        return List.of(words.split(" +")).stream().map(Spelling::of).collect(Collectors.joining(" "));
    }

    private static String name(Table table, String chain) {
        return table.text() + "_" + chain.toLowerCase(Locale.ROOT);
    }

    private static String hook(Chain chain) {
        boolean output = chain.name().equals(Chain.OUTPUT);
        String type = switch (chain.table()) {
            case RAW -> "filter";
            // Only this kind looks for the route again when the mark has changed.
            case MANGLE -> output ? "route" : "filter";
            case NAT -> "nat";
        };
        int priority = switch (chain.table()) {
            case RAW -> -300;
            case MANGLE -> -150;
            case NAT -> -100;
        };
        return "type " + type + " hook " + chain.name().toLowerCase(Locale.ROOT) + " priority " + priority
                + "; policy accept;";
    }

    private static String line(Family family, Table table, Rule rule) {
        StringBuilder text = new StringBuilder();
        rule.matches().forEach(match -> text.append(match(family, match, "")).append(' '));
        return text.append(verdict(table, rule.verdict())).toString();
    }

    private static String match(Family family, Match match, String not) {
        return switch (match) {
            case Match.Not(Match inner) -> match(family, inner, "!= ");
            case Match.Transport transport -> "meta l4proto " + not + transport.text();
            case Match.State state ->
                "ct state " + not + (state == Match.State.ESTABLISHED ? "established,related" : "invalid");
            case Match.InInterface(String name) -> "iifname " + not + '"' + name + '"';
            case Match.OutInterface(String name) -> "oifname " + not + '"' + name + '"';
            case Match.Source(Cidr range) -> family(family) + " saddr " + not + address(range);
            case Match.Destination(Cidr range) -> family(family) + " daddr " + not + address(range);
            case Match.DestinationPort(Match.Transport transport, List<Integer> ports) ->
                transport.text() + " dport " + not
                        + (ports.size() == 1
                                ? ports.getFirst()
                                : ports.stream().map(String::valueOf).collect(Collectors.joining(", ", "{ ", " }")));
            case Match.SourcePort(Match.Transport transport, int port) -> transport.text() + " sport " + not + port;
            case Match.Owner(Match.Owner.Kind kind, long id) ->
                (kind == Match.Owner.Kind.USER ? "meta skuid " : "meta skgid ") + not + id;
            case Match.Mark(int value) -> "meta mark " + not + value;
            case Match.ConnectionMark(int value) -> "ct mark " + not + value;
        };
    }

    private static String address(Cidr range) {
        return range.isSingle() ? range.host() : range.toString();
    }

    private static String verdict(Table table, Verdict verdict) {
        return switch (verdict) {
            case Verdict.Plain plain ->
                switch (plain) {
                    case RETURN -> "return";
                    case ACCEPT -> "accept";
                    case DROP -> "drop";
                    case SAVE_MARK -> "ct mark set meta mark";
                    case RESTORE_MARK -> "meta mark set ct mark";
                };
            case Verdict.Jump(String chain) -> "jump " + name(table, chain);
            case Verdict.Redirect(int port) -> "redirect to :" + port;
            case Verdict.Tproxy(int port, int mark) -> "meta mark set " + mark + " tproxy to :" + port + " accept";
            case Verdict.SetMark(int mark) -> "meta mark set " + mark;
            case Verdict.Zone(int zone) -> "ct zone set " + zone;
        };
    }
}
