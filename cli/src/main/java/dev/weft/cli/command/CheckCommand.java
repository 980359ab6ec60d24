package dev.weft.cli.command;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.cli.check.CheckReport;
import dev.weft.cli.check.Finding;
import dev.weft.cli.check.MeshChecks;
import dev.weft.cli.check.PlatformChecks;
import dev.weft.cli.cluster.Cluster;
import dev.weft.cli.cluster.MeshReader;
import dev.weft.cli.cluster.PlatformReader;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.Envelope;
import dev.weft.cli.output.ExitCode;
import dev.weft.cli.output.Format;
import dev.weft.resources.crd.CustomResource;
import dev.weft.resources.schema.FieldTable;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshctl check}: is the cluster fit for a mesh, and is its mesh well? Each finding with its cause and what to do. */
@Command(name = "check", description = "Is the cluster fit for the mesh, and the mesh well?")
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private Options options = new Options();

    @Option(names = "--pre", description = "only the cluster, before anything is installed")
    private boolean pre;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "look again until nothing fails, for so long")
    private int waitSeconds;

    @Override
    public Integer call() throws InterruptedException {
        Console console = options.console();
        Cluster cluster = options.cluster.cluster(options.timeout());
        Instant end = Instant.now().plus(Duration.ofSeconds(Math.max(0, waitSeconds)));
        CheckReport report = look(cluster);
        while (!report.fine() && Instant.now().isBefore(end)) {
            Thread.sleep(1_000);
            report = look(cluster);
        }
        if (options.format == Format.TABLE) {
            report.print(console);
        } else {
            console.print(Envelope.render(
                    Envelope.of("CheckReport", Instant.now(), report.tree(), ImmutableList.of()), options.format));
        }
        return (report.fine() ? ExitCode.FINE : ExitCode.NOT_FINE).code();
    }

    private CheckReport look(Cluster cluster) {
        ImmutableSet<String> kinds = CustomResource.all(FieldTable.load()).stream()
                .map(CustomResource::name)
                .collect(ImmutableSet.toImmutableSet());
        ImmutableList.Builder<Finding> findings = ImmutableList.builder();
        findings.addAll(PlatformChecks.of(new PlatformReader(cluster).read(), kinds));
        if (!pre) {
            findings.addAll(MeshChecks.of(new MeshReader(cluster, options.timeout()).read(), Instant.now()));
        }
        return new CheckReport(findings.build());
    }
}
