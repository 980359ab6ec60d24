package dev.weft.cli.command;

import com.google.common.collect.ImmutableList;
import dev.weft.cli.cluster.Kubeconfig;
import dev.weft.cli.cluster.PlatformReader;
import dev.weft.cli.helm.HelmEngine;
import dev.weft.cli.helm.HelmEngine.Installed;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.ExitCode;
import dev.weft.cli.output.Failure;
import dev.weft.cli.output.Numbers;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshctl install}: definitions, control plane and, on request, a gateway, as releases of Helm; or their YAML. */
@Command(
        name = "install",
        description = "Install the mesh into a cluster, or print its YAML.",
        footer = {
            "",
            "  meshctl check --pre",
            "  meshctl install --set image.hub=registry.example/weft --gateway weft-ingress",
            "  meshctl install --dry-run | kubectl apply --server-side -f -"
        })
final class InstallCommand implements Callable<Integer> {
    @Mixin
    private Options options = new Options();

    @Mixin
    private ReleaseOptions release = new ReleaseOptions();

    @Option(names = "--dry-run", description = "print the YAML of all of it, and ask no cluster")
    private boolean dryRun;

    @Override
    public Integer call() throws InterruptedException {
        HelmEngine engine = release.engine(options.cluster.meshNamespace);
        Console console = options.console();
        if (dryRun) {
            print(console, engine);
            return ExitCode.FINE.code();
        }
        Kubeconfig kubeconfig = options.cluster.chosen();
        String text = kubeconfig.text();
        ImmutableList<Installed> there = engine.list(text);
        String control = release.control(options.cluster).release();
        if (there.stream().anyMatch(each -> each.name().equals(control))) {
            throw Failure.notFine(
                    control + " is installed in " + options.cluster.meshNamespace,
                    "there is a release of this name",
                    "meshctl upgrade");
        }
        ReleaseReport report = new ReleaseReport(console, options.format);
        if (there.stream().noneMatch(each -> each.name().equals(ReleaseOptions.BASE))) {
            ImmutableList<String> foreign =
                    new PlatformReader(options.cluster.cluster(options.timeout())).foreignKinds();
            report.done("installed", engine.install(release.base(foreign), text));
            if (!foreign.isEmpty()) {
                console.note(Numbers.count(foreign.size(), "kind was", "kinds were")
                        + " there already and not ours: as they are they stay");
            }
        }
        Installed installed = engine.install(release.control(options.cluster), text);
        release.awaitControl(options, console);
        report.done("installed", installed);
        if (!release.gateway.isEmpty()) {
            installed = engine.install(release.gateway(options.cluster), text);
            release.awaitGateway(options, console);
            report.done("installed", installed);
        }
        report.end();
        console.note("next: kubectl label namespace NAMESPACE "
                + (options.cluster.mesh().suffix().isEmpty()
                        ? "weft.dev/inject=enabled"
                        : "weft.dev/rev=" + options.cluster.revision)
                + "   then: meshctl check");
        return ExitCode.FINE.code();
    }

    private void print(Console console, HelmEngine engine) {
        console.print("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: " + options.cluster.meshNamespace);
        console.print(engine.render(release.base(ImmutableList.of())));
        console.print(engine.render(release.control(options.cluster)));
        if (!release.gateway.isEmpty()) {
            console.print(engine.render(release.gateway(options.cluster)));
        }
    }
}
