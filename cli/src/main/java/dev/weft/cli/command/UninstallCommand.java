package dev.weft.cli.command;

import com.google.common.collect.ImmutableList;
import dev.weft.cli.cluster.Cluster;
import dev.weft.cli.cluster.Leftovers;
import dev.weft.cli.cluster.MeshReader;
import dev.weft.cli.cluster.Rollout;
import dev.weft.cli.helm.HelmEngine;
import dev.weft.cli.helm.HelmEngine.Installed;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.ExitCode;
import dev.weft.cli.output.Failure;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshctl uninstall}: the releases, and what the control plane made while it ran. What people wrote stays, unless purged. */
@Command(name = "uninstall", description = "Remove the mesh from a cluster.")
final class UninstallCommand implements Callable<Integer> {
    @Mixin
    private Options options = new Options();

    @Mixin
    private ChartsOption charts = new ChartsOption();

    @Option(
            names = "--purge",
            description =
                    "also the definitions, with every VirtualService and other object of these kinds, and the namespace of the mesh")
    private boolean purge;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "how long to wait until all of it has ended (default: ${DEFAULT-VALUE})")
    private int waitSeconds = 60;

    @Override
    public Integer call() throws InterruptedException {
        Console console = options.console();
        HelmEngine engine = charts.engine(System.getenv(), options.cluster.meshNamespace);
        String kubeconfig = options.cluster.chosen().text();
        ReleaseReport report = new ReleaseReport(console, options.format);
        ImmutableList<Installed> there = engine.list(kubeconfig);
        boolean several = there.stream().filter(each -> isControl(each)).count() > 1;
        Cluster cluster = options.cluster.cluster(options.timeout());
        if (there.isEmpty() && new MeshReader(cluster, options.timeout()).installed()) {
            throw Failure.notFine(
                    "this mesh is no release of Helm",
                    "its YAML was applied by another hand",
                    "kubectl delete -f FILE   with the YAML that was applied; then this again");
        }
        String control = ReleaseOptions.CONTROL + options.cluster.mesh().suffix();
        if (!options.cluster.revision.isEmpty()
                && there.stream().noneMatch(each -> each.name().equals(control))) {
            // Not the other revision in its place.
            throw Failure.notFine(
                    control + " is not installed in " + options.cluster.meshNamespace,
                    "there is no release of this name",
                    "helm list -n " + options.cluster.meshNamespace);
        }
        ImmutableList<Installed> doomed = doomed(there, several);
        for (Installed each : doomed) {
            engine.uninstall(each.name(), kubeconfig);
            report.done("removed", each);
        }
        Leftovers leftovers = new Leftovers(cluster);
        Rollout rollout = new Rollout(cluster, Duration.ofSeconds(Math.max(0, waitSeconds)), trouble -> {});
        // Not before it has ended: its last act would be to put them back.
        boolean ended = true;
        for (Installed each : doomed) {
            if (isControl(each)) {
                String suffix = each.name().substring(ReleaseOptions.CONTROL.length());
                ended &= rollout.gone(new Cluster.Mesh(options.cluster.meshNamespace, suffix.replaceFirst("-", "")));
                leftovers.removeLeases(suffix).forEach(name -> report.done("removed", name));
            }
        }
        if (!several) {
            leftovers.removeRuntimeState().forEach(name -> report.done("removed", name));
            if (purge) {
                leftovers.purge().forEach(name -> report.done("removed", name));
                ended &= rollout.gone();
            }
        }
        if (report.isEmpty()) {
            console.note("there is nothing of Weft in " + options.cluster.meshNamespace);
        }
        report.end();
        if (!ended) {
            console.warn("not all of it has ended yet: kubectl get pods -n " + options.cluster.meshNamespace);
        }
        if (!purge) {
            console.note("what people wrote stays, and so do the definitions: meshctl uninstall --purge removes them");
        }
        return ExitCode.FINE.code();
    }

    /** Gateways before the control plane that they ask, the definitions last. Of several revisions only the one that is named. */
    private ImmutableList<Installed> doomed(ImmutableList<Installed> there, boolean several) {
        String control = ReleaseOptions.CONTROL + options.cluster.mesh().suffix();
        return there.stream()
                .filter(each -> !several || each.name().equals(control))
                .sorted(Comparator.comparingInt(UninstallCommand::order))
                .collect(ImmutableList.toImmutableList());
    }

    private static boolean isControl(Installed release) {
        return order(release) == 1;
    }

    private static int order(Installed release) {
        if (release.chart().startsWith(ReleaseOptions.GATEWAY + "-")) {
            return 0;
        }
        return release.chart().startsWith(ReleaseOptions.BASE + "-") ? 2 : 1;
    }
}
