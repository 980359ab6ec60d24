package dev.weft.benchmarks.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A mesh's objects in an API server: made before a run, gone with it. Calls are made on virtual threads, a bounded number at a time; owns its
 * client.
 */
final class ApiObjects implements AutoCloseable {
    static final String SYSTEM = "weft-system";

    private static final int AT_ONCE = 24;
    private static final int CONFLICT = 409;
    private static final int SETTLE_SECONDS = 180;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ScaleMesh mesh;
    private final KubernetesClient client;
    private final List<GenericKubernetesResource> defined = new ArrayList<>();
    private final Semaphore calls = new Semaphore(AT_ONCE);

    ApiObjects(ScaleMesh mesh, Path kubeconfig) {
        this.mesh = mesh;
        this.client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                .build();
    }

    /** Makes everything, and waits until the cluster's own controllers have nothing left to add. */
    void create(Path definitions) throws InterruptedException {
        try (Stream<Path> files = Files.list(definitions)) {
            files.filter(file -> file.toString().endsWith(".yaml")).sorted().forEach(this::define);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        create(ScaleMesh.namespaceObject(SYSTEM));
        each(ScaleMesh.NAMESPACES, i -> create(ScaleMesh.namespaceObject(ScaleMesh.namespace(i))));
        each(mesh.services(), service -> create(mesh.account(service)));
        each(mesh.services(), service -> mesh.objects(service).forEach(this::create));
        settle();
    }

    /** The cluster makes a slice of its own for each Service, without endpoints. */
    private void settle() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
        while (count("/apis/discovery.k8s.io/v1/endpointslices") < 2L * mesh.services()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("the cluster's own slices are not all there");
            }
            Thread.sleep(1000);
        }
    }

    private long count(String path) {
        try {
            JsonNode list = JSON.readTree(client.raw(path + "?limit=1"));
            return list.path("items").size()
                    + list.path("metadata").path("remainingItemCount").asLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void define(Path file) {
        try {
            String definition = Files.readString(file);
            if (create(definition)) {
                defined.add(read(definition));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it was not there before. */
    private boolean create(String object) {
        try {
            client.resource(read(object)).create();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT) {
                throw e;
            }
            return false;
        }
    }

    /** Writes an object that is there over. */
    void replace(String object) {
        client.resource(read(object)).forceConflicts().serverSideApply();
    }

    private static GenericKubernetesResource read(String object) {
        return Objects.requireNonNull(Serialization.unmarshal(object, GenericKubernetesResource.class), "object");
    }

    /** Tokens as the kubelet gives them to the first pods of the first services. */
    List<String> tokens(int proxies) throws InterruptedException {
        String[] tokens = new String[proxies];
        each(proxies, service -> tokens[service] = token(service));
        return List.of(tokens);
    }

    private String token(int service) {
        String namespace = ScaleMesh.namespace(service);
        String pod = ScaleMesh.pod(service, 0);
        String uid = client.pods()
                .inNamespace(namespace)
                .withName(pod)
                .get()
                .getMetadata()
                .getUid();
        Map<String, Object> request = Map.of(
                "apiVersion",
                "authentication.k8s.io/v1",
                "kind",
                "TokenRequest",
                "spec",
                Map.of(
                        "audiences",
                        List.of("istio-ca"),
                        "expirationSeconds",
                        3600,
                        "boundObjectRef",
                        Map.of("kind", "Pod", "apiVersion", "v1", "name", pod, "uid", uid)));
        try {
            String path = "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + ScaleMesh.name(service) + "/token";
            return JSON.readTree(client.raw(path, "POST", request))
                    .path("status")
                    .path("token")
                    .asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The mesh's root, where every namespace finds it. */
    String root() throws InterruptedException {
        for (int tries = 0; tries < 300; tries++) {
            var map = client.configMaps()
                    .inNamespace(ScaleMesh.namespace(0))
                    .withName("weft-ca-root-cert")
                    .get();
            String bundle = map == null ? null : map.getData().get("root-cert.pem");
            if (bundle != null) {
                return bundle;
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException("the control plane has published no root");
    }

    private interface Work {
        void run(int index);
    }

    private void each(int count, Work work) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            IntStream.range(0, count)
                    .forEach(index -> running.add(threads.submit(() -> {
                        calls.acquireUninterruptibly();
                        try {
                            work.run(index);
                        } finally {
                            calls.release();
                        }
                    })));
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the API server does not take the objects", e.getCause());
        }
    }

    /** Asks the API server to remove the namespaces and the definitions that were not there before; it does so in its own time. */
    @Override
    public void close() {
        try {
            client.namespaces().withLabel(ScaleMesh.LABEL).delete();
            defined.forEach(definition -> client.resource(definition).delete());
        } finally {
            client.close();
        }
    }
}
