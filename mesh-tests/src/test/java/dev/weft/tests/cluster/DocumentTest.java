package dev.weft.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.tests.cluster.Document.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How commands are found in a document. Needs no cluster. */
class DocumentTest {
    @TempDir
    Path folder;

    @Test
    void takesBlocksAndWhatStandsInTheText() throws IOException {
        Document document = document("""
                Run `kubectl get pods`, but not `weft.yaml`.

                ```
                helm list
                ```

                ```yaml
                kind: Pod
                ```

                | `meshctl a \\| wc` | table |
                """);

        assertThat(document.steps())
                .extracting(Step::commands)
                .containsExactly("kubectl get pods", "helm list", "meshctl a | wc");
        assertThat(document.steps()).extracting(Step::line).containsExactly(1, 4, 11);
    }

    @Test
    void commentsHoldForWhatFollowsThem() throws IOException {
        Document document = document("""
                <!-- tested: as helm, yaml -->
                <!-- tested: exit 1 for list -->
                ```
                helm list
                ```

                <!-- tested: not, because it takes an hour -->
                First `kubectl a`,
                then `kubectl b`.

                And `kubectl c`.
                """);

        assertThat(document.part("helm"))
                .extracting(step -> step.expected().exit())
                .containsExactly(1);
        assertThat(document.part("main"))
                .extracting(step -> step.unrun().orElse(""))
                .containsExactly("it takes an hour", "it takes an hour", "");
    }

    @Test
    void placeholdersAreFilledAndWhatIsShownIsKept() throws IOException {
        Document document = document("""
                <!-- tested: with POD=$(kubectl get pod) -->
                <!-- tested: after sleep 1 -->
                ```
                kubectl logs POD
                ```

                <!-- tested: shows -->
                ```
                hello
                ```
                """);

        assertThat(document.steps())
                .extracting(Step::commands)
                .containsExactly("sleep 1", "kubectl logs $(kubectl get pod)");
        assertThat(document.steps().getLast().expected().shown()).containsExactly("hello");
    }

    @Test
    void anUnknownCommentIsAnError() {
        assertThatThrownBy(() -> document("<!-- tested: maybe -->"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected as, not, after");
    }

    @Test
    void outputMayDifferInFiguresOnly() {
        List<String> shown = List.of("NAME    RPS", "web-1  20.0", "...");

        assertThat(Document.unlike(shown, "NAME  RPS\nweb-77f-x2  3.1\n")).isEmpty();
        assertThat(Document.unlike(shown, "NAME  RATE\nweb-77f-x2  3.1\n")).containsExactly("NAME    RPS");
    }

    private Document document(String text) throws IOException {
        return Document.read(Files.writeString(folder.resolve("page.md"), text));
    }
}
