package dev.weft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.resources.AuthorizationPolicy;
import dev.weft.resources.Problem;
import dev.weft.resources.Sidecar;
import dev.weft.resources.VirtualService;
import dev.weft.resources.WorkloadEntry;
import dev.weft.resources.analyze.ReferenceCheck;
import dev.weft.resources.parse.ParsedFile;
import dev.weft.resources.parse.ResourceParser;
import dev.weft.resources.store.ResourceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The YAML that the demo ships, read as the control plane reads it. */
final class ShippedYamlTest {
    private static final Path BOOKSTORE =
            Path.of(System.getProperty("basedir", ".")).resolve("../examples/bookstore");

    private final ResourceParser parser = new ResourceParser();

    @Test
    void configHasNoProblems() throws IOException {
        ResourceStore store = config();

        assertThat(store.problems()).isEmpty();
        assertThat(store.all(WorkloadEntry.class)).hasSize(Program.values().length);
        assertThat(store.all(Sidecar.class)).hasSize(Program.values().length);
    }

    @Test
    void splitAndDenialAreValid() throws IOException {
        ResourceStore store = config().apply(
                        ImmutableList.of(
                                parse("things-to-try/split-90-10.yaml", "routing.yaml"),
                                parse("things-to-try/deny-frontpage.yaml", "deny-frontpage.yaml")),
                        ImmutableSet.of());

        assertThat(store.problems()).isEmpty();
        assertThat(store.all(VirtualService.class)).hasSize(1);
        assertThat(store.all(AuthorizationPolicy.class)).hasSize(1);
    }

    @Test
    void gatewayIsValidAndLeadsSomewhereButForItsSecret() throws IOException {
        ResourceStore store = config().apply(
                        ImmutableList.of(parse("things-to-try/gateway.yaml", "gateway.yaml")), ImmutableSet.of());

        assertThat(store.problems()).isEmpty();
        assertThat(ReferenceCheck.problems(store, "cluster.local"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).isEqualTo("there is no Secret bookstore"));
    }

    @Test
    void brokenRoutingIsNamedAtItsLineAndTheLastValidVersionStays() throws IOException {
        ResourceStore before = config();

        ResourceStore store = before.apply(
                ImmutableList.of(parse("things-to-try/broken-routing.yaml", "routing.yaml")), ImmutableSet.of());

        int weight = 1
                + Files.readAllLines(BOOKSTORE.resolve("things-to-try/broken-routing.yaml"))
                        .indexOf("          weight: most");
        assertThat(store.problems())
                .filteredOn(problem -> problem.severity() == Problem.Severity.ERROR)
                .anySatisfy(problem -> {
                    assertThat(problem.location().line()).isEqualTo(weight);
                    assertThat(problem.field()).contains("weight");
                });
        assertThat(store.all(VirtualService.class)).isEqualTo(before.all(VirtualService.class));
    }

    private ResourceStore config() throws IOException {
        ImmutableList.Builder<ParsedFile> files = ImmutableList.builder();
        try (Stream<Path> found = Files.list(BOOKSTORE.resolve("config"))) {
            for (Path file : found.sorted().toList()) {
                files.add(parser.parse(file.getFileName().toString(), Files.readString(file)));
            }
        }
        return ResourceStore.EMPTY.replaceAll(files.build());
    }

    private ParsedFile parse(String shipped, String as) throws IOException {
        return parser.parse(as, Files.readString(BOOKSTORE.resolve(shipped)));
    }
}
