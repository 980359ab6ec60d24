package dev.weft.proxy.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which programs run in which order, on machines that are not there; the kernel itself is tried in mesh-tests. */
final class CaptureTest {
    private static final String NFT_CHECK = "nft -c -f -";
    private static final String NFT_LIST = "nft -y -s list table ip weft";
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @TempDir
    Path root;

    @Test
    void writesByNftablesWhereTheKernelTakesIt() {
        ScriptedCommands machine = new ScriptedCommands("nft", "ip", "iptables-nft-restore", "iptables-nft-save");
        machine.answer(NFT_LIST, 0, NftText.script(rules()), "");

        capture(machine).apply(Backends.Wish.AUTO);

        assertThat(machine.ran).contains(NFT_CHECK, "nft -f -");
        assertThat(machine.ran).noneMatch(line -> line.contains("restore"));
        assertThat(output())
                .startsWith("captured by nftables: IPv4 ")
                .contains("outbound to 15001, inbound to 15006 by REDIRECT");
    }

    @Test
    void fallsBackToIptablesWhereTheKernelLacksNftables() {
        ScriptedCommands machine = new ScriptedCommands(
                "nft",
                "ip",
                "iptables-nft-restore",
                "iptables-nft-save",
                "iptables-legacy-restore",
                "iptables-legacy-save");
        machine.answer(NFT_CHECK, 1, "", "Error: Could not process rule: No such file or directory");
        machine.answer(NFT_LIST, 1, "", "Error: No such file or directory");
        machine.answer(
                "iptables-nft-restore -w 30 --noflush --test",
                4,
                "",
                "iptables-nft-restore: unable to initialize table 'nat'");
        machine.answer("iptables-legacy-save", 0, IptablesText.restore(rules(), ""), "");
        kernelFile("proc/net/ip_tables_names", "");

        assertThatThrownBy(() -> capture(machine).apply(Backends.Wish.AUTO))
                .as("the scripted kernel lists no legacy tables, so it seems to have kept nothing")
                .hasMessageContaining("the kernel has other rules than those just written by iptables (legacy)")
                .hasMessageContaining("  + -A WEFT_REDIRECT -p tcp -j REDIRECT --to-ports 15001");
        assertThat(machine.ran).contains("iptables-legacy-restore -w 30 --noflush");
    }

    @Test
    void staysWithIptablesLegacyWhereOthersUseIt() {
        ScriptedCommands machine = new ScriptedCommands("nft", "ip", "iptables-legacy-restore", "iptables-legacy-save");
        kernelFile("proc/net/ip_tables_names", "nat\nfilter\n");
        machine.answer(NFT_LIST, 1, "", "Error: No such file or directory");
        machine.answer("iptables-legacy-save", 0, IptablesText.restore(rules(), ""), "");

        capture(machine).apply(Backends.Wish.AUTO);

        assertThat(output()).startsWith("captured by iptables (legacy)");
        assertThat(machine.ran).doesNotContain("nft -f -");
    }

    @Test
    void saysWhatIsMissing() {
        ScriptedCommands machine = new ScriptedCommands("nft", "ip");
        machine.answer(NFT_CHECK, 1, "", "Error: Could not process rule: Operation not permitted");
        kernelFile("proc/self/status", "CapEff:\t0000000000000000\n");

        assertThatThrownBy(() -> capture(machine).apply(Backends.Wish.AUTO))
                .hasMessageContaining("no backend takes the rules")
                .hasMessageContaining("nft -c -f - failed (exit 1)")
                .hasMessageContaining("it said: Error: Could not process rule: Operation not permitted")
                .hasMessageContaining("it must run as root with the capabilities NET_ADMIN and NET_RAW")
                .hasMessageContaining("this process lacks the capabilities NET_ADMIN, NET_RAW");
        assertThatThrownBy(() -> capture(new ScriptedCommands("ip")).apply(Backends.Wish.AUTO))
                .hasMessageContaining("found neither nft nor iptables-restore in PATH");
    }

    @Test
    void takesHalfWrittenRulesBack() {
        ScriptedCommands machine = new ScriptedCommands("nft", "ip");
        machine.answer("nft -f -", 1, "", "Error: Could not process rule: Device or resource busy");

        assertThatThrownBy(() -> capture(machine).apply(Backends.Wish.AUTO))
                .hasMessageContaining("nft -f - failed (exit 1)");
    }

    @Test
    void capturesIpv6WhereThePodHasAnAddress() {
        ScriptedCommands machine = new ScriptedCommands("nft");
        kernelFile("proc/net/if_inet6", """
                00000000000000000000000000000001 01 80 10 80       lo
                fe800000000000000000000000000001 02 40 20 80     eth0
                """);

        capture(machine).print(Backends.Wish.NFTABLES);
        String linkOnly = output();
        kernelFile("proc/net/if_inet6", "fd000000000000000000000000000001 02 40 00 80     eth0\n");
        capture(machine).print(Backends.Wish.NFTABLES);

        assertThat(linkOnly).contains("table ip weft").doesNotContain("table ip6 weft");
        assertThat(output()).contains("table ip6 weft", "# ip -6 addr add ::6/128 dev lo");
    }

    private Capture capture(ScriptedCommands machine) {
        printed.reset();
        return new Capture(
                options(), machine, new KernelFacts(root), new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    private String output() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static CaptureOptions options() {
        return new OptionParser(List.of()).options();
    }

    private static RuleSet rules() {
        return CaptureRules.of(options(), Family.V4, List.of());
    }

    private void kernelFile(String name, String content) {
        Path file = root.resolve(name);
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
