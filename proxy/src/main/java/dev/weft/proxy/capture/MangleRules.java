package dev.weft.proxy.capture;

import static dev.weft.proxy.capture.Match.Transport.TCP;
import static dev.weft.proxy.capture.Verdict.Plain.RETURN;

import dev.weft.proxy.capture.CaptureOptions.Mode;
import dev.weft.proxy.capture.Chain.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules of TPROXY, and those against packets that fit no connection: one family's part of {@link CaptureRules}.
 *
 * <p>Why three marks: the mark (1337) on a packet routes it to this host. A connection on which the proxy speaks to its application with
 * the address of the client gets the mark as its own, so that the application's answers, which are for the client, come back to the
 * proxy. The next number (1338) is on what the proxy sends to its own pod: only that is captured when it comes in by lo.
 */
final class MangleRules {
    static final String DIVERT = "DIVERT";
    static final String TPROXY = "TPROXY";
    private static final Match LO_IN = new Match.InInterface("lo");
    private static final Match LO_OUT = new Match.OutInterface("lo");

    private final CaptureOptions options;
    private final Family family;
    private final List<Match.Owner> owners;
    private final List<Integer> untouchedPorts;

    MangleRules(CaptureOptions options, Family family, List<Match.Owner> owners, List<Integer> untouchedPorts) {
        this.options = options;
        this.family = family;
        this.owners = owners;
        this.untouchedPorts = untouchedPorts;
    }

    void addTo(List<Chain> chains) {
        boolean transparent = options.inbound().mode() == Mode.TPROXY
                && !options.inbound().included().isEmpty();
        if (transparent) {
            int mark = options.inbound().mark();
            CaptureRules.add(
                    chains,
                    Table.MANGLE,
                    DIVERT,
                    List.of(Rule.of(new Verdict.SetMark(mark)), Rule.of(Verdict.Plain.ACCEPT)));
            Match elsewhere = new Match.Not(new Match.Destination(family.loopback()));
            CaptureRules.add(
                    chains,
                    Table.MANGLE,
                    TPROXY,
                    List.of(
                            Rule.of(new Verdict.Tproxy(options.ports().inbound(), mark), elsewhere, TCP),
                            // Without the proxy's socket nothing may reach the application past it.
                            Rule.of(Verdict.Plain.DROP, elsewhere, TCP)));
            CaptureRules.add(chains, Table.MANGLE, CaptureRules.INBOUND, inbound());
        }
        CaptureRules.add(chains, Table.MANGLE, Chain.PREROUTING, prerouting(transparent));
        if (transparent) {
            CaptureRules.add(chains, Table.MANGLE, Chain.OUTPUT, output());
        }
    }

    private List<Rule> inbound() {
        int mark = options.inbound().mark();
        List<Rule> rules = new ArrayList<>();
        rules.add(Rule.of(RETURN, TCP, new Match.Mark(mark)));
        rules.add(Rule.of(RETURN, new Match.Source(family.inboundSource()), LO_IN, TCP));
        rules.add(Rule.of(RETURN, LO_IN, TCP, new Match.Not(new Match.Mark(mark + 1))));
        rules.addAll(CaptureRules.untouched(untouchedPorts));
        for (Match port : CaptureRules.capturedPorts(options)) {
            rules.add(Rule.of(new Verdict.Jump(DIVERT), port, Match.State.ESTABLISHED));
            rules.add(Rule.of(new Verdict.Jump(TPROXY), port));
        }
        return rules;
    }

    private List<Rule> prerouting(boolean transparent) {
        List<Rule> rules = new ArrayList<>();
        boolean dropsInvalid = options.handling().invalid() == CaptureOptions.Invalid.DROP;
        if (transparent || dropsInvalid) {
            for (String excluded : options.interfaces().excluded()) {
                rules.add(Rule.of(RETURN, new Match.InInterface(excluded)));
            }
        }
        if (dropsInvalid) {
            rules.add(Rule.of(Verdict.Plain.DROP, Match.State.INVALID));
        }
        if (transparent) {
            rules.add(Rule.of(new Verdict.Jump(CaptureRules.INBOUND), TCP));
            rules.add(Rule.of(
                    Verdict.Plain.SAVE_MARK,
                    TCP,
                    new Match.Mark(options.inbound().mark())));
        }
        return rules;
    }

    private List<Rule> output() {
        int mark = options.inbound().mark();
        List<Rule> rules = new ArrayList<>();
        for (String excluded : options.interfaces().excluded()) {
            rules.add(Rule.of(RETURN, new Match.OutInterface(excluded)));
        }
        rules.add(Rule.of(RETURN, LO_OUT, TCP, new Match.Mark(mark)));
        for (Match.Owner owner : owners) {
            rules.add(Rule.of(
                    new Verdict.SetMark(mark + 1),
                    new Match.Not(new Match.Destination(family.loopback())),
                    LO_OUT,
                    TCP,
                    owner));
        }
        rules.add(Rule.of(Verdict.Plain.RESTORE_MARK, TCP, new Match.ConnectionMark(mark)));
        return rules;
    }
}
