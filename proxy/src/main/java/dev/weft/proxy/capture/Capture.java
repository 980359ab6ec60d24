package dev.weft.proxy.capture;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Applies, checks and cleans the rules; {@link Main} hands it the parsed options. Confined to the main thread. */
final class Capture {
    private final CaptureOptions options;
    private final Commands commands;
    private final KernelFacts kernel;
    private final Backends backends;
    private final Routing routing;
    private final PrintStream out;

    Capture(CaptureOptions options, Commands commands, KernelFacts kernel, PrintStream out) {
        this.options = options;
        this.commands = commands;
        this.kernel = kernel;
        this.backends = new Backends(commands, kernel);
        this.routing = new Routing(commands, options);
        this.out = out;
    }

    /** Makes the kernel's rules the wanted ones; whatever of ours is there, by any backend, is replaced. */
    void apply(Backends.Wish wish) {
        List<RuleSet> rules = rules();
        warn();
        Backend backend = backends.choose(wish, rules);
        try {
            for (RuleSet set : rules) {
                routing.apply(set.family());
                backend.apply(set);
            }
            cleanOthers(backend, rules);
        } catch (CaptureException e) {
            takeBack(backend, rules, e);
            throw e;
        }
        List<String> difference = difference(backend, rules);
        if (!difference.isEmpty()) {
            throw new CaptureException("the kernel has other rules than those just written by " + backend.name() + ":\n"
                    + String.join("\n", difference));
        }
        out.println("captured by " + backend.name() + ": " + summary(rules));
    }

    /** Half of the rules are worse than none: the pod would start and lose traffic. */
    private void takeBack(Backend backend, List<RuleSet> rules, CaptureException reason) {
        try {
            rules.forEach(set -> backend.clean(set.family()));
        } catch (CaptureException e) {
            reason.addSuppressed(e);
        }
    }

    private void cleanOthers(Backend chosen, List<RuleSet> rules) {
        List<Family> wanted = rules.stream().map(RuleSet::family).toList();
        for (Backend other : backends.installed(Backends.Wish.AUTO)) {
            for (Family family : Family.values()) {
                boolean ours = other.name().equals(chosen.name()) && wanted.contains(family);
                if (!ours && !found(other, family).isEmpty()) {
                    other.clean(family);
                }
            }
        }
        for (Family family : Family.values()) {
            if (!wanted.contains(family)) {
                routing.clean(family);
            }
        }
    }

    /** What a backend has of ours. One that is installed but that the kernel does not know has nothing. */
    private static Listing found(Backend backend, Family family) {
        try {
            return backend.actual(family);
        } catch (CaptureException e) {
            return new Listing();
        }
    }

    /**
     * What the kernel lacks or has too much; empty where all is as wanted.
     *
     * @throws CaptureException where no backend can tell
     */
    List<String> check(Backends.Wish wish) {
        List<RuleSet> rules = rules();
        List<String> best = List.of("no rules of weft-capture, by any backend");
        List<String> failures = new ArrayList<>();
        List<Backend> installed = backends.installed(wish);
        for (Backend backend : installed) {
            try {
                boolean present = rules.stream()
                        .anyMatch(set -> !backend.actual(set.family()).isEmpty());
                if (present) {
                    best = difference(backend, rules);
                    if (best.isEmpty()) {
                        out.println("in place by " + backend.name() + ": " + summary(rules));
                        return best;
                    }
                }
            } catch (CaptureException e) {
                failures.add(backend.name() + ": " + e.getMessage());
            }
        }
        if (failures.size() == installed.size()) {
            throw new CaptureException("no backend can read the rules\n" + String.join("\n", failures));
        }
        return best;
    }

    private List<String> difference(Backend backend, List<RuleSet> rules) {
        List<String> difference = new ArrayList<>();
        for (RuleSet set : rules) {
            List<String> of = new ArrayList<>(backend.actual(set.family()).differenceTo(backend.wanted(set)));
            of.addAll(routing.missing(set.family()));
            if (!of.isEmpty()) {
                difference.add(set.family() + " by " + backend.name() + ":");
                difference.addAll(of);
            }
        }
        return difference;
    }

    /** Takes away all that is ours, by whatever backend it came. */
    void clean() {
        if (kernel.missingCapabilities().contains("NET_ADMIN")) {
            throw new CaptureException("this process may not change the network: it lacks the capability NET_ADMIN");
        }
        int rules = 0;
        for (Backend backend : backends.installed(Backends.Wish.AUTO)) {
            for (Family family : Family.values()) {
                Listing listing = found(backend, family);
                if (!listing.isEmpty()) {
                    rules += listing.size();
                    backend.clean(family);
                }
            }
        }
        for (Family family : Family.values()) {
            routing.clean(family);
        }
        out.println(rules == 0 ? "nothing to clean" : "cleaned: " + rules + " rules");
    }

    /** Prints what {@link #clean} would take away. */
    void printFound() {
        for (Backend backend : backends.installed(Backends.Wish.AUTO)) {
            for (Family family : Family.values()) {
                found(backend, family).differenceTo(new Listing()).forEach(out::println);
            }
        }
    }

    /** Prints what {@link #apply} would hand to which program. */
    void print(Backends.Wish wish) {
        List<RuleSet> rules = rules();
        warn();
        Backend backend = wish == Backends.Wish.IPTABLES
                ? new IptablesBackend(commands, IptablesBackend.Variant.PLAIN, kernel)
                : new NftBackend(commands);
        for (RuleSet set : rules) {
            out.println("# " + set.family() + ", " + backend.name());
            routing.plan(set.family()).forEach(command -> out.println("# " + String.join(" ", command)));
            out.print(backend.script(set));
        }
    }

    private void warn() {
        if (options.handling().dns() == CaptureOptions.Dns.SERVERS
                && kernel.nameServers().isEmpty()) {
            out.println(
                    "warning: --redirect-dns does nothing: resolv.conf names no server (--capture-all-dns captures all)");
        }
    }

    private List<RuleSet> rules() {
        List<RuleSet> rules = new ArrayList<>();
        rules.add(CaptureRules.of(options, Family.V4, kernel.nameServers()));
        boolean v6 = switch (options.handling().ipv6()) {
            case AUTO -> kernel.hasGlobalIpv6();
            case ON -> true;
            case OFF -> false;
        };
        if (v6) {
            rules.add(CaptureRules.of(options, Family.V6, kernel.nameServers()));
        }
        return rules;
    }

    private String summary(List<RuleSet> rules) {
        StringBuilder text = new StringBuilder();
        for (RuleSet set : rules) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(set.family())
                    .append(' ')
                    .append(set.size());
        }
        text.append(" rules (outbound to ").append(options.ports().outbound());
        text.append(", inbound to ")
                .append(options.ports().inbound())
                .append(" by ")
                .append(options.inbound().mode());
        if (options.handling().dns() != CaptureOptions.Dns.NONE) {
            text.append(", names to ").append(options.ports().dns());
        }
        return text.append(')').toString();
    }
}
