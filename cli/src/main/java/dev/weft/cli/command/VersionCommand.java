package dev.weft.cli.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.Envelope;
import dev.weft.cli.output.ExitCode;
import dev.weft.cli.output.Format;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshctl version}: of this tool and of the Java that runs it. */
@Command(name = "version", description = "Version of this tool and of its Java.")
final class VersionCommand implements Callable<Integer> {
    @Mixin
    private Options options = new Options();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this help")
    private boolean help;

    @Override
    public Integer call() {
        Console console = options.console();
        String version = VersionCommand.class.getPackage().getImplementationVersion();
        String shown = version == null ? "development" : version;
        if (options.format == Format.TABLE) {
            console.print("meshctl " + shown + "   Java " + Runtime.version());
        } else {
            var items = JsonNodeFactory.instance.arrayNode();
            items.addObject()
                    .put("component", "meshctl")
                    .put("version", shown)
                    .put("java", Runtime.version().toString());
            console.print(Envelope.render(
                    Envelope.of("VersionList", Instant.now(), items, ImmutableList.of()), options.format));
        }
        return ExitCode.FINE.code();
    }
}
