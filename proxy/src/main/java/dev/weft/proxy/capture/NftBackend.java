package dev.weft.proxy.capture;

import java.util.List;
import java.util.Optional;

/** By {@code nft}, in one transaction per family. */
final class NftBackend implements Backend {
    private static final String NFT = "nft";
    private final Commands commands;

    NftBackend(Commands commands) {
        this.commands = commands;
    }

    @Override
    public String name() {
        return "nftables";
    }

    @Override
    public Optional<String> obstacle(RuleSet rules) {
        Commands.Result check = commands.run(List.of(NFT, "-c", "-f", "-"), script(rules));
        return check.succeeded() ? Optional.empty() : Optional.of(Causes.describe(check));
    }

    @Override
    public String script(RuleSet rules) {
        return NftText.script(rules);
    }

    @Override
    public Listing actual(Family family) {
        Commands.Result listed =
                commands.run(List.of(NFT, "-y", "-s", "list", "table", NftText.family(family), NftText.TABLE), "");
        if (!listed.succeeded()) {
            if (listed.err().contains("No such file or directory") || !commands.has(NFT)) {
                return new Listing();
            }
            listed.orFail();
        }
        return NftText.listing(listed.out());
    }

    @Override
    public Listing wanted(RuleSet rules) {
        return NftText.listing(rules);
    }

    @Override
    public void apply(RuleSet rules) {
        commands.run(List.of(NFT, "-f", "-"), script(rules)).orFail();
    }

    @Override
    public void clean(Family family) {
        commands.run(List.of(NFT, "-f", "-"), NftText.delete(family)).orFail();
    }
}
