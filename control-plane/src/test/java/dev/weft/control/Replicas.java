package dev.weft.control;

import dev.weft.control.kubernetes.identity.FakeApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.grpc.ManagedChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Whole control planes against an API server in this process that has their namespace and one more, {@code shop}, and connections to them. Closes all of it. */
final class Replicas implements AutoCloseable {
    private final FakeApiServer cluster;
    private final Path directory;
    private final List<ControlPlaneApp> running = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

    Replicas(FakeApiServer cluster, Path directory) {
        this.cluster = cluster;
        this.directory = directory;
        namespace("weft-system");
        namespace("shop");
    }

    void namespace(String name) {
        cluster.shared()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
    }

    /** The token of the pod {@code reviews-v1}, for an hour. */
    String token() {
        return cluster.token(
                "shop",
                "reviews",
                "reviews-v1",
                InstantSource.system().instant().plus(Duration.ofHours(1)));
    }

    ControlPlaneApp start(String pod, String... more) throws Exception {
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), cluster.kubeconfig());
        List<String> arguments = new ArrayList<>(List.of(
                "--kubernetes",
                "--kubeconfig=" + kubeconfig,
                "--xds-port",
                "0",
                "--http-port",
                "0",
                "--webhook-port",
                "0"));
        arguments.addAll(List.of(more));
        ControlPlaneApp app = ControlPlaneApp.start(
                ControlPlaneOptions.parse(arguments, Map.of("POD_NAMESPACE", "weft-system")),
                Map.of("POD_NAME", pod),
                InstantSource.system());
        synchronized (running) {
            running.add(app);
        }
        return app;
    }

    /** What a namespace is told to trust; empty for nothing. */
    String bundle(String namespace) {
        ConfigMap map = cluster.shared()
                .configMaps()
                .inNamespace(namespace)
                .withName("weft-ca-root-cert")
                .get();
        return map == null ? "" : map.getData().get("root-cert.pem");
    }

    ManagedChannel channel(ControlPlaneApp app) throws Exception {
        Await.until(() -> "bundle", () -> !bundle("shop").isEmpty());
        Path root = Files.writeString(directory.resolve("root.pem"), bundle("shop"));
        ManagedChannel channel = TestControlPlane.channel(app, root, "weft-control.weft-system.svc");
        channels.add(channel);
        return channel;
    }

    ManagedChannel lastChannel() {
        return channels.getLast();
    }

    @Override
    public void close() throws Exception {
        for (ManagedChannel channel : channels) {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
        List<Thread> closing = running.stream()
                .map(app -> Thread.ofVirtual().start(app::close))
                .toList();
        for (Thread thread : closing) {
            thread.join();
        }
        cluster.close();
    }
}
