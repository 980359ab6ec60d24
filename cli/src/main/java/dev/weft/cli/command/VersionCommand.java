package dev.weft.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.cluster.MeshReader;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.Envelope;
import dev.weft.cli.output.ExitCode;
import dev.weft.cli.output.Failure;
import dev.weft.cli.output.Format;
import java.time.Instant;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshctl version}: of this tool and, in a cluster, of the control plane and of the proxies. */
@Command(name = "version", description = "Versions of this tool, of the control plane and of the proxies.")
final class VersionCommand implements Callable<Integer> {
    @Mixin
    private Options options = new Options();

    @Option(names = "--client", description = "only this tool")
    private boolean client;

    @Override
    public Integer call() {
        Console console = options.console();
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        String version = VersionCommand.class.getPackage().getImplementationVersion();
        items.addObject()
                .put("component", "meshctl")
                .put("version", version == null ? "development" : version)
                .put("java", Runtime.version().toString());
        if (!client) {
            try {
                addMesh(items);
            } catch (Failure e) {
                console.note("no mesh answers: " + e.getMessage());
            }
        }
        if (options.format == Format.TABLE) {
            items.forEach(item -> print(console, item));
        } else {
            console.print(Envelope.render(
                    Envelope.of("VersionList", Instant.now(), items, ImmutableList.of()), options.format));
        }
        return ExitCode.FINE.code();
    }

    private void addMesh(ArrayNode items) {
        if (options.server.isEmpty() && options.cluster.find(System.getenv()).isPresent()) {
            new MeshReader(options.cluster.cluster(options.timeout()), options.timeout())
                    .image()
                    .ifPresent(image -> items.addObject()
                            .put("component", "control plane")
                            .put("version", image.substring(image.lastIndexOf(':') + 1))
                            .put("image", image));
        }
        TreeMap<String, Long> proxies = options.access()
                .control()
                .status()
                .tree()
                .path("items")
                .valueStream()
                .collect(Collectors.groupingBy(
                        item -> item.path("version")
                                .asText(item.path("userAgent").asText("unknown")),
                        TreeMap::new,
                        Collectors.counting()));
        proxies.forEach((proxy, count) -> items.addObject()
                .put("component", "proxy")
                .put("version", proxy)
                .put("count", count));
    }

    private static void print(Console console, JsonNode item) {
        String java = item.path("java").asText("");
        String image = item.path("image").asText("");
        console.print(
                item.path("component").asText() + " " + item.path("version").asText()
                        + (java.isEmpty() ? "" : "   Java " + java)
                        + (image.isEmpty() ? "" : "   " + image)
                        + (item.has("count") ? "   " + item.path("count").asLong() + " of them" : ""));
    }
}
