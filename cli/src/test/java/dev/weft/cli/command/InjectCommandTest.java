package dev.weft.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole command lines of {@code meshctl inject}: what is on which stream, and the exit code. */
final class InjectCommandTest {
    private static final String SERVICE = "apiVersion: v1\nkind: Service # mine\nmetadata: {name: a}\n";
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: a}
            spec: {template: {spec: {containers: [{name: a, image: a}]}}}
            """;
    private static final String DECLINES =
            "apiVersion: v1\nkind: Pod\nmetadata: {name: b, labels: {weft.dev/inject: disabled}}\nspec: {containers: [{name: b, image: b}]}\n";

    @TempDir
    Path folder;

    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final InputStream realIn = System.in;

    private record Ran(int code, String out, String err) {}

    @AfterEach
    void restore() {
        System.setOut(realOut);
        System.setErr(realErr);
        System.setIn(realIn);
    }

    @Test
    void isAFilterThatKeepsWhatHasNoPods() {
        Ran ran = run(SERVICE + "---\n" + DEPLOYMENT, "inject", "-f", "-");

        assertThat(ran.code()).isZero();
        assertThat(ran.out()).startsWith(SERVICE + "---\n").contains("name: weft-proxy");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void saysOnTheErrorStreamWhatIsNotInjectedAndWhy() {
        Ran ran = run(DECLINES, "inject", "-f", "-", "-n", "shop");

        assertThat(ran.code()).isZero();
        assertThat(ran.out()).isEqualTo(DECLINES);
        assertThat(ran.err())
                .isEqualToIgnoringNewLines(
                        "Pod shop/b: not injected: the pod's label or annotation weft.dev/inject says no");
    }

    @Test
    void printsNothingWhereAPodIsRefused() {
        Ran ran = run(
                DEPLOYMENT.replace("image: a}", "image: a, securityContext: {runAsUser: 1337}}"), "inject", "-f", "-");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("Deployment default/a").contains("run as user 1337");
    }

    @Test
    void takesSeveralFilesAndPrintsOneListAsJson() throws IOException {
        Path one = Files.writeString(folder.resolve("one.yaml"), SERVICE);
        Path two = Files.writeString(folder.resolve("two.yaml"), DEPLOYMENT);

        Ran ran = run("", "inject", "-f", one.toString(), "-f", two.toString(), "-o", "json");

        JsonNode list = new ObjectMapper().readTree(ran.out());
        assertThat(list.path("items")).hasSize(2);
        assertThat(list.path("items")
                        .get(1)
                        .path("spec")
                        .path("template")
                        .path("spec")
                        .path("initContainers"))
                .hasSize(2);
    }

    @Test
    void usesTheValuesOfAMeshAndTheVersionOfItsCluster() throws IOException {
        Path values = Files.writeString(folder.resolve("values.yaml"), "proxy: {image: example.org/proxy:1}\n");

        Ran ran = run(DEPLOYMENT, "inject", "-f", "-", "--values", values.toString(), "--kubernetes-version", "1.28");

        assertThat(ran.out()).contains("image: example.org/proxy:1").doesNotContain("restartPolicy");
    }

    @Test
    void saysWhatIsWrongWithTheInput() throws IOException {
        Path values = Files.writeString(folder.resolve("values.yaml"), "proxy: {nativeSidecar: maybe}\n");

        assertThat(run("a: [", "inject", "-f", "-").code()).isEqualTo(2);
        assertThat(run("", "inject", "-f", folder.resolve("none").toString()).code())
                .isEqualTo(2);
        assertThat(run("", "inject", "-f", "-", "--values", values.toString()).err())
                .contains("proxy.nativeSidecar: found \"maybe\"");
    }

    private static Ran run(String input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        int code = Meshctl.execute(arguments);
        return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
