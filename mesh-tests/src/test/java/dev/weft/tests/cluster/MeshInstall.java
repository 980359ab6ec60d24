package dev.weft.tests.cluster;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Weft on a cluster as its charts install it, by Helm's own engine. One at a time on a cluster; closing uninstalls it. */
final class MeshInstall implements AutoCloseable {
    static final String NAMESPACE = "weft-system";

    private static final String MADE = "app.kubernetes.io/managed-by=weft-control";
    private static final int HELM_SECONDS = 180;
    private static final Duration GONE = Duration.ofSeconds(90);

    private final Cluster cluster;
    private final List<String> releases = new ArrayList<>();

    private MeshInstall(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Definitions and control plane, with these values of the chart {@code weft}. */
    static MeshInstall start(Cluster cluster, Map<String, Object> values) {
        MeshInstall install = new MeshInstall(cluster);
        try {
            install.release("weft-base", Map.of());
            install.release("weft", images(cluster, values));
        } catch (RuntimeException | Error e) {
            String state = cluster.kubectl().describe(NAMESPACE);
            try {
                install.close();
            } catch (RuntimeException | Error second) {
                e.addSuppressed(second);
            }
            throw new AssertionError("Weft does not install: " + e.getMessage() + "\n" + state, e);
        }
        return install;
    }

    /** Takes a test's namespace and the mesh away, as far as they came to be. */
    static void end(@Nullable TestNamespace namespace, @Nullable MeshInstall mesh) {
        if (namespace != null) {
            namespace.close();
        }
        if (mesh != null) {
            mesh.close();
        }
    }

    /** The ingress gateway. */
    void gateway(Map<String, Object> values) {
        release("weft-gateway", images(cluster, values));
    }

    /** Adds a chart of the project, and waits until what it brings is ready. */
    private void release(String chart, Map<String, Object> values) {
        InstallCommand command = new Helm(Path.of("../charts").resolve(chart))
                .install()
                .withName(chart)
                .withNamespace(NAMESPACE)
                .createNamespace()
                .withKubeConfig(cluster.kubeconfig())
                .waitReady()
                .withTimeout(HELM_SECONDS);
        releases.add(chart);
        values.forEach(command::set);
        command.call();
    }

    private static Map<String, Object> images(Cluster cluster, Map<String, Object> values) {
        String image = cluster.image("control");
        Map<String, Object> all = new HashMap<>(values);
        all.put("image.hub", image.substring(0, image.lastIndexOf('/')));
        all.put("image.tag", image.substring(image.lastIndexOf(':') + 1));
        return all;
    }

    /** Uninstalls the releases in the reverse order, waits until their namespace is gone, and takes away what the control plane made elsewhere. */
    @Override
    public void close() {
        for (String release : releases.reversed()) {
            Helm.uninstall(release)
                    .withNamespace(NAMESPACE)
                    .withKubeConfig(cluster.kubeconfig())
                    .ignoreNotFound()
                    .call();
        }
        releases.clear();
        Kubectl kubectl = cluster.kubectl();
        kubectl.run("delete", "namespace", NAMESPACE, "--ignore-not-found", "--timeout=" + GONE.toSeconds() + "s");
        // Only now: as long as it runs it puts them back.
        kubectl.run("delete", "configmaps", "-A", "-l", MADE);
    }
}
