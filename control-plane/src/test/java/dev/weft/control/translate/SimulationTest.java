package dev.weft.control.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.Meshes;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.ProxyViews;
import dev.weft.control.registry.RegistrySnapshot;
import dev.weft.model.ProxyConfig;
import dev.weft.model.match.RequestFactsOf;
import dev.weft.model.route.Forward;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteAction;
import dev.weft.model.route.RouteTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What a client's sidecar does with a request under a set of YAML, asked of the matcher that the proxy runs. A case is a pair of files:
 * {@code NAME.in.yaml}, and {@code NAME.expect} with a line per question:
 *
 * <pre>NAMESPACE[,label=value] TABLE METHOD HOST PATH [header=value ...] -> OUTCOME</pre>
 *
 * The table of a sidecar is a port; a client that is a gateway has {@code router:} before its namespace.
 * The outcome is a cluster, {@code split(cluster:weight ...)}, {@code direct(status)}, {@code redirect(code)} or {@code none}, and in
 * square brackets the rule of the user's that decided.
 */
class SimulationTest {
    @TestFactory
    Stream<DynamicTest> cases() throws IOException {
        Path folder = Path.of(System.getProperty("basedir", "."), "src/test/resources/translate");
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path expect :
                    files.filter(f -> f.toString().endsWith(".expect")).sorted().toList()) {
                String name = expect.getFileName().toString().replace(".expect", "");
                String yaml = Files.readString(folder.resolve(name + ".in.yaml"), StandardCharsets.UTF_8);
                for (String line : Files.readAllLines(expect)) {
                    if (!line.isBlank() && !line.startsWith("#")) {
                        tests.add(DynamicTest.dynamicTest(name + ": " + line, () -> ask(yaml, line)));
                    }
                }
            }
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    private static void ask(String yaml, String line) {
        String[] sides = line.split(" -> ", 2);
        String[] words = sides[0].trim().split("\\s+");
        ClientNode client = client(words[0]);
        ProxyConfig config =
                ProxyTranslator.translate(ProxyViews.cut(RegistrySnapshot.of(Meshes.resources(yaml)), client));
        ImmutableListMultimap.Builder<String, String> headers = ImmutableListMultimap.builder();
        for (int i = 5; i < words.length; i++) {
            String[] pair = words[i].split("=", 2);
            headers.put(pair[0], pair[1]);
        }
        RequestFactsOf request = RequestFactsOf.of(words[2], words[3], words[4], headers.build());
        assertThat(config.routes()).containsKey(words[1]);

        Route route = RouteTable.of(config.routes().get(words[1])).match(request);

        assertThat(outcome(route)).isEqualTo(sides[1].trim());
    }

    private static ClientNode client(String text) {
        boolean gateway = text.startsWith("router:");
        String[] parts = text.substring(gateway ? "router:".length() : 0).split(",");
        ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=", 2);
            labels.put(pair[0], pair[1]);
        }
        ProxyFacts facts = new ProxyFacts(
                ProxyFacts.Client.MESH_PROXY,
                parts[0],
                "client",
                "cluster.local",
                labels.buildOrThrow(),
                ImmutableList.of("127.0.0.1"),
                Optional.empty(),
                "",
                OptionalInt.empty(),
                ProxyFacts.Interception.REDIRECT,
                gateway ? ProxyFacts.Role.GATEWAY : ProxyFacts.Role.SIDECAR);
        return new ClientNode("client", "client", facts, new ClientNode.UserAgent("weft", "test"), OptionalInt.empty());
    }

    private static String outcome(Route route) {
        if (route == null) {
            return "none";
        }
        String action = switch (route.action()) {
            case Forward forward ->
                switch (forward.target()) {
                    case Forward.SingleCluster(String name) -> name;
                    case Forward.WeightedClusters split ->
                        split.clusters().stream()
                                .map(c -> c.name() + ":" + c.weight())
                                .collect(Collectors.joining(" ", "split(", ")"));
                };
            case RouteAction.DirectResponse direct -> "direct(" + direct.status() + ")";
            case RouteAction.Redirect redirect -> "redirect(" + redirect.code() + ")";
            case RouteAction.NonForwarding ignored -> "here";
        };
        return action + route.source().map(s -> " [" + s + "]").orElse("");
    }
}
