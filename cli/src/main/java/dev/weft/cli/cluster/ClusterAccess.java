package dev.weft.cli.cluster;

import com.google.common.collect.ImmutableList;
import dev.weft.cli.control.ControlPlane;
import dev.weft.cli.control.MeshAccess;
import dev.weft.cli.control.Replicas;
import dev.weft.cli.output.Failure;
import dev.weft.cli.output.Numbers;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A mesh in a cluster. Both the control plane's API and a proxy's admin port listen for callers inside their pods only, and a port-forward is one: the API
 * server lets nobody through who may not make it.
 */
public final class ClusterAccess implements MeshAccess {
    private static final String PROXY = "weft-proxy";

    private final Cluster cluster;
    private final Duration timeout;

    public ClusterAccess(Cluster cluster, Duration timeout) {
        this.cluster = cluster;
        this.timeout = timeout;
    }

    /** Every replica that is ready; one that is not serves no proxy. */
    @Override
    public Replicas control() {
        Cluster.Mesh mesh = cluster.mesh();
        List<Pod> pods = cluster.pods(mesh.namespace(), mesh.labels());
        ImmutableList<Replicas.Replica> ready =
                pods.stream().filter(Cluster::isReady).map(this::replica).collect(ImmutableList.toImmutableList());
        if (ready.isEmpty()) {
            throw pods.isEmpty()
                    ? Failure.noAnswer(
                            "there is no control plane in the namespace " + mesh.namespace(),
                            "no pod there has the labels app=weft-control,weft.dev/rev=" + mesh.label(),
                            "meshctl install   or name another with --mesh-namespace NS")
                    : Failure.noAnswer(
                            "no replica of the control plane is ready",
                            "found " + Numbers.count(pods.size(), "pod that is not", "pods that are not"),
                            "meshctl check");
        }
        return new Replicas(ready);
    }

    private Replicas.Replica replica(Pod pod) {
        String name = pod.getMetadata().getName();
        String namespace = pod.getMetadata().getNamespace();
        return new Replicas.Replica(
                name, () -> new ControlPlane(cluster.forward(namespace, name, Cluster.CONTROL_PORT), timeout));
    }

    @Override
    public ControlPlane proxy(String name, String namespace) {
        Pod pod = find(name, namespace);
        String where = pod.getMetadata().getNamespace();
        String found = pod.getMetadata().getName();
        if (proxies(pod).findAny().isEmpty()) {
            throw Failure.wrongQuestion(
                    "the pod " + where + "/" + found + " has no proxy",
                    "it was started before its namespace joined the mesh, or injection is off for it",
                    "meshctl check");
        }
        return new ControlPlane(cluster.forward(where, found, Cluster.ADMIN_PORT), timeout);
    }

    /** {@code pod}, {@code pod.namespace}, {@code deploy/web}, {@code pod/web.shop}. */
    private Pod find(String typed, String namespace) {
        int slash = typed.indexOf('/');
        String kind = slash < 0 ? "" : typed.substring(0, slash);
        String plain = typed.substring(slash + 1);
        int dot = plain.lastIndexOf('.');
        Optional<Pod> found = find(kind, plain, namespace);
        if (found.isEmpty() && dot > 0) {
            found = find(kind, plain.substring(0, dot), plain.substring(dot + 1));
        }
        return found.orElseThrow(() -> Failure.wrongQuestion(
                "no running pod is called " + typed,
                namespace.isEmpty() ? "" : "looked in the namespace " + namespace,
                "name it POD.NAMESPACE, or deploy/NAME.NAMESPACE; meshctl status lists them"));
    }

    private Optional<Pod> find(String kind, String name, String namespace) {
        if (kind.startsWith("deploy")) {
            return namespace.isEmpty() ? Optional.empty() : ofDeployment(name, namespace);
        }
        var pods = cluster.client().pods();
        List<Pod> items = cluster.ask(
                "pods",
                () -> namespace.isEmpty()
                        ? pods.inAnyNamespace()
                                .withField("metadata.name", name)
                                .list()
                                .getItems()
                        : pods.inNamespace(namespace)
                                .withField("metadata.name", name)
                                .list()
                                .getItems());
        Optional<Pod> exact = items.stream().findFirst();
        // The name of a workload will do for one of its pods.
        return exact.isPresent() || namespace.isEmpty() ? exact : ofDeployment(name, namespace);
    }

    private Optional<Pod> ofDeployment(String name, String namespace) {
        Deployment deployment = cluster.ask(
                "deployments of " + namespace,
                () -> cluster.client()
                        .apps()
                        .deployments()
                        .inNamespace(namespace)
                        .withName(name)
                        .get());
        if (deployment == null) {
            return Optional.empty();
        }
        Map<String, String> labels = deployment.getSpec().getSelector().getMatchLabels();
        return cluster.pods(namespace, labels).stream()
                .filter(pod -> proxies(pod).anyMatch(status -> Boolean.TRUE.equals(status.getReady())))
                .findFirst();
    }

    /** A native sidecar is an init container. */
    private static Stream<ContainerStatus> proxies(Pod pod) {
        return pod.getStatus() == null
                ? Stream.empty()
                : Stream.concat(
                                pod.getStatus().getContainerStatuses().stream(),
                                pod.getStatus().getInitContainerStatuses().stream())
                        .filter(status -> status.getName().equals(PROXY));
    }
}
