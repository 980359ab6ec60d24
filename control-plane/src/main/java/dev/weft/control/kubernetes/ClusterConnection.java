package dev.weft.control.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Makes the client of the API server, which its caller owns. */
public final class ClusterConnection {

    private static final Duration REQUEST = Duration.ofSeconds(10);
    private static final Duration CONNECT = Duration.ofSeconds(3);

    private ClusterConnection() {}

    /**
     * @param kubeconfig absent: as a pod of the cluster, else as {@code kubectl} would
     * @throws UncheckedIOException if there is no such file
     */
    public static KubernetesClient open(Optional<Path> kubeconfig) {
        Config found;
        if (kubeconfig.isPresent()) {
            Path file = kubeconfig.get();
            if (!Files.isReadable(file)) {
                throw new UncheckedIOException(
                        "--kubeconfig: no such file, or not readable: " + file,
                        new NoSuchFileException(file.toString()));
            }
            found = Config.fromKubeconfig(file.toFile());
        } else {
            found = Config.autoConfigure(null);
        }
        // Whoever calls has his own way of trying again; waiting inside the client would hold up proxies that wait for
        // an answer.
        Config config = new ConfigBuilder(found)
                .withRequestTimeout((int) REQUEST.toMillis())
                .withConnectionTimeout((int) CONNECT.toMillis())
                .withRequestRetryBackoffLimit(1)
                .build();
        try {
            return new KubernetesClientBuilder().withConfig(config).build();
        } catch (KubernetesClientException e) {
            throw new UncheckedIOException(new java.io.IOException("cannot reach a cluster: " + e.getMessage(), e));
        }
    }
}
