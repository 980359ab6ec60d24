package dev.weft.cli.command;

import dev.weft.cli.helm.HelmEngine;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** The flag that says where the charts lie. Filled by picocli before a command runs. */
final class ChartsOption {
    @Option(
            names = "--charts",
            paramLabel = "DIR",
            defaultValue = "",
            description = "folder of the charts; default: those that came with this tool")
    private String folder = "";

    HelmEngine engine(Map<String, String> environment, String namespace) {
        Path charts = folder.isEmpty() ? Path.of(environment.getOrDefault("WEFT_HOME", ""), "charts") : Path.of(folder);
        return new HelmEngine(charts, namespace);
    }
}
