package dev.weft.proxy.capture;

import static dev.weft.proxy.capture.Match.Transport.TCP;
import static dev.weft.proxy.capture.Match.Transport.UDP;
import static dev.weft.proxy.capture.Verdict.Plain.RETURN;

import dev.weft.proxy.capture.CaptureOptions.Mode;
import dev.weft.proxy.capture.Chain.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules that options mean, for one family. Pure; the semantics are those of Istio's rules, in chains of our own.
 *
 * <p>Why this order in {@code nat OUTPUT}: first what the user excludes by port; then what the proxy sends, since a proxy that is
 * captured talks to itself for ever. Of that, only a connection to this pod's own address goes on to the inbound side (the application
 * called its own service and its own pod was picked), unless it comes from the address that the inbound side binds: then it is on its way
 * to the application. What an application sends over lo stays as it is, except for queries of names. Only then comes what is captured.
 */
final class CaptureRules {
    static final String INBOUND = "INBOUND";
    static final String IN_REDIRECT = "IN_REDIRECT";
    static final String REDIRECT = "REDIRECT";
    static final String CAPTURE = "CAPTURE";
    private static final int DNS_PORT = 53;
    private static final Match LO_OUT = new Match.OutInterface("lo");
    /** The proxy's and agent's own ports on the pod's address: health, metrics, probes. */
    private static final List<Integer> OWN_PORTS = List.of(15_020, 15_021, 15_090);

    private final CaptureOptions options;
    private final Family family;
    private final List<Cidr> servers;
    private final List<Match.Owner> owners = new ArrayList<>();

    private CaptureRules(CaptureOptions options, Family family, List<Cidr> servers) {
        this.options = options;
        this.family = family;
        this.servers = servers.stream().filter(s -> s.family() == family).toList();
        options.owners().users().forEach(id -> owners.add(new Match.Owner(Match.Owner.Kind.USER, id)));
        options.owners().groups().forEach(id -> owners.add(new Match.Owner(Match.Owner.Kind.GROUP, id)));
    }

    /** @param servers the name servers of resolv.conf, all families */
    static RuleSet of(CaptureOptions options, Family family, List<Cidr> servers) {
        CaptureRules rules = new CaptureRules(options, family, servers);
        List<Chain> chains = new ArrayList<>();
        rules.raw(chains);
        new MangleRules(options, family, rules.owners, rules.untouchedPorts()).addTo(chains);
        rules.nat(chains);
        return new RuleSet(family, chains);
    }

    // ---- raw: queries of the application and those of the proxy may have equal ports and addresses
    // ------------------------

    private void raw(List<Chain> chains) {
        if (!capturesDns()) {
            return;
        }
        Verdict proxyZone = new Verdict.Zone(1);
        Verdict applicationZone = new Verdict.Zone(2);
        List<Rule> output = new ArrayList<>();
        List<Rule> prerouting = new ArrayList<>();
        for (Match.Owner owner : owners) {
            output.add(Rule.of(proxyZone, port(UDP, DNS_PORT), owner));
            output.add(Rule.of(
                    applicationZone, new Match.SourcePort(UDP, options.ports().dns()), owner));
        }
        Match answer = new Match.SourcePort(UDP, DNS_PORT);
        if (options.handling().dns() == CaptureOptions.Dns.ALL) {
            output.add(Rule.of(applicationZone, port(UDP, DNS_PORT)));
            prerouting.add(Rule.of(proxyZone, answer));
        } else {
            for (Cidr server : servers) {
                output.add(Rule.of(applicationZone, new Match.Destination(server), port(UDP, DNS_PORT)));
                prerouting.add(Rule.of(proxyZone, new Match.Source(server), answer));
            }
        }
        add(chains, Table.RAW, Chain.PREROUTING, prerouting);
        add(chains, Table.RAW, Chain.OUTPUT, output);
    }

    private boolean capturesDns() {
        return switch (options.handling().dns()) {
            case NONE -> false;
            case SERVERS -> !servers.isEmpty();
            case ALL -> true;
        };
    }

    // ---- nat
    // ---------------------------------------------------------------------------------------------------------

    private void nat(List<Chain> chains) {
        add(
                chains,
                Table.NAT,
                REDIRECT,
                List.of(Rule.of(new Verdict.Redirect(options.ports().outbound()), TCP)));
        add(
                chains,
                Table.NAT,
                IN_REDIRECT,
                List.of(Rule.of(new Verdict.Redirect(options.ports().inbound()), TCP)));
        boolean redirectsInbound = options.inbound().mode() == Mode.REDIRECT
                && !options.inbound().included().isEmpty();
        if (redirectsInbound) {
            add(chains, Table.NAT, INBOUND, inbound());
        }
        add(chains, Table.NAT, Chain.PREROUTING, prerouting(redirectsInbound));
        List<Rule> capture = capture();
        add(chains, Table.NAT, CAPTURE, capture);
        add(chains, Table.NAT, Chain.OUTPUT, output(!capture.isEmpty()));
    }

    private List<Integer> untouchedPorts() {
        List<Integer> ports = new ArrayList<>();
        ports.add(options.ports().tunnel());
        ports.addAll(OWN_PORTS);
        options.inbound().excluded().stream().filter(p -> !ports.contains(p)).forEach(ports::add);
        return ports;
    }

    /** Incoming connections to these ports are left alone. */
    static List<Rule> untouched(List<Integer> ports) {
        return ports.stream().map(port -> Rule.of(RETURN, port(TCP, port))).toList();
    }

    /** What fits incoming connections that are captured. */
    static List<Match> capturedPorts(CaptureOptions options) {
        if (options.inbound().included().all()) {
            return List.of(TCP);
        }
        return options.inbound().included().listed().stream()
                .map(port -> port(TCP, port))
                .toList();
    }

    private List<Rule> inbound() {
        List<Rule> rules = new ArrayList<>(untouched(untouchedPorts()));
        capturedPorts(options).forEach(port -> rules.add(Rule.of(new Verdict.Jump(IN_REDIRECT), port)));
        return rules;
    }

    private List<Rule> prerouting(boolean redirectsInbound) {
        List<Rule> rules = new ArrayList<>();
        for (String excluded : options.interfaces().excluded()) {
            rules.add(Rule.of(RETURN, new Match.InInterface(excluded)));
        }
        for (String virtual : options.interfaces().virtual()) {
            Match in = new Match.InInterface(virtual);
            if (options.outbound().included().all()) {
                rules.add(Rule.of(new Verdict.Jump(REDIRECT), in, TCP));
            }
            for (Cidr range : ranges(options.outbound().included().listed())) {
                rules.add(Rule.of(new Verdict.Jump(REDIRECT), new Match.Destination(range), in, TCP));
            }
            rules.add(Rule.of(RETURN, in));
        }
        if (redirectsInbound) {
            rules.add(Rule.of(new Verdict.Jump(INBOUND), TCP));
        }
        return rules;
    }

    private List<Rule> output(boolean captures) {
        List<Rule> rules = new ArrayList<>();
        for (String excluded : options.interfaces().excluded()) {
            rules.add(Rule.of(RETURN, new Match.OutInterface(excluded)));
        }
        for (int port : options.outbound().excludedPorts()) {
            rules.add(Rule.of(RETURN, port(TCP, port)));
            rules.add(Rule.of(RETURN, port(UDP, port)));
        }
        rules.add(Rule.of(RETURN, new Match.Source(family.inboundSource()), LO_OUT));
        if (options.inbound().mode() == Mode.TPROXY) {
            // From the proxy to its application with the address of the client.
            rules.add(Rule.of(
                    RETURN, LO_OUT, TCP, new Match.Mark(options.inbound().mark())));
        }
        ofProxy(rules);
        if (!captures) {
            return rules;
        }
        for (long group : options.outbound().excludedGroups()) {
            rules.add(Rule.of(RETURN, new Match.Owner(Match.Owner.Kind.GROUP, group)));
        }
        Verdict capture = new Verdict.Jump(CAPTURE);
        if (options.outbound().groups().all()) {
            rules.add(Rule.of(capture));
        }
        for (long group : options.outbound().groups().listed()) {
            rules.add(Rule.of(capture, new Match.Owner(Match.Owner.Kind.GROUP, group)));
        }
        return rules;
    }

    private void ofProxy(List<Rule> rules) {
        boolean dns = capturesDns();
        List<Integer> direct = dns
                ? List.of(DNS_PORT, options.ports().tunnel())
                : List.of(options.ports().tunnel());
        for (Match.Owner owner : owners) {
            rules.add(Rule.of(
                    new Verdict.Jump(IN_REDIRECT),
                    new Match.Not(new Match.Destination(family.loopback())),
                    LO_OUT,
                    new Match.Not(new Match.DestinationPort(TCP, direct)),
                    owner));
        }
        owners.forEach(owner -> rules.add(Rule.of(RETURN, owner)));
        boolean loopbackWanted = options.outbound().included().listed().stream().anyMatch(Cidr::isLoopback);
        if (!loopbackWanted) {
            // A name server on lo would be asked past the proxy otherwise.
            rules.add(dns ? Rule.of(RETURN, LO_OUT, new Match.Not(port(TCP, DNS_PORT))) : Rule.of(RETURN, LO_OUT));
        }
    }

    /** Who comes here is an application. */
    private List<Rule> capture() {
        List<Rule> rules = new ArrayList<>();
        Verdict toDns = new Verdict.Redirect(options.ports().dns());
        if (capturesDns()) {
            for (Match.Transport transport : Match.Transport.values()) {
                if (options.handling().dns() == CaptureOptions.Dns.ALL) {
                    rules.add(Rule.of(toDns, port(transport, DNS_PORT)));
                } else {
                    servers.forEach(server ->
                            rules.add(Rule.of(toDns, new Match.Destination(server), port(transport, DNS_PORT))));
                }
            }
        }
        List<Rule> redirects = redirects();
        if (redirects.isEmpty()) {
            return rules;
        }
        rules.add(Rule.of(RETURN, new Match.Destination(family.loopback())));
        for (Cidr range : ranges(options.outbound().excluded())) {
            rules.add(Rule.of(RETURN, new Match.Destination(range)));
        }
        rules.addAll(redirects);
        return rules;
    }

    private List<Rule> redirects() {
        List<Rule> rules = new ArrayList<>();
        Verdict redirect = new Verdict.Jump(REDIRECT);
        for (int port : options.outbound().includedPorts()) {
            rules.add(Rule.of(redirect, port(TCP, port)));
        }
        if (options.outbound().included().all()) {
            rules.add(Rule.of(redirect, TCP));
        }
        for (Cidr range : ranges(options.outbound().included().listed())) {
            rules.add(Rule.of(redirect, new Match.Destination(range), TCP));
        }
        return rules;
    }

    private List<Cidr> ranges(List<Cidr> all) {
        return all.stream().filter(range -> range.family() == family).toList();
    }

    static Match port(Match.Transport transport, int port) {
        return new Match.DestinationPort(transport, List.of(port));
    }

    static void add(List<Chain> chains, Table table, String name, List<Rule> rules) {
        if (!rules.isEmpty()) {
            chains.add(new Chain(table, name, rules));
        }
    }
}
