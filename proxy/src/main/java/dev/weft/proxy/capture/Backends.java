package dev.weft.proxy.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which backend writes the rules.
 *
 * <p>Why this order: rules of iptables-legacy and of nf_tables in one namespace both apply, in an order that nobody expects, so where
 * others use iptables-legacy we do too. Else nftables first: one program, all or nothing, and newer kernels come without the modules that
 * iptables needs. What the kernel refuses in a trial run is passed over.
 */
final class Backends {
    private final Commands commands;
    private final KernelFacts kernel;

    /** What the user asked for. */
    enum Wish {
        AUTO,
        NFTABLES,
        IPTABLES
    }

    Backends(Commands commands, KernelFacts kernel) {
        this.commands = commands;
        this.kernel = kernel;
    }

    /** All that are installed, the best first. */
    List<Backend> installed(Wish wish) {
        List<Backend> backends = new ArrayList<>();
        if (wish != Wish.IPTABLES && commands.has("nft")) {
            backends.add(new NftBackend(commands));
        }
        if (wish != Wish.NFTABLES) {
            boolean legacyFirst = !kernel.legacyTables(Family.V4).isEmpty()
                    || !kernel.legacyTables(Family.V6).isEmpty();
            List<IptablesBackend.Variant> variants =
                    new ArrayList<>(List.of(IptablesBackend.Variant.NFT, IptablesBackend.Variant.LEGACY));
            variants.removeIf(variant -> !IptablesBackend.isInstalled(commands, variant));
            if (variants.isEmpty() && IptablesBackend.isInstalled(commands, IptablesBackend.Variant.PLAIN)) {
                variants.add(IptablesBackend.Variant.PLAIN);
            }
            for (IptablesBackend.Variant variant : variants) {
                Backend backend = new IptablesBackend(commands, variant, kernel);
                backends.add(legacyFirst && variant == IptablesBackend.Variant.LEGACY ? 0 : backends.size(), backend);
            }
        }
        return backends;
    }

    /** @throws CaptureException when none takes the rules, with the reason of each */
    Backend choose(Wish wish, List<RuleSet> rules) {
        List<Backend> installed = installed(wish);
        StringBuilder reasons = new StringBuilder();
        for (Backend backend : installed) {
            Optional<String> obstacle = rules.stream()
                    .map(backend::obstacle)
                    .flatMap(Optional::stream)
                    .findFirst();
            if (obstacle.isEmpty()) {
                return backend;
            }
            reasons.append("\n").append(backend.name()).append(": ").append(obstacle.get());
        }
        if (installed.isEmpty()) {
            throw new CaptureException("found neither nft nor iptables-restore in PATH: install nftables or iptables");
        }
        List<String> missing = kernel.missingCapabilities();
        String hint = missing.isEmpty() ? "" : "\nthis process lacks the capabilities " + String.join(", ", missing);
        throw new CaptureException("no backend takes the rules" + reasons + hint);
    }
}
