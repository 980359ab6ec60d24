package dev.weft.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.cli.control.ProxyName;
import dev.weft.cli.control.Replicas;
import dev.weft.cli.control.StatusTable;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.Envelope;
import dev.weft.cli.output.ExitCode;
import dev.weft.cli.output.Format;
import dev.weft.cli.output.Numbers;
import dev.weft.cli.output.Table;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code meshctl status}: is every proxy in step, and which resources have problems. Exit code 1 where something asks for a person, 4 where not all is known. */
@Command(name = "status", aliases = "ps", description = "Is every proxy in step, and which resources have problems?")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private Options options = new Options();

    @Parameters(
            arity = "0..1",
            paramLabel = "PROXY",
            defaultValue = "",
            description = "only this proxy: NAME or NAME.NAMESPACE")
    private String proxy = "";

    @Override
    public Integer call() {
        Console console = options.console();
        Replicas.Answer answer = options.access().control().status();
        JsonNode status = answer.tree();
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        for (JsonNode item : status.path("items")) {
            if (ProxyName.matches(item, proxy) && wanted(item)) {
                items.add(item);
            }
        }
        ArrayNode problems = JsonNodeFactory.instance.arrayNode();
        for (JsonNode problem : status.path("problems")) {
            if (wanted(problem)) {
                problems.add(problem);
            }
        }
        ObjectNode shown = JsonNodeFactory.instance.objectNode();
        shown.set("items", items);
        shown.set("problems", problems);
        Instant now = Instant.now();
        if (options.format == Format.TABLE) {
            print(console, shown, now);
        } else {
            ObjectNode envelope = Envelope.of("ProxyStatusList", now, items, answer.silent());
            envelope.set("problems", problems);
            console.print(Envelope.render(envelope, options.format));
        }
        answer.silent()
                .forEach(replica -> console.warn("no answer from " + replica + "; its proxies are missing above"));
        ExitCode fine = answer.whole() ? ExitCode.FINE : ExitCode.PARTIAL;
        return (StatusTable.fine(shown) ? fine : ExitCode.NOT_FINE).code();
    }

    private boolean wanted(JsonNode item) {
        return options.namespace.isEmpty() || item.path("namespace").asText().equals(options.namespace);
    }

    private static void print(Console console, JsonNode shown, Instant now) {
        Table table = StatusTable.proxies(shown.path("items"), now);
        if (table.isEmpty()) {
            console.note("no proxies are connected");
        } else {
            table.print(console);
        }
        for (JsonNode problem : shown.path("problems")) {
            console.print("");
            StatusTable.problem(problem).forEach(console::print);
        }
        long synced = shown.path("items")
                .valueStream()
                .filter(item -> item.path("state").asText().equals("synced"))
                .count();
        console.note(Numbers.count(shown.path("items").size(), "proxy", "proxies") + ", " + synced + " synced; "
                + Numbers.count(shown.path("problems").size(), "problem", "problems"));
    }
}
