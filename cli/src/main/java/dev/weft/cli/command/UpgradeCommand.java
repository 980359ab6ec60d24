package dev.weft.cli.command;

import com.google.common.collect.ImmutableList;
import dev.weft.cli.cluster.PlatformReader;
import dev.weft.cli.helm.HelmEngine;
import dev.weft.cli.helm.HelmEngine.Installed;
import dev.weft.cli.helm.HelmEngine.Request;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.ExitCode;
import dev.weft.cli.output.Failure;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code meshctl upgrade}: the releases that are there, to the charts of this tool. Values that were set stay, unless named anew. */
@Command(name = "upgrade", description = "Upgrade the mesh of a cluster to the version of this tool.")
final class UpgradeCommand implements Callable<Integer> {
    @Mixin
    private Options options = new Options();

    @Mixin
    private ReleaseOptions release = new ReleaseOptions();

    @Override
    public Integer call() throws InterruptedException {
        HelmEngine engine = release.engine(options.cluster.meshNamespace);
        String kubeconfig = options.cluster.chosen().text();
        ImmutableList<Installed> there = engine.list(kubeconfig);
        Request control = release.control(options.cluster);
        if (there.stream().noneMatch(each -> each.name().equals(control.release()))) {
            throw Failure.notFine(
                    control.release() + " is not installed in " + options.cluster.meshNamespace,
                    there.isEmpty() ? "there is no release of ours" : "there are " + names(there),
                    "meshctl install");
        }
        if (!release.gateway.isEmpty()
                && there.stream().noneMatch(each -> each.name().equals(release.gateway))) {
            throw Failure.notFine(
                    release.gateway + " is not installed in " + options.cluster.meshNamespace,
                    "there are " + names(there),
                    "helm install " + release.gateway + " charts/weft-gateway -n " + options.cluster.meshNamespace);
        }
        Console console = options.console();
        ReleaseReport report = new ReleaseReport(console, options.format);
        // The definitions first: a control plane may know fields that older ones do not.
        if (there.stream().anyMatch(each -> each.name().equals(ReleaseOptions.BASE))) {
            // Others may have come or gone since the installation.
            Request base = release.base(new PlatformReader(options.cluster.cluster(options.timeout())).foreignKinds());
            report.done("upgraded", engine.upgrade(base, kubeconfig));
        }
        Installed upgraded = engine.upgrade(control, kubeconfig);
        release.awaitControl(options, console);
        report.done("upgraded", upgraded);
        if (!release.gateway.isEmpty()) {
            upgraded = engine.upgrade(release.gateway(options.cluster), kubeconfig);
            release.awaitGateway(options, console);
            report.done("upgraded", upgraded);
        }
        report.end();
        console.note(
                "proxies keep their version until their pods restart: kubectl rollout restart deployment -n NAMESPACE");
        return ExitCode.FINE.code();
    }

    private static String names(ImmutableList<Installed> there) {
        return there.stream().map(Installed::name).collect(Collectors.joining(", "));
    }
}
