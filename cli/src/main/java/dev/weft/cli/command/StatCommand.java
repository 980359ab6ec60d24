package dev.weft.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.control.EdgeTable;
import dev.weft.cli.control.Replicas;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.Envelope;
import dev.weft.cli.output.ExitCode;
import dev.weft.cli.output.Format;
import dev.weft.cli.output.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meshctl stat}: rate, success, latency and mTLS of each edge, over a short window; {@code -w} keeps looking. */
@Command(name = "stat", description = "Who calls whom: rate, success, latency, mTLS.")
final class StatCommand implements Callable<Integer> {
    @Mixin
    private Options options = new Options();

    @Option(
            names = {"-w", "--watch"},
            description = "look again every second, until Ctrl-C")
    private boolean watch;

    @Option(
            names = {"-t", "--window"},
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "how far back to look (default: ${DEFAULT-VALUE})")
    private int windowSeconds = 10;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            defaultValue = "",
            description = "only edges from or to this workload or service")
    private String name = "";

    @Override
    public Integer call() throws InterruptedException {
        Console console = options.console();
        Replicas control = options.access().control();
        int drawn = 0;
        while (true) {
            Replicas.Answer answer = control.stat(Duration.ofSeconds(Math.max(1, windowSeconds)));
            JsonNode items = wanted(answer.tree().path("items"));
            drawn = options.format == Format.TABLE
                    ? table(console, items, drawn)
                    : tree(console, items, answer.silent());
            if (!watch) {
                answer.silent().forEach(replica -> console.warn("no answer from " + replica));
                return (answer.whole() ? ExitCode.FINE : ExitCode.PARTIAL).code();
            }
            if (!answer.whole()) {
                // It may have been replaced.
                control = options.access().control();
            }
            Thread.sleep(1_000);
        }
    }

    private JsonNode wanted(JsonNode items) {
        ArrayNode found = JsonNodeFactory.instance.arrayNode();
        for (JsonNode edge : items) {
            if (ofNamespace(edge) && (name.isEmpty() || touches(edge))) {
                found.add(edge);
            }
        }
        return found;
    }

    private boolean ofNamespace(JsonNode edge) {
        return options.namespace.isEmpty()
                || edge.path("sourceNamespace").asText().equals(options.namespace)
                || edge.path("destinationNamespace").asText().equals(options.namespace);
    }

    private boolean touches(JsonNode edge) {
        String plain = name.substring(name.indexOf('/') + 1);
        return plain.equals(EdgeTable.from(edge))
                || plain.equals(EdgeTable.to(edge))
                || edge.path("destinationService").asText().equals(plain)
                || edge.path("destinationService").asText().startsWith(plain + ".");
    }

    private int tree(Console console, JsonNode items, ImmutableList<String> silent) {
        console.print(Envelope.render(Envelope.of("EdgeList", Instant.now(), items, silent), options.format));
        return 0;
    }

    private int table(Console console, JsonNode items, int drawn) {
        Table table = EdgeTable.of(items, edge -> true);
        if (table.isEmpty()) {
            console.note("no traffic in the last " + windowSeconds + " s");
            return 0;
        }
        List<String> lines = table.render(console);
        if (watch && console.outStyle().terminal() && drawn > 0) {
            console.out().print("\033[" + drawn + "A\033[J");
        }
        lines.forEach(console::print);
        console.out().flush();
        return lines.size();
    }
}
