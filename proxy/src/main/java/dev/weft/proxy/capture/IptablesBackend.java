package dev.weft.proxy.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** By iptables-restore and ip6tables-restore, one transaction per table. */
final class IptablesBackend implements Backend {
    private static final List<String> WAIT = List.of("-w", "30");
    private final Commands commands;
    private final Variant variant;
    private final KernelFacts kernel;

    /** Which iptables: both may be installed, and what one wrote the other does not see. */
    enum Variant {
        /** Over nf_tables. */
        NFT("iptables-nft", "iptables (nf_tables)"),
        LEGACY("iptables-legacy", "iptables (legacy)"),
        /** The only one, whatever it is. */
        PLAIN("iptables", "iptables");

        private final String program;
        private final String text;

        Variant(String program, String text) {
            this.program = program;
            this.text = text;
        }
    }

    IptablesBackend(Commands commands, Variant variant, KernelFacts kernel) {
        this.commands = commands;
        this.variant = variant;
        this.kernel = kernel;
    }

    static boolean isInstalled(Commands commands, Variant variant) {
        return commands.has(variant.program + "-restore") && commands.has(variant.program + "-save");
    }

    @Override
    public String name() {
        return variant.text;
    }

    @Override
    public Optional<String> obstacle(RuleSet rules) {
        Commands.Result check = restore(rules.family(), List.of("--test"), script(rules));
        return check.succeeded() ? Optional.empty() : Optional.of(Causes.describe(check));
    }

    @Override
    public String script(RuleSet rules) {
        return IptablesText.restore(rules, "");
    }

    @Override
    public Listing actual(Family family) {
        return IptablesText.listing(save(family));
    }

    @Override
    public Listing wanted(RuleSet rules) {
        return IptablesText.listing(rules);
    }

    @Override
    public void apply(RuleSet rules) {
        restore(rules.family(), List.of(), IptablesText.restore(rules, save(rules.family())))
                .orFail();
    }

    @Override
    public void clean(Family family) {
        String script = IptablesText.restore(new RuleSet(family, List.of()), save(family));
        if (!script.isEmpty()) {
            restore(family, List.of(), script).orFail();
        }
    }

    private Commands.Result restore(Family family, List<String> flags, String script) {
        List<String> command = new ArrayList<>(List.of(program(family) + "-restore"));
        command.addAll(WAIT);
        command.add("--noflush");
        command.addAll(flags);
        return commands.run(command, script);
    }

    /** A table is asked for only if it is there: asking iptables-legacy makes it. */
    private String save(Family family) {
        boolean none = variant == Variant.LEGACY && kernel.legacyTables(family).isEmpty();
        if (none || !commands.has(program(family) + "-save")) {
            return "";
        }
        return commands.run(List.of(program(family) + "-save"), "").orFail().out();
    }

    private String program(Family family) {
        return family == Family.V4 ? variant.program : "ip6" + variant.program.substring("ip".length());
    }
}
