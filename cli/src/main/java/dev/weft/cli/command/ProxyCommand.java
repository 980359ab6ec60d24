package dev.weft.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.control.ControlPlane;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.Envelope;
import dev.weft.cli.output.ExitCode;
import dev.weft.cli.output.Format;
import dev.weft.cli.output.Table;
import dev.weft.cli.proxy.Aspect;
import dev.weft.cli.proxy.ConfigDump;
import dev.weft.cli.proxy.ProxyTables;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meshctl proxy NAME routes}: what one proxy really does, asked from the proxy itself. */
@Command(
        name = "proxy",
        aliases = "pc",
        description = "What one proxy does: its listeners, routes, clusters, endpoints or certs.")
final class ProxyCommand implements Callable<Integer> {
    @Mixin
    private Options options = new Options();

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            defaultValue = "",
            description = "the proxy's admin address; default: what the control plane knows")
    private String admin = "";

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description = "the proxy: NAME or NAME.NAMESPACE; in a cluster a pod, or deploy/NAME.NAMESPACE")
    private String name = "";

    @Parameters(index = "1", paramLabel = "ASPECT", description = "listeners, routes, clusters, endpoints or certs")
    private Aspect aspect = Aspect.LISTENERS;

    @Override
    public Integer call() {
        Console console = options.console();
        ControlPlane proxy = admin.isEmpty()
                ? options.access().proxy(name, options.namespace)
                : new ControlPlane(Options.uri(admin), options.timeout());
        Answer answer = ask(proxy);
        if (options.format != Format.TABLE) {
            console.print(Envelope.render(
                    Envelope.of(aspect.kind(), Instant.now(), answer.items(), ImmutableList.of()), options.format));
        } else if (answer.table().isEmpty()) {
            console.note("the proxy has no " + aspect.name().toLowerCase(java.util.Locale.ROOT));
        } else {
            answer.table().print(console);
        }
        return ExitCode.FINE.code();
    }

    private record Answer(JsonNode items, Table table) {}

    private Answer ask(ControlPlane proxy) {
        if (aspect == Aspect.CERTS) {
            JsonNode certs = proxy.json("/certs");
            return new Answer(certs.path("certificates"), ProxyTables.certs(certs));
        }
        ConfigDump dump = ConfigDump.read(proxy);
        return switch (aspect) {
            case LISTENERS -> answer(dump.listeners(), ProxyTables.listeners(dump.listeners()));
            case ROUTES -> answer(dump.routes(), ProxyTables.routes(dump.routes()));
            case CLUSTERS -> answer(dump.clusters(), ProxyTables.clusters(dump.clusters()));
            case ENDPOINTS -> answer(dump.endpoints(), ProxyTables.endpoints(dump.endpoints()));
            case CERTS -> throw new AssertionError("answered above");
        };
    }

    private static Answer answer(ImmutableList<JsonNode> resources, Table table) {
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        resources.forEach(items::add);
        return new Answer(items, table);
    }
}
