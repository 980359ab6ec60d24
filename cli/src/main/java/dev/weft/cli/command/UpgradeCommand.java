package dev.weft.cli.command;

import com.google.common.collect.ImmutableList;
import dev.weft.cli.helm.HelmEngine;
import dev.weft.cli.helm.HelmEngine.Installed;
import dev.weft.cli.helm.HelmEngine.Request;
import dev.weft.cli.output.ExitCode;
import dev.weft.cli.output.Failure;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshctl upgrade}: the releases that are there, to the charts of this tool. Values that were set stay, unless named anew. */
@Command(name = "upgrade", description = "Upgrade the mesh of a cluster to the version of this tool.")
final class UpgradeCommand implements Callable<Integer> {
    @Mixin
    private Options options = new Options();

    @Mixin
    private ReleaseOptions release = new ReleaseOptions();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this help")
    private boolean help;

    @Override
    public Integer call() {
        HelmEngine engine = release.engine(options.cluster.meshNamespace);
        String kubeconfig = options.cluster.chosen().text();
        ImmutableList<Installed> there = engine.list(kubeconfig);
        Request control = release.control(options.cluster);
        if (there.stream().noneMatch(each -> each.name().equals(control.release()))) {
            throw Failure.notFine(
                    control.release() + " is not installed in " + options.cluster.meshNamespace,
                    there.isEmpty()
                            ? "there is no release of ours"
                            : "there are " + there.stream().map(Installed::name).toList(),
                    "meshctl install");
        }
        ReleaseReport report = new ReleaseReport(options.console(), options.format);
        // The definitions first: a control plane may know fields that older ones do not.
        for (Request request : ImmutableList.of(release.base(ImmutableList.of()), control)) {
            if (there.stream().anyMatch(each -> each.name().equals(request.release()))) {
                report.done("upgraded", engine.upgrade(request, kubeconfig));
            }
        }
        if (!release.gateway.isEmpty()) {
            report.done("upgraded", engine.upgrade(release.gateway(options.cluster), kubeconfig));
        }
        report.end();
        options.console()
                .note(
                        "proxies keep their version until their pods restart: kubectl rollout restart deployment -n NAMESPACE");
        return ExitCode.FINE.code();
    }
}
