package dev.weft.cli.cluster;

import com.google.common.collect.ImmutableList;
import dev.weft.cli.output.Failure;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits until what an installation brought is ready. Helm's own waiting also waits for the address of a load balancer, which many clusters never give, and
 * does not say what is missing. Blocks its caller.
 */
public final class Rollout {
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final Cluster cluster;
    private final Consumer<String> progress;
    private final Instant end;
    private final Set<String> told = new HashSet<>();

    /**
     * @param patience for all that is asked of this one
     * @param progress takes what delays it, each once
     */
    public Rollout(Cluster cluster, Duration patience, Consumer<String> progress) {
        this.cluster = cluster;
        this.progress = progress;
        this.end = Instant.now().plus(patience);
    }

    /** @throws Failure where its pods are not ready in time, with the reasons of Kubernetes */
    public void ready(String deployment) throws InterruptedException {
        String namespace = cluster.mesh().namespace();
        if (await(() -> isReady(deployment))) {
            return;
        }
        ImmutableList<String> troubles = troubles(deployment);
        throw Failure.notFine(
                deployment + " is not ready yet",
                troubles.isEmpty() ? "its pods are starting" : String.join("; ", troubles),
                "kubectl get pods -n " + namespace + "   then: meshctl check --wait 60");
    }

    /** @throws Failure where the control plane does not make its webhooks trusted in time */
    public void trusted(MeshReader mesh) throws InterruptedException {
        if (!await(mesh::trusted)) {
            throw Failure.notFine(
                    "the webhooks are not trusted by the API server yet",
                    "the control plane has not written their caBundle",
                    "meshctl check --wait 60");
        }
    }

    /** @return whether no pod of the control plane of that revision is left in time */
    public boolean gone(Cluster.Mesh mesh) throws InterruptedException {
        return await(() -> cluster.pods(mesh.namespace(), mesh.labels()).isEmpty());
    }

    /** @return whether the namespace of the mesh is gone in time */
    public boolean gone() throws InterruptedException {
        String namespace = cluster.mesh().namespace();
        return await(() -> cluster.ask(
                        "the namespace",
                        () -> cluster.client().namespaces().withName(namespace).get())
                == null);
    }

    private boolean await(BooleanSupplier done) throws InterruptedException {
        while (!done.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                return false;
            }
            Thread.sleep(INTERVAL);
        }
        return true;
    }

    private boolean isReady(String name) {
        Deployment deployment = deployment(name);
        if (deployment == null) {
            return false;
        }
        DeploymentStatus status = deployment.getStatus();
        int wanted = Objects.requireNonNullElse(deployment.getSpec().getReplicas(), 1);
        boolean seen = status != null
                && Objects.requireNonNullElse(status.getObservedGeneration(), 0L)
                        >= Objects.requireNonNullElse(deployment.getMetadata().getGeneration(), 0L);
        if (seen
                && Objects.requireNonNullElse(status.getUpdatedReplicas(), 0) >= wanted
                && Objects.requireNonNullElse(status.getReplicas(), 0) <= wanted
                && Objects.requireNonNullElse(status.getAvailableReplicas(), 0) >= wanted) {
            return true;
        }
        troubles(name).stream()
                .filter(trouble -> !trouble.contains("ContainerCreating") && !trouble.contains("PodInitializing"))
                .filter(told::add)
                .forEach(progress);
        return false;
    }

    private ImmutableList<String> troubles(String name) {
        Deployment deployment = deployment(name);
        List<Pod> pods = deployment == null
                ? List.of()
                : cluster.pods(
                        cluster.mesh().namespace(),
                        deployment.getSpec().getSelector().getMatchLabels());
        return PodTroubles.of(pods);
    }

    private @Nullable Deployment deployment(String name) {
        return cluster.ask(
                "the Deployment " + name,
                () -> cluster.client()
                        .apps()
                        .deployments()
                        .inNamespace(cluster.mesh().namespace())
                        .withName(name)
                        .get());
    }
}
