package dev.weft.tests.cluster;

import dev.weft.tests.mesh.Await;
import dev.weft.tests.mesh.Prerequisite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The Kubernetes of this test run. It is the one that {@code KUBECONFIG} names; else the project's own, started for the run and ended
 * with it; else the tests are skipped with the reason, and fail with CI=true.
 *
 * <p>A user's cluster pulls the images itself: {@code WEFT_TEST_REPOSITORY} and {@code WEFT_TEST_TAG} say from where.
 */
public final class Cluster implements AutoCloseable {
    private static final Duration RESTARTED = Duration.ofSeconds(60);

    private final Path kubeconfig;
    private final Kubectl kubectl;
    private final Optional<LocalCluster> local;
    private final AtomicInteger namespaces = new AtomicInteger();

    private boolean loaded;

    private Cluster(Path kubeconfig, Path kubectl, Optional<LocalCluster> local) {
        this.kubeconfig = kubeconfig;
        this.kubectl = new Kubectl(kubectl, kubeconfig);
        this.local = local;
    }

    static Cluster open() {
        String kubeconfig = Prerequisite.value("KUBECONFIG");
        if (!kubeconfig.isEmpty()) {
            Cluster cluster = new Cluster(Path.of(kubeconfig), Path.of("kubectl"), Optional.empty());
            cluster.kubectl.run("get", "--raw", "/readyz");
            return cluster;
        }
        LocalCluster local = LocalCluster.up(Prerequisite.path("WEFT_CLUSTER"));
        return new Cluster(local.kubeconfig(), local.kubectl(), Optional.of(local));
    }

    public Kubectl kubectl() {
        return kubectl;
    }

    public Path kubeconfig() {
        return kubeconfig;
    }

    /** For tests that reach pods by address, look at their wires, or stop parts of the cluster: skips the test on a user's cluster. */
    public void requireLocal() {
        parts();
    }

    /** The name of one of our images, there for pods from now on: {@code proxy}, {@code control} or {@code bookstore}. */
    public synchronized String image(String program) {
        if (local.isEmpty()) {
            return Prerequisite.required("WEFT_TEST_REPOSITORY") + "/" + program + ":"
                    + Prerequisite.required("WEFT_TEST_TAG");
        }
        if (!loaded) {
            local.get().load(archives(Prerequisite.path("WEFT_IMAGES")));
            loaded = true;
        }
        return "localhost/weft/" + program + ":dev";
    }

    /** A namespace for one test, with these labels ({@code key=value}). */
    public TestNamespace namespace(String prefix, String... labels) {
        String name =
                prefix + "-" + Long.toString(ProcessHandle.current().pid(), 36) + "-" + namespaces.incrementAndGet();
        return TestNamespace.create(kubectl, name, labels);
    }

    /** Stops a part of the cluster in its tracks, such as {@code apiserver}, or lets it go on. */
    public void freeze(String part, boolean frozen) {
        parts().signal(part, frozen ? "STOP" : "CONT");
    }

    /**
     * Ends the API server in order and starts it again, and the cluster's controllers with it, which would look for it at intervals of up to a minute.
     * Returns when it serves.
     */
    public void restartApiServer() {
        parts().restart("apiserver");
        Await.until(
                RESTARTED,
                () -> kubectl.attempt("get", "--raw", "/readyz").succeeded(),
                () -> "the API server does not come back");
        parts().restart("controller");
    }

    /** Makes the cluster's store forget every state before this one. */
    public void forgetBefore(String resourceVersion) {
        parts().compact(resourceVersion);
    }

    /** Installs the definitions of the Gateway API, which are the user's to install. */
    public void gatewayApi() {
        kubectl.run("apply", "-f", parts().gatewayApi());
    }

    /** The program helm, of the version that the tests are for. */
    public Path helm() {
        return parts().helm();
    }

    private LocalCluster parts() {
        return local.orElseGet(() -> Prerequisite.missing(
                "this cannot be tried on the cluster that KUBECONFIG names, but on the tests' own"));
    }

    @Override
    public void close() {
        local.ifPresent(LocalCluster::down);
    }

    private static List<Path> archives(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".tar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
