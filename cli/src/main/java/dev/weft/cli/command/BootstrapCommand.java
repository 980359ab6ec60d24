package dev.weft.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import dev.weft.cli.bootstrap.PrivateFiles;
import dev.weft.cli.bootstrap.SidecarBootstrap;
import dev.weft.cli.bootstrap.SidecarBootstrap.Reader;
import dev.weft.cli.bootstrap.SidecarBootstrap.Role;
import dev.weft.cli.bootstrap.SidecarSettings;
import dev.weft.cli.bootstrap.TokenMint;
import dev.weft.cli.bootstrap.Workload;
import dev.weft.cli.control.ControlPlane;
import dev.weft.cli.control.ProxyName;
import dev.weft.cli.output.Envelope;
import dev.weft.cli.output.ExitCode;
import dev.weft.cli.output.Failure;
import dev.weft.cli.output.Format;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meshctl bootstrap WORKLOAD}: the file with which a proxy, ours or a stock Envoy, joins as that workload's sidecar. */
@Command(name = "bootstrap", description = "Print the Envoy bootstrap of a workload's sidecar or gateway.")
final class BootstrapCommand implements Callable<Integer> {
    @Mixin
    private Options options = new Options();

    @Option(
            names = "--for",
            paramLabel = "PROXY",
            defaultValue = "weft",
            description = "weft, or envoy (a stock one, which needs an agent: weft-proxy agent)")
    private Reader reader = Reader.WEFT;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            defaultValue = "",
            description = "state folder of the control plane; default: the running demo's")
    private String state = "";

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "where the sidecar keeps its token and socket (default: the current folder)")
    private String folder = ".";

    @Option(names = "--admin-port", paramLabel = "N", defaultValue = "15000", description = "default: ${DEFAULT-VALUE}")
    private int adminPort;

    @Option(
            names = "--http-proxy-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "forward proxy port; 0 for none")
    private int httpProxyPort;

    @Option(
            names = "--status-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "health and metrics port; 0 for none")
    private int statusPort;

    @Option(
            names = "--trust-domain",
            paramLabel = "NAME",
            defaultValue = "cluster.local",
            description = "default: ${DEFAULT-VALUE}")
    private String trustDomain = "cluster.local";

    @Option(names = "--gateway", description = "for a gateway, which stands alone, instead of a sidecar")
    private boolean gateway;

    @Option(names = "--with-token", description = "also mint a token, valid for an hour, into the folder")
    private boolean withToken;

    @Parameters(paramLabel = "WORKLOAD", description = "name of the WorkloadEntry, or NAME.NAMESPACE")
    private String name = "";

    @Override
    public Integer call() {
        Path stateFolder = state.isEmpty() ? options.demo(System.getenv()).controlState() : Path.of(state);
        JsonNode running = running(stateFolder);
        Workload workload = find(new ControlPlane(
                options.server.isEmpty()
                        ? Options.uri("127.0.0.1:" + running.path("httpPort").asInt())
                        : Options.uri(options.server),
                options.timeout()));
        SidecarSettings settings = new SidecarSettings(
                new SidecarSettings.Ports(adminPort, port(httpProxyPort), port(statusPort)),
                running.path("xdsPort").asInt(),
                stateFolder.resolve("ca").resolve("root-cert.pem").toAbsolutePath(),
                Path.of(folder).toAbsolutePath().normalize(),
                trustDomain);
        if (withToken) {
            TokenMint mint = TokenMint.open(stateFolder.resolve("token-key.pem"), InstantSource.system());
            PrivateFiles.replace(settings.token(), mint.mint(workload));
        }
        // The answer is a file for a program, so the default is YAML, and there is no envelope around it.
        Format format = options.format == Format.TABLE ? Format.YAML : options.format;
        ObjectNode bootstrap = SidecarBootstrap.of(workload, settings, reader, gateway ? Role.GATEWAY : Role.SIDECAR);
        options.console().print(Envelope.render(bootstrap, format));
        return ExitCode.FINE.code();
    }

    private static OptionalInt port(int number) {
        return number == 0 ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private static JsonNode running(Path stateFolder) {
        Path file = stateFolder.resolve("control.json");
        try {
            return new com.fasterxml.jackson.databind.ObjectMapper().readTree(Files.readString(file));
        } catch (java.io.IOException e) {
            throw Failure.noAnswer(
                            "cannot read " + file,
                            String.valueOf(e.getMessage()),
                            "start a control plane: meshctl demo")
                    .causedBy(e);
        }
    }

    private Workload find(ControlPlane control) {
        JsonNode known = control.workloads().path("items");
        List<JsonNode> found = known.valueStream()
                .filter(item -> ProxyName.matches(item, name))
                .filter(item -> options.namespace.isEmpty()
                        || item.path("namespace").asText().equals(options.namespace))
                .toList();
        if (found.size() != 1) {
            List<String> names = known.valueStream()
                    .map(item -> item.path("name").asText() + "."
                            + item.path("namespace").asText())
                    .sorted()
                    .toList();
            throw Failure.wrongQuestion(
                    found.isEmpty() ? "no workload is called " + name : name + " could be several workloads",
                    "the control plane knows " + (names.isEmpty() ? "none" : String.join(", ", names)),
                    "add a WorkloadEntry, or name one of these");
        }
        JsonNode item = found.getFirst();
        ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
        item.path("labels")
                .propertyStream()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return new Workload(
                item.path("name").asText(),
                item.path("namespace").asText(),
                item.path("serviceAccount").asText("default"),
                item.path("address").asText("127.0.0.1"),
                labels.buildOrThrow());
    }
}
