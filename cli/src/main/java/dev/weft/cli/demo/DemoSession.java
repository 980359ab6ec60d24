package dev.weft.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.control.EdgeTable;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.Failure;
import dev.weft.cli.output.Numbers;
import dev.weft.cli.output.Paint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One run of the demo from start to end, as a person sees it: the start, what runs where, things to try, a live table, and the ending. The
 * ending comes by Ctrl-C, by {@code meshctl demo stop} or by a failed start, always once, on the thread that got there first.
 */
public final class DemoSession {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final int PLAIN_EVERY_SECONDS = 10;

    private final Console console;
    private final DemoMesh mesh;
    private final AtomicBoolean stopping = new AtomicBoolean();

    DemoSession(Console console, DemoMesh mesh) {
        this.console = console;
        this.mesh = mesh;
    }

    /** @param settings what the user asked for */
    public static DemoSession create(Console console, DemoSettings settings) {
        DemoPorts ports = settings.ports();
        DemoFolder folder = DemoFolder.create(
                settings.home(),
                ports,
                settings.weftHome().resolve("examples").resolve("bookstore"),
                settings.config());
        return new DemoSession(console, new DemoMesh(settings.weftHome(), folder, ports, settings.rps()));
    }

    /** Starts everything and shows the traffic until the process is told to end; never returns otherwise. */
    public void run() throws InterruptedException {
        endWithProcess();
        started();
        whatRunsWhere();
        show();
    }

    /** Starts everything, plays the tour, ends everything; the answer is whether all promises held. */
    public boolean check() throws InterruptedException {
        endWithProcess();
        started();
        console.print("");
        boolean held;
        try (TourSteps steps = new TourSteps(mesh)) {
            held = new Tour(console, steps.all()).play();
        }
        return end() && held;
    }

    private void started() throws InterruptedException {
        console.print(console.paint(Paint.STRONG, "Weft demo") + "   Ctrl-C stops everything");
        console.print("");
        try {
            new DemoStart(console, mesh).run();
        } catch (Failure e) {
            end();
            throw e;
        }
    }

    private void whatRunsWhere() {
        DemoPorts ports = mesh.ports();
        Path tries = mesh.folder().thingsToTry();
        Path config = mesh.folder().config();
        String base = ports.base() == DemoPorts.SHIPPED_BASE ? "" : " --port-base " + ports.base();
        for (String line : ImmutableList.of(
                "",
                "  Front page    http://localhost:" + ports.inbound(Program.FRONTPAGE) + "/",
                "  Control API   http://127.0.0.1:" + ports.http() + "/api/v1/status",
                "  Config        " + config,
                "  Logs          " + mesh.folder().root().resolve("log"),
                "",
                "Try, in another terminal:",
                "  1  meshctl stat" + base + "                       who calls whom, how fast, encrypted or not",
                "  2  cp " + tries.resolve("split-90-10.yaml") + " " + config.resolve("routing.yaml"),
                "       one reader in ten sees the black stars of reviews v2",
                "  3  cp " + tries.resolve("deny-frontpage.yaml") + " " + config + "/",
                "       the reviews refuse the front page; delete the copy to undo it",
                "  4  cp " + tries.resolve("broken-routing.yaml") + " " + config.resolve("routing.yaml"),
                "       then: meshctl status" + base + "              file and line; traffic goes on",
                "  5  meshctl proxy frontpage routes" + base + "     what a sidecar really does",
                "  6  curl -H 'x-fault-ratings: delay=500ms' localhost:" + ports.inbound(Program.FRONTPAGE)
                        + "/api/books/1",
                "")) {
            console.print(line);
        }
    }

    /** On a terminal a table that is redrawn; otherwise a line now and then. */
    private void show() throws InterruptedException {
        int drawn = 0;
        for (long second = 0; !stopping.get(); second++) {
            Thread.sleep(1_000);
            for (Child ended : mesh.takeEnded()) {
                console.print("  " + ended.name() + " ended with exit code " + ended.exitValue() + ", see "
                        + mesh.folder().log(ended.name()));
                drawn = 0;
            }
            if (stopping.get()) {
                return;
            }
            if (console.outStyle().terminal()) {
                drawn = redraw(drawn);
            } else if (second % PLAIN_EVERY_SECONDS == 0) {
                console.print(plainLine());
            }
            console.out().flush();
        }
    }

    private int redraw(int drawn) {
        List<String> lines = edges().map(
                        items -> List.copyOf(EdgeTable.of(items, edge -> true).render(console)))
                .orElse(List.of("(the control plane does not answer; traffic goes on without it)"));
        StringBuilder screen = new StringBuilder();
        if (drawn > 0) {
            screen.append("\033[").append(drawn).append('A');
        }
        lines.forEach(line -> screen.append(line).append("\033[K\n"));
        // Fewer lines than before: the rest below is old.
        screen.append("\033[J");
        console.out().print(screen);
        return lines.size();
    }

    private String plainLine() {
        JsonNode counters = mesh.counters();
        long secured = edges().stream()
                .flatMap(items -> items.valueStream())
                .filter(EdgeTable::isSecured)
                .count();
        return "traffic sent=" + counters.path("sent").asLong() + " whole="
                + counters.path("whole").asLong() + " partial="
                + counters.path("partial").asLong() + " failed="
                + counters.path("failed").asLong() + " edges="
                + edges().map(JsonNode::size).orElse(0) + " mtls=" + secured;
    }

    private Optional<JsonNode> edges() {
        try {
            return Optional.of(mesh.control().stat(WINDOW).path("items"));
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    /** A signal ends the JVM only after everything else has ended; a demo that was told to stop did nothing wrong, so it exits with 0. */
    private void endWithProcess() {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (!stopping.get()) {
                                end();
                                Runtime.getRuntime().halt(0);
                            }
                        },
                        "demo-end"));
    }

    /** False if it had been ended already, or left something behind. */
    private boolean end() {
        if (!stopping.compareAndSet(false, true)) {
            return false;
        }
        long start = System.nanoTime();
        console.print("");
        console.print("stopping: traffic, sidecars, services, control plane");
        JsonNode counters = mesh.counters();
        try {
            Optional<Path> kept = mesh.stop();
            console.print("stopped in " + Numbers.seconds(System.nanoTime() - start) + "; readers asked for "
                    + counters.path("sent").asLong() + " pages, "
                    + counters.path("whole").asLong() + " whole, "
                    + counters.path("partial").asLong() + " with a part missing, "
                    + counters.path("failed").asLong() + " failed");
            kept.ifPresent(path -> console.print("kept your edited config: " + path));
            var taken = mesh.ports().taken();
            taken.ifPresent(port -> console.warn("port " + port + " is still in use"));
            return taken.isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            console.out().flush();
        }
    }
}
