package dev.weft.cli.command;

import dev.weft.cli.cluster.Cluster;
import dev.weft.cli.cluster.Kubeconfig;
import dev.weft.cli.output.Failure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flags that choose a cluster and a mesh in it. Filled by picocli before a command runs. */
final class ClusterOptions {
    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            defaultValue = "${env:MESHCTL_KUBECONFIG:-}",
            description = "default: KUBECONFIG, else ~/.kube/config")
    String kubeconfig = "";

    @Option(
            names = "--context",
            paramLabel = "NAME",
            defaultValue = "${env:MESHCTL_CONTEXT:-}",
            description = "of the kubeconfig; default: its current one")
    String context = "";

    @Option(
            names = "--mesh-namespace",
            paramLabel = "NS",
            defaultValue = "${env:MESHCTL_MESH_NAMESPACE:-weft-system}",
            description = "where the control plane runs (default: weft-system)")
    String meshNamespace = "weft-system";

    @Option(
            names = "--revision",
            paramLabel = "REV",
            defaultValue = "${env:MESHCTL_REVISION:-}",
            description = "of the control plane; default: the one without a name")
    String revision = "";

    /** Whether the user said that a cluster is meant. */
    boolean named() {
        return !kubeconfig.isEmpty() || !context.isEmpty();
    }

    Optional<Kubeconfig> find(Map<String, String> environment) {
        return Kubeconfig.find(environment, kubeconfig, context);
    }

    Kubeconfig chosen() {
        return find(System.getenv())
                .orElseThrow(() -> Failure.wrongQuestion(
                        "no cluster is named",
                        "KUBECONFIG is not set, and there is no ~/.kube/config",
                        "name a kubeconfig with --kubeconfig FILE"));
    }

    Cluster cluster(Duration timeout) {
        return Cluster.open(chosen(), mesh(), timeout);
    }

    Cluster.Mesh mesh() {
        return new Cluster.Mesh(meshNamespace, revision);
    }
}
