package dev.weft.cli.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.control.RunningDemos;
import dev.weft.cli.control.RunningDemos.Demo;
import dev.weft.cli.demo.DemoSession;
import dev.weft.cli.demo.DemoSettings;
import dev.weft.cli.demo.DemoStop;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.Envelope;
import dev.weft.cli.output.ExitCode;
import dev.weft.cli.output.Failure;
import dev.weft.cli.output.Format;
import dev.weft.cli.output.Numbers;
import dev.weft.cli.output.Table;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshctl demo}: a whole mesh on this machine, and its tour. */
@Command(
        name = "demo",
        description = "Run a bookstore with a mesh on this machine: no cluster, no root.",
        subcommands = {DemoCommand.Stop.class, DemoCommand.Status.class})
final class DemoCommand implements Callable<Integer> {
    @Mixin
    private Options options = new Options();

    @Option(names = "--check", description = "play the tour, assert each step on observed traffic, exit with 0 or 1")
    private boolean check;

    @Option(names = "--plain", description = "lines instead of a table that is redrawn; the default without a terminal")
    private boolean plain;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "",
            description = "config folder of your own, filled if it is empty and kept at the end")
    private String directory = "";

    @Option(
            names = "--rps",
            paramLabel = "N",
            defaultValue = "20",
            description = "pages a second (default: ${DEFAULT-VALUE})")
    private int rps = 20;

    @Override
    public Integer call() throws InterruptedException {
        Console console = options.console();
        if (plain) {
            console =
                    new Console(console.out(), console.err(), Console.Style.PLAIN, console.errStyle(), console.notes());
        }
        if (rps < 1 || rps > 5_000) {
            throw Failure.wrongQuestion("--rps " + rps + " does not fit", "expected 1 to 5000", "");
        }
        DemoSettings settings = DemoSettings.of(
                weftHome(),
                RunningDemos.of(System.getenv()).home(),
                options.chosenPortBase(),
                directory.isEmpty() ? Optional.empty() : Optional.of(Path.of(directory)),
                rps);
        DemoSession session = DemoSession.create(console, settings);
        if (check) {
            return (session.check() ? ExitCode.FINE : ExitCode.NOT_FINE).code();
        }
        session.run();
        return ExitCode.FINE.code();
    }

    private static Path weftHome() {
        String home = System.getenv("WEFT_HOME");
        if (home == null || home.isEmpty()) {
            throw Failure.wrongQuestion(
                    "the demo does not know where its programs are", "WEFT_HOME is not set", "start it with meshctl");
        }
        return Path.of(home);
    }

    /** {@code meshctl demo stop} */
    @Command(name = "stop", description = "End a running demo and leave nothing behind.")
    static final class Stop implements Callable<Integer> {
        @Mixin
        private Options options = new Options();

        @Override
        public Integer call() throws InterruptedException {
            Console console = options.console();
            RunningDemos demos = RunningDemos.of(System.getenv());
            ImmutableList<Demo> all = options.portBase == 0
                    ? demos.all()
                    : demos.find(options.portBase).stream().collect(ImmutableList.toImmutableList());
            if (all.isEmpty()) {
                console.note("no demo runs");
                return ExitCode.FINE.code();
            }
            if (all.size() > 1) {
                throw Failure.wrongQuestion(
                        all.size() + " demos run",
                        "port bases " + all.stream().map(Demo::portBase).toList(),
                        "name one with --port-base N");
            }
            Optional<Path> kept = DemoStop.stop(all.getFirst());
            console.print("stopped the demo with port base " + all.getFirst().portBase());
            kept.ifPresent(path -> console.print("kept your edited config: " + path));
            return ExitCode.FINE.code();
        }
    }

    /** {@code meshctl demo status} */
    @Command(name = "status", description = "Which demos run, and where.")
    static final class Status implements Callable<Integer> {
        @Mixin
        private Options options = new Options();

        @Override
        public Integer call() {
            Console console = options.console();
            ImmutableList<Demo> all = RunningDemos.of(System.getenv()).all();
            Instant now = Instant.now();
            if (options.format != Format.TABLE) {
                ArrayNode items = JsonNodeFactory.instance.arrayNode();
                all.forEach(demo -> items.addObject()
                        .put("portBase", demo.portBase())
                        .put("pid", demo.process())
                        .put("running", demo.alive())
                        .put("startedAt", demo.startedAt().toString())
                        .put("frontPage", demo.frontPage().toString())
                        .put("controlApi", demo.http().toString())
                        .put("config", demo.config().toString()));
                console.print(Envelope.render(Envelope.of("DemoList", now, items, ImmutableList.of()), options.format));
            } else if (all.isEmpty()) {
                console.note("no demo runs; start one with: meshctl demo");
            } else {
                Table table = Table.of("PORT BASE", "STATE", ">UP", "FRONT PAGE", "CONFIG");
                all.forEach(demo -> table.row(
                        String.valueOf(demo.portBase()),
                        demo.alive() ? "running" : "DIED (meshctl demo stop cleans up)",
                        Numbers.age(Duration.between(demo.startedAt(), now)),
                        demo.frontPage().toString(),
                        demo.config().toString()));
                table.print(console);
            }
            return (all.stream().allMatch(Demo::alive) ? ExitCode.FINE : ExitCode.NOT_FINE).code();
        }
    }
}
