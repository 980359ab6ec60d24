package dev.weft.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.tests.cluster.Document.Place;
import dev.weft.tests.cluster.Document.Step;
import dev.weft.tests.mesh.Prerequisite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs what the documents tell their readers to run on a cluster: every command, in the order of reading, in a shell, from a cluster without Weft to one without
 * Weft. What a document shows as output must look like what comes. {@link Document} says which comments steer it.
 */
@OnCluster
@Timeout(400)
class DocumentedCommandsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration LIMIT = Duration.ofSeconds(200);
    private static final String INSTALL = "docs/install.md";

    private static Kubectl kubectl;
    private static Map<String, String> environment;

    private final Set<String> ran = new HashSet<>();
    // All that is wrong in one run: it takes minutes.
    private final SoftAssertions softly = new SoftAssertions();

    @BeforeAll
    static void tools(Cluster cluster, @TempDir Path tools) throws IOException {
        cluster.requireLocal();
        cluster.image("control");
        kubectl = cluster.kubectl();
        Files.createSymbolicLink(tools.resolve("kubectl"), cluster.kubeconfig().resolveSibling("kubectl"));
        Files.createSymbolicLink(tools.resolve("helm"), cluster.helm());
        Files.createSymbolicLink(tools.resolve("meshctl"), ROOT.resolve("meshctl"));
        environment = Map.of(
                "PATH",
                tools + ":" + Prerequisite.value("PATH"),
                "KUBECONFIG",
                cluster.kubeconfig().toString());
    }

    @AfterEach
    void leavesNothing() {
        // Also where a test broke off: each for itself.
        shell("if [ -e /tmp/weft.yaml ]; then kubectl delete -f /tmp/weft.yaml --ignore-not-found; fi");
        shell("./meshctl uninstall --purge --wait 90");
        shell("kubectl delete namespace bookstore --ignore-not-found");
        shell("kubectl label namespace default weft.dev/inject-");
        shell("rm -f /tmp/weft.yaml /tmp/bookstore.key /tmp/bookstore.crt");

        String left = kubectl.run(
                "get",
                "customresourcedefinitions,mutatingwebhookconfigurations,validatingwebhookconfigurations,clusterroles,clusterrolebindings,namespaces",
                "-o",
                "name");
        assertThat(left.lines().filter(name -> name.contains("weft") || name.contains("istio")))
                .isEmpty();
        assertThat(kubectl.run("get", "configmaps", "-A", "-o", "name").lines().filter(name -> name.contains("weft")))
                .isEmpty();
    }

    @Test
    void aReaderInstallsTriesOperatesMendsAndRemoves(Cluster cluster) {
        cluster.gatewayApi();

        run(INSTALL, Document.MAIN);
        run("README.md", "kubernetes");
        run("examples/bookstore/kubernetes/README.md", Document.MAIN);
        run("docs/operations.md", Document.MAIN);
        run("docs/troubleshooting.md", Document.MAIN);
        run(INSTALL, "removal");
        softly.assertAll();
    }

    @Test
    void helmDoesTheSame() {
        run(INSTALL, "helm");
        softly.assertAll();
    }

    @Test
    void soDoesTheYamlOfADryRun() {
        run(INSTALL, "yaml");
        softly.assertAll();
    }

    private void run(String file, String part) {
        Document document = Document.read(ROOT.resolve(file));
        ImmutableList<Step> steps = document.part(part);
        assertThat(steps).as("commands of " + file + ", part " + part).isNotEmpty();
        for (Step step : steps) {
            String where = file + ":" + step.line();
            if (step.unrun().isPresent()) {
                System.out.println(where + "  not run, because " + step.unrun().get() + ": " + step.commands());
                if (step.unrun().get().endsWith(" has run it")) {
                    softly.assertThat(ran)
                            .as("what %s says that has been run", where)
                            .containsAll(step.lines());
                }
                continue;
            }
            if (step.place() == Place.TEXT && ran.containsAll(step.lines())) {
                continue;
            }
            ran.addAll(step.lines());
            long start = System.nanoTime();
            Outcome outcome = shell(step.commands());
            System.out.println(String.format(
                    Locale.ROOT, "%s  %.1f s  %s", where, (System.nanoTime() - start) / 1e9, step.commands()));
            String output = outcome.out() + outcome.err();
            softly.assertThat(outcome.exit())
                    .as("exit code of what %s says:%n%s%n%s", where, step.commands(), output)
                    .isEqualTo(step.expected().exit());
            softly.assertThat(Document.unlike(step.expected().shown(), output))
                    .as("what %s shows and does not come:%n%s%n%s", where, step.commands(), output)
                    .isEmpty();
        }
    }

    private static Outcome shell(String commands) {
        return Command.run(
                List.of("bash", "-euo", "pipefail", "-c", "cd '" + ROOT + "'\n" + commands), environment, "", LIMIT);
    }
}
