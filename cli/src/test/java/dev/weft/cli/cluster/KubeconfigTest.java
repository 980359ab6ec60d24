package dev.weft.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.cli.output.Failure;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KubeconfigTest {
    @TempDir
    private Path folder;

    @Test
    void theFlagComesBeforeTheVariableAndTheVariableBeforeTheHome() throws IOException {
        Path named = Files.writeString(folder.resolve("named"), "");
        Path variable = Files.writeString(folder.resolve("variable"), "");
        Path home = Files.createDirectories(folder.resolve(".kube")).resolve("config");
        Files.writeString(home, "");
        var both =
                Map.of("HOME", folder.toString(), "KUBECONFIG", folder.resolve("none") + File.pathSeparator + variable);

        assertThat(Kubeconfig.find(both, named.toString(), "").orElseThrow().file())
                .isEqualTo(named);
        assertThat(Kubeconfig.find(both, "", "").orElseThrow().file()).isEqualTo(variable);
        assertThat(Kubeconfig.find(Map.of("HOME", folder.toString()), "", "")
                        .orElseThrow()
                        .file())
                .isEqualTo(home);
        assertThat(Kubeconfig.find(Map.of("HOME", folder.resolve("none").toString()), "", ""))
                .isEmpty();
        assertThatThrownBy(() -> Kubeconfig.find(both, folder.resolve("none").toString(), ""))
                .isInstanceOf(Failure.class);
    }

    @Test
    void theChosenContextBecomesTheCurrentOneAndSecretsAreNotPrinted() throws IOException {
        Path file = Files.writeString(
                folder.resolve("config"),
                "apiVersion: v1\ncurrent-context: a\nusers: [{name: u, user: {token: secret}}]\n");

        assertThat(new Kubeconfig(file, "b").text())
                .contains("current-context: \"b\"")
                .contains("secret");
        assertThat(new Kubeconfig(file, "").text()).contains("current-context: a");
        assertThat(new Kubeconfig(file, "b").toString()).doesNotContain("secret");
    }
}
