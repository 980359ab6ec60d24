package dev.weft.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.control.kubernetes.KubernetesSource;
import dev.weft.control.kubernetes.KubernetesSourceOptions;
import dev.weft.control.registry.EndpointKey;
import dev.weft.control.registry.MeshEndpoint;
import dev.weft.control.registry.RegistrySnapshot;
import dev.weft.control.source.SourceState;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.Resource;
import dev.weft.resources.Sidecar;
import dev.weft.tests.mesh.Await;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the control plane learns from a real API server, and how soon. */
@OnCluster
@Timeout(240)
class KubernetesSourceOnClusterTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String SERVICES = "/api/v1/services";
    private static final String APPLICATION = """
            apiVersion: v1
            kind: Service
            metadata: {name: db, namespace: $NAMESPACE}
            spec: {clusterIP: None, selector: {app: db}, ports: [{name: tcp, port: 5432, targetPort: sql}]}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: db, namespace: $NAMESPACE}
            spec:
              replicas: 2
              selector: {matchLabels: {app: db}}
              template:
                metadata: {labels: {app: db, security.istio.io/tlsMode: istio}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: db
                    image: $IMAGE
                    imagePullPolicy: IfNotPresent
                    command: [sleep, "1000"]
                    ports: [{name: sql, containerPort: 15432}]
            """;
    private static final String DEFINITION = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: sidecars.networking.istio.io}
            spec:
              group: networking.istio.io
              scope: Namespaced
              names: {kind: Sidecar, plural: sidecars, singular: sidecar, listKind: SidecarList}
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
            """;
    private static final String SIDECAR = """
            apiVersion: networking.istio.io/v1
            kind: Sidecar
            metadata: {name: narrow, namespace: $NAMESPACE}
            spec: {egress: [{hosts: ["./*"]}]}
            """;

    private final AtomicReference<SourceState> newest = new AtomicReference<>(SourceState.EMPTY);
    private String kubeconfig;
    private KubernetesClient client;
    private KubernetesSource source;

    @BeforeEach
    void connect(Cluster cluster) throws IOException {
        kubeconfig = Files.readString(cluster.kubeconfig(), StandardCharsets.UTF_8);
        connect();
    }

    private void connect() {
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig))
                .build();
        source = new KubernetesSource(
                client, KubernetesSourceOptions.of("weft-system", "default"), InstantSource.system());
    }

    @AfterEach
    void disconnect() {
        source.close();
        client.close();
    }

    @Test
    void knowsThePodsBehindAServiceAsTheyComeAndGo(Cluster cluster) {
        try (TestNamespace namespace = cluster.namespace("source")) {
            source.start(newest::set);
            namespace.apply(APPLICATION.replace("$IMAGE", cluster.image("proxy")));

            await(() -> endpoints(namespace, "db", 5432).size() == 2);
            assertThat(endpoints(namespace, "db", 5432)).allSatisfy(endpoint -> {
                assertThat(endpoint.port()).isEqualTo(15432);
                assertThat(endpoint.workload()).isEqualTo("db");
                assertThat(endpoint.serviceAccount()).isEqualTo("default");
                assertThat(endpoint.tls()).isEqualTo(MeshEndpoint.Tls.MUTUAL);
            });

            cluster.kubectl().run("-n", namespace.name(), "scale", "deployment/db", "--replicas=1");
            await(() -> endpoints(namespace, "db", 5432).size() == 1);
        }
    }

    @Test
    void readsACustomKindFromWhenItIsDefinedUntilItIsNot(Cluster cluster) {
        // To take somebody's definition away would take what they wrote.
        boolean defined = cluster.kubectl()
                .attempt("get", "crd", "sidecars.networking.istio.io")
                .succeeded();
        try (TestNamespace namespace = cluster.namespace("kinds")) {
            source.start(newest::set);

            if (!defined) {
                cluster.kubectl().apply(DEFINITION);
            }
            cluster.kubectl().run("wait", "--for=condition=Established", "crd/sidecars.networking.istio.io");
            namespace.apply(SIDECAR);
            await(() -> has(resource -> resource instanceof Sidecar));

            cluster.kubectl().delete(defined ? SIDECAR.replace("$NAMESPACE", namespace.name()) : DEFINITION);
            await(() -> !has(resource -> resource instanceof Sidecar));
        }
    }

    @Test
    void forgetsNothingWhileTheApiServerIsAwayAndCatchesUp(Cluster cluster) throws InterruptedException {
        try (TestNamespace namespace = cluster.namespace("away")) {
            namespace.apply(service(0));
            source.start(newest::set);
            int before = newest.get().resources().size();

            cluster.freeze("apiserver", true);
            try {
                // The time that it is away is the case; nothing could be waited for.
                Thread.sleep(Duration.ofSeconds(12));
                assertThat(newest.get().resources()).hasSizeGreaterThanOrEqualTo(before);
            } finally {
                cluster.freeze("apiserver", false);
            }

            await(() -> cluster.kubectl().attempt("get", "--raw", "/readyz").succeeded());
            namespace.apply(service(1));
            await(() -> has(resource -> resource instanceof KubernetesService
                    && resource.meta().name().equals("svc-1")));
        }
    }

    @Test
    void convergesWhereTheApiServerHasForgottenWhatWasSeenLast(Cluster cluster) throws IOException {
        cluster.requireLocal();
        Kubectl kubectl = cluster.kubectl();
        try (TestNamespace namespace = cluster.namespace("gone");
                TcpRelay relay = TcpRelay.to(URI.create(client.getMasterUrl().toString()))) {
            disconnect();
            kubeconfig = kubeconfig.replaceAll("https://[0-9.:]+", "https://127.0.0.1:" + relay.port());
            connect();
            namespace.apply(service(0) + "---\n" + service(1));
            source.start(newest::set);
            assertThat(serves(namespace, 0) && serves(namespace, 1)).isTrue();

            relay.cut();
            String seen = version(kubectl);
            kubectl.run("-n", namespace.name(), "delete", "service", "svc-0");
            namespace.apply(service(2));
            cluster.forgetBefore(version(kubectl));
            cluster.restartApiServer();
            assertThat(kubectl.run("get", "--raw", SERVICES + "?watch=1&timeoutSeconds=2&resourceVersion=" + seen))
                    .contains("\"code\":410");
            assertThat(serves(namespace, 0))
                    .as("nothing is forgotten meanwhile")
                    .isTrue();
            relay.mend();

            await(() -> !serves(namespace, 0) && serves(namespace, 1) && serves(namespace, 2));
            namespace.apply(service(3));
            await(() -> serves(namespace, 3));
        }
    }

    private static String version(Kubectl kubectl) {
        Matcher version =
                Pattern.compile("\"resourceVersion\":\"(\\d+)\"").matcher(kubectl.run("get", "--raw", SERVICES));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    private boolean serves(TestNamespace namespace, int service) {
        return has(resource -> resource instanceof KubernetesService
                && resource.meta().namespace().equals(namespace.name())
                && resource.meta().name().equals("svc-" + service));
    }

    @Test
    void readsAThousandServicesWithFiveThousandEndpoints(Cluster cluster) {
        try (TestNamespace namespace = cluster.namespace("scale")) {
            for (int first = 0; first < 1_000; first += 100) {
                namespace.apply(String.join(
                        "---\n",
                        IntStream.range(first, first + 100)
                                .mapToObj(service -> service(service) + "---\n" + slice(service, 5))
                                .toList()));
            }
            long begin = System.nanoTime();
            source.start(newest::set);
            long read = System.nanoTime();
            RegistrySnapshot snapshot = RegistrySnapshot.of(newest.get().resources());
            long joined = System.nanoTime();

            assertThat(snapshot.services().stream()
                            .filter(service -> service.namespace().equals(namespace.name())))
                    .hasSize(1_000);
            assertThat(IntStream.range(0, 1_000)
                            .map(service -> endpoints(snapshot, namespace, "svc-" + service, 80)
                                    .size()))
                    .containsOnly(5);
            namespace.apply(slice(7, 6));
            await(() -> endpoints(namespace, "svc-7", 80).size() == 6);
            System.out.printf(
                    "1000 services, 5000 endpoints: read %d ms, first join %d ms%n",
                    (read - begin) / 1_000_000, (joined - read) / 1_000_000);
        }
    }

    private void await(BooleanSupplier condition) {
        Await.until(SOON, condition, () -> newest.get().resources().size() + " resources");
    }

    private boolean has(Predicate<Resource> wanted) {
        return newest.get().resources().stream().anyMatch(wanted);
    }

    private List<MeshEndpoint> endpoints(TestNamespace namespace, String service, int port) {
        return endpoints(RegistrySnapshot.of(newest.get().resources()), namespace, service, port);
    }

    private static List<MeshEndpoint> endpoints(
            RegistrySnapshot snapshot, TestNamespace namespace, String service, int port) {
        String host = service + "." + namespace.name() + ".svc.cluster.local";
        return snapshot.endpoints(new EndpointKey(host, namespace.name(), port));
    }

    private static String service(int service) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: svc-%d, namespace: $NAMESPACE}
                spec: {clusterIP: None, ports: [{name: http, port: 80}]}
                """.formatted(service);
    }

    /** As somebody would write it by hand; the addresses are of a block for documentation. */
    private static String slice(int service, int endpoints) {
        String members = String.join(
                ", ",
                IntStream.range(0, endpoints)
                        .mapToObj(
                                i -> "{addresses: [198.18.%d.%d]}".formatted(i * 4 + service / 250, service % 250 + 1))
                        .toList());
        return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: svc-%d-x, namespace: $NAMESPACE, labels: {kubernetes.io/service-name: svc-%d}}
                addressType: IPv4
                endpoints: [%s]
                ports: [{name: http, port: 80, protocol: TCP}]
                """.formatted(service, service, members);
    }
}
