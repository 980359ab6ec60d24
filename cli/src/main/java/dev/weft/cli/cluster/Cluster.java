package dev.weft.cli.cluster;

import com.google.common.collect.ImmutableMap;
import dev.weft.cli.output.Failure;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A cluster with a mesh in it, asked with the rights of whoever runs the tool. Made by the options of a command, confined to its thread. Its connections and
 * port-forwards live as long as the process, which is one command.
 */
public final class Cluster {
    /** Port of the control plane's API, and of a proxy's admin, inside their pods. */
    static final int CONTROL_PORT = 15014;

    static final int ADMIN_PORT = 15000;
    private static final String DEFAULT_REVISION = "default";

    private final KubernetesClient client;
    private final Mesh mesh;

    /**
     * Which mesh of the cluster is meant.
     *
     * @param revision empty for the default one
     */
    public record Mesh(String namespace, String revision) {
        /** The name of the control plane's objects. */
        public String control() {
            return "weft-control" + suffix();
        }

        public String suffix() {
            return revision.isEmpty() || revision.equals(DEFAULT_REVISION) ? "" : "-" + revision;
        }

        /** Of the control plane's pods. */
        ImmutableMap<String, String> labels() {
            return ImmutableMap.of("app", "weft-control", "weft.dev/rev", label());
        }

        /** The value of the label {@code weft.dev/rev}. */
        public String label() {
            return suffix().isEmpty() ? DEFAULT_REVISION : revision;
        }
    }

    private Cluster(KubernetesClient client, Mesh mesh) {
        this.client = client;
        this.mesh = mesh;
    }

    public static Cluster open(Kubeconfig kubeconfig, Mesh mesh, Duration timeout) {
        try {
            Config config = Config.fromKubeconfig(
                    kubeconfig.context().isEmpty() ? null : kubeconfig.context(),
                    kubeconfig.file().toFile());
            config.setConnectionTimeout((int) timeout.toMillis());
            config.setRequestTimeout((int) timeout.toMillis());
            config.setRequestRetryBackoffLimit(1);
            return new Cluster(new KubernetesClientBuilder().withConfig(config).build(), mesh);
        } catch (KubernetesClientException e) {
            throw Failure.wrongQuestion(
                            "cannot use " + kubeconfig, String.valueOf(e.getMessage()), "kubectl config get-contexts")
                    .causedBy(e);
        }
    }

    public Mesh mesh() {
        return mesh;
    }

    KubernetesClient client() {
        return client;
    }

    /** Asks the API server; what goes wrong becomes a failure with a reason. */
    <T> T ask(String what, Supplier<T> question) {
        try {
            return question.get();
        } catch (KubernetesClientException e) {
            throw failure(what, e);
        }
    }

    private static Failure failure(String what, KubernetesClientException e) {
        if (e.getCode() == 401 || e.getCode() == 403) {
            return Failure.noAnswer(
                            "you may not read " + what,
                            String.valueOf(e.getMessage()),
                            "ask for the right to, or name another context with --context NAME")
                    .causedBy(e);
        }
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return Failure.noAnswer(
                        "cannot read " + what + " from the cluster", String.valueOf(root), "kubectl cluster-info")
                .causedBy(e);
    }

    List<Pod> pods(String namespace, Map<String, String> labels) {
        return ask(
                "pods of " + namespace,
                () -> client.pods()
                        .inNamespace(namespace)
                        .withLabels(labels)
                        .list()
                        .getItems());
    }

    /** A local address that reaches one port inside a pod, by way of the API server. */
    URI forward(String namespace, String pod, int port) {
        try {
            LocalPortForward forward = client.pods()
                    .inNamespace(namespace)
                    .withName(pod)
                    .portForward(port, InetAddress.getLoopbackAddress(), 0);
            return URI.create("http://127.0.0.1:" + forward.getLocalPort());
        } catch (KubernetesClientException e) {
            throw failure("port " + port + " of " + namespace + "/" + pod, e);
        }
    }

    static boolean isReady(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }
}
