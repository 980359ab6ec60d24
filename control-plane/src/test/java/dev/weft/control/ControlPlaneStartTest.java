package dev.weft.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a control plane listens, how others learn it, and what keeps it from starting. */
class ControlPlaneStartTest {
    @TempDir
    Path directory;

    @Test
    void saysWhereItListensAndTakesTheNoteAwayAtTheEnd() throws Exception {
        try (TestControlPlane plane = new TestControlPlane(directory)) {
            JsonNode note = new JsonMapper()
                    .readTree(plane.state.resolve("control.json").toFile());

            assertThat(note.path("xdsPort").asInt()).isEqualTo(plane.app.xdsPort());
            assertThat(note.path("httpPort").asInt()).isEqualTo(plane.app.httpPort());
            assertThat(note.path("pid").asLong())
                    .isEqualTo(ProcessHandle.current().pid());
            plane.app.close();
            assertThat(plane.state.resolve("control.json")).doesNotExist();
        }
    }

    @Test
    void saysWhatKeepsItFromStarting() throws Exception {
        try (TestControlPlane plane = new TestControlPlane(directory)) {
            assertThatThrownBy(() -> TestControlPlane.start(
                            "--files=" + plane.files,
                            "--state=" + directory.resolve("other"),
                            "--xds-port=" + plane.app.xdsPort(),
                            "--http-port=0"))
                    .hasMessageContaining("cannot listen on")
                    .hasMessageContaining(String.valueOf(plane.app.xdsPort()));
            assertThatThrownBy(() -> TestControlPlane.start("--files=/nowhere/at/all", "--state=" + plane.state))
                    .hasMessageContaining("/nowhere/at/all");
            assertThatThrownBy(() -> TestControlPlane.start("--files=" + plane.files, "--state=" + plane.state))
                    .hasMessageContaining("is in use by another control plane");
            assertThat(plane.state.resolve("control.json")).exists();
        }
    }
}
