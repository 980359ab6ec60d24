package dev.weft.proxy.capture;

import dev.weft.proxy.capture.CaptureOptions.Dns;
import dev.weft.proxy.capture.CaptureOptions.Handling;
import dev.weft.proxy.capture.CaptureOptions.Inbound;
import dev.weft.proxy.capture.CaptureOptions.Interfaces;
import dev.weft.proxy.capture.CaptureOptions.Invalid;
import dev.weft.proxy.capture.CaptureOptions.Ipv6;
import dev.weft.proxy.capture.CaptureOptions.Mode;
import dev.weft.proxy.capture.CaptureOptions.Outbound;
import dev.weft.proxy.capture.CaptureOptions.Owners;
import dev.weft.proxy.capture.CaptureOptions.Ports;
import dev.weft.proxy.capture.CaptureOptions.Selection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Flags to {@link CaptureOptions}: the names and letters of istio-iptables, and a few of our own. Pure. */
final class OptionParser {
    private static final Map<String, String> LETTERS = Map.ofEntries(
            Map.entry("-p", "--envoy-port"),
            Map.entry("-z", "--inbound-capture-port"),
            Map.entry("-e", "--inbound-tunnel-port"),
            Map.entry("-u", "--proxy-uid"),
            Map.entry("-g", "--proxy-gid"),
            Map.entry("-m", "--istio-inbound-interception-mode"),
            Map.entry("-t", "--istio-inbound-tproxy-mark"),
            Map.entry("-r", "--istio-inbound-tproxy-route-table"),
            Map.entry("-b", "--istio-inbound-ports"),
            Map.entry("-d", "--istio-local-exclude-ports"),
            Map.entry("-i", "--istio-service-cidr"),
            Map.entry("-x", "--istio-service-exclude-cidr"),
            Map.entry("-q", "--istio-outbound-ports"),
            Map.entry("-o", "--istio-local-outbound-ports-exclude"),
            Map.entry("-k", "--kube-virt-interfaces"),
            Map.entry("--istio-reroute-virtual-interfaces", "--kube-virt-interfaces"),
            Map.entry("-c", "--istio-exclude-interfaces"));
    private static final Set<String> WITH_VALUE = Set.of(
            "--envoy-port",
            "--inbound-capture-port",
            "--inbound-tunnel-port",
            "--dns-port",
            "--proxy-uid",
            "--proxy-gid",
            "--istio-inbound-interception-mode",
            "--istio-inbound-tproxy-mark",
            "--istio-inbound-tproxy-route-table",
            "--istio-inbound-ports",
            "--istio-local-exclude-ports",
            "--istio-service-cidr",
            "--istio-service-exclude-cidr",
            "--istio-outbound-ports",
            "--istio-local-outbound-ports-exclude",
            "--kube-virt-interfaces",
            "--istio-exclude-interfaces",
            "--outbound-owner-groups",
            "--outbound-owner-groups-exclude",
            "--backend",
            "--ipv6");
    private static final Set<String> SWITCHES =
            Set.of("--redirect-dns", "--capture-all-dns", "--drop-invalid", "--dry-run");

    private final Map<String, String> values = new HashMap<>();
    private final Set<String> switches = new HashSet<>();

    /** @throws IllegalArgumentException naming the flag and what is wrong with it */
    OptionParser(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.indexOf('=');
            String written = equals > 0 ? argument.substring(0, equals) : argument;
            String flag = LETTERS.getOrDefault(written, written);
            if (WITH_VALUE.contains(flag)) {
                if (equals < 0 && i + 1 == arguments.size()) {
                    throw new IllegalArgumentException(written + ": a value is missing");
                }
                values.put(flag, equals < 0 ? arguments.get(++i) : argument.substring(equals + 1));
            } else if (SWITCHES.contains(flag)) {
                if (equals < 0 || Boolean.parseBoolean(argument.substring(equals + 1))) {
                    switches.add(flag);
                }
            } else {
                throw new IllegalArgumentException("unknown flag " + written);
            }
        }
    }

    boolean isDryRun() {
        return switches.contains("--dry-run");
    }

    Backends.Wish backend() {
        return choice("--backend", "auto", Backends.Wish.class);
    }

    CaptureOptions options() {
        List<Long> users = list("--proxy-uid", "1337", OptionParser::number);
        Selection<Cidr> included = selection("--istio-service-cidr", Cidr::parse);
        return new CaptureOptions(
                new Ports(
                        port("--envoy-port", Ports.DEFAULT.outbound()),
                        port("--inbound-capture-port", Ports.DEFAULT.inbound()),
                        port("--inbound-tunnel-port", Ports.DEFAULT.tunnel()),
                        port("--dns-port", Ports.DEFAULT.dns())),
                new Owners(users, list("--proxy-gid", "1337", OptionParser::number)),
                new Inbound(
                        choice("--istio-inbound-interception-mode", "redirect", Mode.class),
                        parse("--istio-inbound-tproxy-mark", "1337", OptionParser::mark),
                        parse("--istio-inbound-tproxy-route-table", "133", OptionParser::mark),
                        selection("--istio-inbound-ports", OptionParser::parsePort),
                        list("--istio-local-exclude-ports", "", OptionParser::parsePort)),
                new Outbound(
                        included,
                        list("--istio-service-exclude-cidr", "", Cidr::parse),
                        list("--istio-outbound-ports", "", OptionParser::parsePort),
                        list("--istio-local-outbound-ports-exclude", "", OptionParser::parsePort),
                        selection("--outbound-owner-groups", OptionParser::number),
                        list("--outbound-owner-groups-exclude", "", OptionParser::number)),
                new Interfaces(
                        list("--kube-virt-interfaces", "", OptionParser::interfaceName),
                        list("--istio-exclude-interfaces", "", OptionParser::interfaceName)),
                new Handling(
                        dns(),
                        switches.contains("--drop-invalid") ? Invalid.DROP : Invalid.KEEP,
                        choice("--ipv6", "auto", Ipv6.class)));
    }

    private Dns dns() {
        if (switches.contains("--capture-all-dns")) {
            return Dns.ALL;
        }
        return switches.contains("--redirect-dns") ? Dns.SERVERS : Dns.NONE;
    }

    private int port(String flag, int otherwise) {
        return parse(flag, String.valueOf(otherwise), OptionParser::parsePort);
    }

    /** All where the flag is absent or {@code *}; nothing where it is empty. */
    private <T> Selection<T> selection(String flag, Function<String, T> parser) {
        String value = values.getOrDefault(flag, "*").strip();
        return value.equals("*") ? new Selection<>(true, List.of()) : new Selection<>(false, list(flag, "", parser));
    }

    private <T> List<T> list(String flag, String otherwise, Function<String, T> parser) {
        return List.of(values.getOrDefault(flag, otherwise).split(",")).stream()
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .map(word -> parsed(flag, word, parser))
                .distinct()
                .toList();
    }

    private <T> T parse(String flag, String otherwise, Function<String, T> parser) {
        return parsed(flag, values.getOrDefault(flag, otherwise).strip(), parser);
    }

    private <T extends Enum<T>> T choice(String flag, String otherwise, Class<T> type) {
        return parse(flag, otherwise, word -> {
            try {
                return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("'" + word + "' is none of " + List.of(type.getEnumConstants()), e);
            }
        });
    }

    private static <T> T parsed(String flag, String word, Function<String, T> parser) {
        try {
            return parser.apply(word);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(flag + ": " + e.getMessage(), e);
        }
    }

    private static int parsePort(String word) {
        long port = number(word);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("'" + word + "' is no port (1 to 65535)");
        }
        return (int) port;
    }

    private static int mark(String word) {
        long mark = number(word);
        if (mark < 1 || mark >= Integer.MAX_VALUE) {
            throw new IllegalArgumentException("'" + word + "' is not within 1 to 2147483646");
        }
        return (int) mark;
    }

    private static long number(String word) {
        try {
            return Integer.parseUnsignedInt(word) & 0xFFFF_FFFFL;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + word + "' is no number", e);
        }
    }

    /** The kernel takes any 15 bytes; these would break out of the text of a rule. */
    private static String interfaceName(String word) {
        if (word.length() > 15 || !word.matches("[\\w.+:@*-]+")) {
            throw new IllegalArgumentException("'" + word + "' is no name of a network interface");
        }
        return word;
    }
}
