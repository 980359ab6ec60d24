package dev.weft.cli.demo;

import dev.weft.cli.output.Console;
import dev.weft.cli.output.Paint;
import java.util.Locale;

/** Starts a {@link DemoMesh} and prints a line for each part as it becomes ready. */
final class DemoStart {
    private final Console console;
    private final DemoMesh mesh;
    private final long startedAt = System.nanoTime();

    DemoStart(Console console, DemoMesh mesh) {
        this.console = console;
        this.mesh = mesh;
    }

    void run() throws InterruptedException {
        mesh.startWatchdog();
        mesh.startControl();
        mesh.startPrograms();
        mesh.awaitControl();
        line("control plane", "ready", "config: " + mesh.folder().config() + " (edit me, changes apply live)");
        mesh.startSidecars();
        line("certificates", "ready", "root + " + Program.values().length + " workload identities");
        mesh.awaitSidecars();
        line("services", "ready", "frontpage catalog reviews-v1 reviews-v2 reviews-v3 ratings (gRPC)");
        line("sidecars", "ready", Program.values().length + " of " + Program.values().length + ", mTLS STRICT");
        mesh.awaitTraffic();
        line("traffic", "on", "open loop, through its own sidecar");
    }

    private void line(String part, String state, String detail) {
        double seconds = (System.nanoTime() - startedAt) / 1e9;
        console.print(String.format(
                Locale.ROOT,
                "  %-16s %s %5.1fs   %s",
                part,
                console.paint(Paint.GOOD, String.format(Locale.ROOT, "%-6s", state)),
                seconds,
                detail));
        console.out().flush();
    }
}
