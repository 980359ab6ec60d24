package dev.weft.cli.command;

import dev.weft.cli.cluster.ClusterAccess;
import dev.weft.cli.control.MeshAccess;
import dev.weft.cli.control.RunningDemos;
import dev.weft.cli.control.StandaloneAccess;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.Failure;
import dev.weft.cli.output.Format;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags that every command shares; each has a twin {@code MESHCTL_*} in the environment. Filled by picocli before a command runs. */
final class Options {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this help")
    private boolean help;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, json or yaml. Only json and yaml are stable; tables may change.")
    Format format = Format.TABLE;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NS",
            defaultValue = "${env:MESHCTL_NAMESPACE:-}",
            description = "only this namespace")
    String namespace = "";

    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "${env:MESHCTL_SERVER:-}",
            description = "HTTP API of the control plane; default: the running demo's, else the cluster's")
    String server = "";

    @Option(
            names = "--port-base",
            paramLabel = "N",
            defaultValue = "${env:MESHCTL_PORT_BASE:-0}",
            description = "the demo with this port base, where several run")
    int portBase;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "how long to wait for an answer (default: ${DEFAULT-VALUE})")
    int timeoutSeconds = 5;

    @Option(names = "--color", paramLabel = "WHEN", defaultValue = "auto", description = "auto, always or never")
    Console.ColorChoice color = Console.ColorChoice.AUTO;

    @Option(
            names = {"-q", "--quiet"},
            description = "no hints beside the answer")
    boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "stack traces of failures")
    boolean verbose;

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    Console console() {
        return Console.of(System.getenv(), color, quiet ? Console.Notes.HIDDEN : Console.Notes.SHOWN);
    }

    Duration timeout() {
        return Duration.ofSeconds(Math.max(1, timeoutSeconds));
    }

    OptionalInt chosenPortBase() {
        return portBase == 0 ? OptionalInt.empty() : OptionalInt.of(portBase);
    }

    /** The mesh that is meant: the one named, else the running demo's, else the one of the current cluster. */
    MeshAccess access() {
        if (!server.isEmpty()) {
            return new StandaloneAccess(uri(server), timeout());
        }
        boolean demo =
                portBase != 0 || RunningDemos.of(System.getenv()).all().stream().anyMatch(RunningDemos.Demo::alive);
        if (cluster.named() || !demo && cluster.find(System.getenv()).isPresent()) {
            return new ClusterAccess(cluster.cluster(timeout()), timeout());
        }
        return new StandaloneAccess(demo(System.getenv()).http(), timeout());
    }

    RunningDemos.Demo demo(Map<String, String> environment) {
        RunningDemos demos = RunningDemos.of(environment);
        if (portBase == 0) {
            return demos.theOne();
        }
        return demos.find(portBase)
                .orElseThrow(() -> Failure.noAnswer(
                        "no demo with port base " + portBase + " runs",
                        demos.home() + " has no " + portBase,
                        "meshctl demo status"));
    }

    static URI uri(String text) {
        try {
            URI uri = URI.create(text.contains("://") ? text : "http://" + text);
            if (uri.getHost() == null) {
                throw new IllegalArgumentException("it names no host");
            }
            return uri;
        } catch (IllegalArgumentException e) {
            throw Failure.wrongQuestion(
                            "cannot use " + text, String.valueOf(e.getMessage()), "expected http://HOST:PORT")
                    .causedBy(e);
        }
    }
}
