package dev.weft.proxy.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The flags of each {@code case.flags} mean the rules of {@code case.iptables}, {@code case.ip6tables}, {@code case.ip.nft} and
 * {@code case.ip6.nft}; {@code -Dgolden.update} rewrites them. The resolvers are 10.96.0.10 and fd00:96::a.
 */
final class RuleFilesTest {
    private static final Path FOLDER = Path.of("src/test/resources/capture");
    private static final List<Cidr> SERVERS = List.of(Cidr.parse("10.96.0.10"), Cidr.parse("fd00:96::a"));

    @TestFactory
    Stream<DynamicTest> flagsMeanTheRulesOfTheirFiles() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".flags")).sorted().toList().stream()
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> compare(file)));
        }
    }

    private static void compare(Path file) throws IOException {
        String name = file.getFileName().toString().replace(".flags", "");
        List<String> flags = List.of(Files.readString(file).strip().split(" ")).stream()
                .filter(word -> !word.isEmpty())
                .toList();
        CaptureOptions options = new OptionParser(flags).options();

        RuleSet v4 = CaptureRules.of(options, Family.V4, SERVERS);
        RuleSet v6 = CaptureRules.of(options, Family.V6, SERVERS);

        check(name + ".iptables", IptablesText.restore(v4, ""));
        check(name + ".ip6tables", IptablesText.restore(v6, ""));
        check(name + ".ip.nft", NftText.script(v4));
        check(name + ".ip6.nft", NftText.script(v6));
        for (RuleSet rules : List.of(v4, v6)) {
            assertThat(IptablesText.listing(rules).size())
                    .as("rules and one jump per entry")
                    .isEqualTo(rules.size()
                            + (int) rules.chains().stream()
                                    .filter(Chain::isEntry)
                                    .count());
        }
    }

    private static void check(String name, String rules) {
        Path file = FOLDER.resolve(name);
        try {
            if (System.getProperty("golden.update") != null) {
                Files.writeString(file, rules);
            }
            assertThat(rules).as(name).isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
