package dev.weft.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.control.kubernetes.identity.FakeApiServer;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cluster's configuration and its credentials make of streams and namespaces. */
class KubernetesMeshTest {
    @TempDir
    Path directory;

    private final FakeApiServer cluster = new FakeApiServer();
    private Replicas replicas;
    private String token;

    @BeforeEach
    void start() {
        replicas = new Replicas(cluster, directory);
        token = replicas.token();
    }

    @AfterEach
    void stop() throws Exception {
        replicas.close();
    }

    @Test
    void endsAStreamWhoseTokenHasExpiredAndGivesTheNextOneWhatChangedMeanwhile() throws Exception {
        service("reviews");
        ControlPlaneApp app = replicas.start("weft-control-a");
        ManagedChannel channel = replicas.channel(app);
        Instant expires = InstantSource.system().instant().plusSeconds(3).truncatedTo(ChronoUnit.SECONDS);
        String brief = cluster.token("shop", "ratings", "ratings-v1", expires);
        AdsClient client = new AdsClient(channel, brief);
        client.subscribe(AdsClient.node("ratings-v1", "shop", "ratings"), AdsClient.CLUSTER);
        DeltaDiscoveryResponse first = client.next();
        client.ack(first);
        AdsClient lasting = new AdsClient(channel, token);
        lasting.subscribe(AdsClient.node("reviews-v1", "shop", "reviews"), AdsClient.CLUSTER);
        lasting.ack(lasting.next());

        Status end = client.ending();

        assertThat(end.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(end.getDescription()).contains("the token has expired");
        assertThat(InstantSource.system().instant()).isAfterOrEqualTo(expires);
        service("details");
        assertThat(names(lasting.next())).containsExactly(cluster("details"));
        AdsClient again = new AdsClient(
                channel, cluster.token("shop", "ratings", "ratings-v1", expires.plus(Duration.ofHours(1))));
        again.resume(AdsClient.node("ratings-v1", "shop", "ratings"), AdsClient.CLUSTER, versions(first));
        assertThat(names(again.next())).containsExactly(cluster("details"));
    }

    private void service(String name) {
        cluster.shared()
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withNamespace("shop")
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withClusterIP("10.96.0." + name.length())
                        .addNewPort()
                        .withName("http")
                        .withPort(80)
                        .endPort()
                        .endSpec()
                        .build())
                .create();
    }

    private static String cluster(String service) {
        return "outbound|80||" + service + ".shop.svc.cluster.local";
    }

    private static List<String> names(DeltaDiscoveryResponse response) {
        return response.getResourcesList().stream()
                .map(io.envoyproxy.envoy.service.discovery.v3.Resource::getName)
                .toList();
    }

    private static Map<String, String> versions(DeltaDiscoveryResponse response) {
        Map<String, String> versions = new HashMap<>();
        response.getResourcesList().forEach(resource -> versions.put(resource.getName(), resource.getVersion()));
        return versions;
    }

    @Test
    void putsTheRootOnlyIntoNamespacesThatTheMeshSelectsAndHearsWhenThatChanges() throws Exception {
        meshConfig("discoverySelectors: [{matchLabels: {kubernetes.io/metadata.name: other}}]");
        replicas.start("weft-control-a");
        replicas.namespace("other");
        Await.until(() -> "other", () -> !replicas.bundle("other").isEmpty());
        Await.until(
                () -> "the root namespace",
                () -> !replicas.bundle("weft-system").isEmpty());
        assertThat(replicas.bundle("shop")).isEmpty();

        meshConfig("discoverySelectors: [{matchLabels: {kubernetes.io/metadata.name: shop}}]");

        Await.until(() -> "shop", () -> !replicas.bundle("shop").isEmpty());
        assertThat(replicas.bundle("other")).isNotEmpty();
    }

    private void meshConfig(String mesh) {
        cluster.shared()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("weft-system")
                        .withName("weft")
                        .endMetadata()
                        .withData(Map.of("mesh", mesh))
                        .build())
                .createOr(io.fabric8.kubernetes.client.dsl.NonDeletingOperation::update);
    }

    @Test
    void saysOfEachEndpointWhichClusterItIsOf() throws Exception {
        service("reviews");
        cluster.shared()
                .load(new ByteArrayInputStream("""
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: reviews-v1, namespace: shop, labels: {app: reviews}}
                    spec: {serviceAccountName: reviews, containers: [{name: app}]}
                    ---
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    addressType: IPv4
                    metadata: {name: reviews-x, namespace: shop, labels: {kubernetes.io/service-name: reviews}}
                    ports: [{name: http, port: 8080, protocol: TCP}]
                    endpoints: [{addresses: [10.0.0.1], conditions: {ready: true}, targetRef: {kind: Pod, namespace: shop, name: reviews-v1}}]
                    """.getBytes(StandardCharsets.UTF_8)))
                .create();
        ManagedChannel channel = replicas.channel(replicas.start("weft-control-a", "--cluster-id", "east"));
        AdsClient client = new AdsClient(channel, token);
        client.subscribe(AdsClient.node("reviews-v1", "shop", "reviews"), AdsClient.ENDPOINT, cluster("reviews"));

        ClusterLoadAssignment endpoints = ClusterLoadAssignment.parseFrom(
                client.next().getResources(0).getResource().getValue());

        assertThat(endpoints
                        .getEndpoints(0)
                        .getLbEndpoints(0)
                        .getMetadata()
                        .getFilterMetadataOrThrow("istio")
                        .getFieldsOrThrow("workload")
                        .getStringValue())
                .isEqualTo("reviews-v1;shop;reviews;latest;east");
    }
}
