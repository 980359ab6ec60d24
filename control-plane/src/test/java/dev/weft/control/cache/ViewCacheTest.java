package dev.weft.control.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.ByteString;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.Meshes;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.ProxyFacts.Client;
import dev.weft.control.registry.RegistrySnapshot;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.listener.Listener;
import dev.weft.model.route.RouteConfig;
import dev.weft.xds.SecretResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ViewCacheTest {
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: %s, namespace: shop}
            spec: {selector: {app: %s}, ports: [{name: http, port: 80}]}
            ---
            """;
    private static final String WORKLOAD = """
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: %s, namespace: shop}
            spec: {address: 10.0.0.1, labels: {app: a}, serviceAccount: a}
            ---
            """;
    private static final ClientNode WEB = Meshes.node("shop", "web", Map.of("app", "web"));
    private static final String A = "outbound|80||a.shop.svc.cluster.local";

    /** Encodes the text of the model, counts, and fails where told. */
    private static final class FakeEncoder implements ResourceEncoder {
        private final List<String> encoded = new ArrayList<>();
        private String broken = "";

        private EncodedResource of(ResourceType type, String name, Object model) {
            if (name.equals(broken)) {
                throw new IllegalArgumentException("cannot say " + name);
            }
            encoded.add(type.shortName() + " " + name);
            return new EncodedResource(
                    type, name, Integer.toHexString(model.hashCode()), ByteString.copyFromUtf8(model.toString()));
        }

        @Override
        public EncodedResource cluster(Cluster cluster) {
            return of(ResourceType.CLUSTER, cluster.name(), cluster);
        }

        @Override
        public EncodedResource endpoints(EndpointSet endpoints) {
            return of(ResourceType.ENDPOINT, endpoints.name(), endpoints);
        }

        @Override
        public EncodedResource listener(Listener listener) {
            return of(ResourceType.LISTENER, listener.name(), listener);
        }

        @Override
        public EncodedResource routes(RouteConfig routes) {
            return of(ResourceType.ROUTE, routes.name(), routes);
        }

        @Override
        public EncodedResource secret(SecretResource secret) {
            return of(ResourceType.SECRET, secret.name(), secret);
        }
    }

    private final FakeEncoder encoder = new FakeEncoder();
    private final ViewCache cache = new ViewCache(ImmutableMap.of(Client.MESH_PROXY, encoder));

    private void publish(String yaml) {
        cache.publish(RegistrySnapshot.of(Meshes.resources(yaml)));
    }

    /** As the control plane does: each snapshot knows the one before. */
    private static RegistrySnapshot next(RegistrySnapshot before, String yaml) {
        return RegistrySnapshot.of(Meshes.resources(yaml), Optional.of(before));
    }

    @Test
    void sharesTheResultBetweenReplicas() {
        publish(SERVICE.formatted("a", "a"));
        ClientNode twin = new ClientNode("another", "another", WEB.facts(), WEB.userAgent(), WEB.adminPort());

        ResourceSnapshot first = cache.snapshot(WEB);
        int work = encoder.encoded.size();

        assertThat(cache.snapshot(twin)).isSameAs(first);
        assertThat(encoder.encoded).hasSize(work);
    }

    @Test
    void encodesOnlyTheEndpointsThatChanged() {
        publish(SERVICE.formatted("a", "a") + SERVICE.formatted("b", "b") + WORKLOAD.formatted("a1"));
        ResourceSnapshot before = cache.snapshot(WEB);
        encoder.encoded.clear();

        publish(SERVICE.formatted("a", "a")
                + SERVICE.formatted("b", "b")
                + WORKLOAD.formatted("a1")
                + WORKLOAD.formatted("a2"));
        ResourceSnapshot after = cache.snapshot(WEB);

        assertThat(encoder.encoded).containsExactly("eds " + A);
        for (ResourceType type : List.of(ResourceType.CLUSTER, ResourceType.LISTENER, ResourceType.ROUTE)) {
            assertThat(after.of(type)).as(type.shortName()).isSameAs(before.of(type));
        }
        assertThat(after.of(ResourceType.ENDPOINT).version())
                .isNotEqualTo(before.of(ResourceType.ENDPOINT).version());
    }

    @Test
    void encodesOnlyTheSecretThatWasRotatedAndForGatewaysOnly() {
        String gateway = """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: web, namespace: shop}
                spec:
                  servers:
                  - {port: {number: 443, protocol: HTTPS, name: a}, hosts: [a.example.com], tls: {mode: SIMPLE, credentialName: a}}
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: a, namespace: shop}
                stringData: {tls.crt: one, tls.key: one}
                ---
                """;
        ProxyFacts facts = WEB.facts();
        ClientNode ingress = new ClientNode(
                "router",
                "router",
                new ProxyFacts(
                        facts.client(),
                        facts.namespace(),
                        facts.serviceAccount(),
                        facts.domainSuffix(),
                        facts.labels(),
                        facts.addresses(),
                        facts.locality(),
                        facts.network(),
                        facts.httpProxyPort(),
                        facts.interception(),
                        ProxyFacts.Role.GATEWAY),
                WEB.userAgent(),
                WEB.adminPort());
        publish(gateway);
        cache.snapshot(ingress);
        encoder.encoded.clear();

        publish(gateway.replace("one", "two"));
        ResourceSnapshot after = cache.snapshot(ingress);

        assertThat(encoder.encoded).containsExactly("sds kubernetes://shop/a");
        assertThat(after.of(ResourceType.SECRET).byName()).containsOnlyKeys("kubernetes://shop/a");
        assertThat(cache.snapshot(WEB).of(ResourceType.SECRET).byName()).isEmpty();
    }

    @Test
    void givesOnTheShortPathWhatTheLongOneGives() {
        String yaml = SERVICE.formatted("a", "a") + WORKLOAD.formatted("a1");
        publish(yaml);
        cache.snapshot(WEB);
        publish(yaml + WORKLOAD.formatted("a2"));
        ResourceSnapshot shortPath = cache.snapshot(WEB);

        ViewCache fresh = new ViewCache(ImmutableMap.of(Client.MESH_PROXY, encoder));
        fresh.publish(RegistrySnapshot.of(Meshes.resources(yaml + WORKLOAD.formatted("a2"))));

        for (ResourceType type : ResourceType.values()) {
            assertThat(shortPath.of(type)).isEqualTo(fresh.snapshot(WEB).of(type));
        }
    }

    @Test
    void saysWhichResourcesAChangeOfEndpointsTouchesThoughTheWorkloadServesSomethingItself() {
        String yaml = SERVICE.formatted("a", "a")
                + SERVICE.formatted("web", "web")
                + WORKLOAD.formatted("a1")
                + WORKLOAD.formatted("web").replace("app: a", "app: web").replace("Account: a", "Account: web");
        RegistrySnapshot first = RegistrySnapshot.of(Meshes.resources(yaml));
        cache.publish(first);
        ResourceSnapshot before = cache.snapshot(WEB);

        cache.publish(next(first, yaml + WORKLOAD.formatted("a2")));
        ResourceSnapshot after = cache.snapshot(WEB);

        assertThat(after.of(ResourceType.ENDPOINT).changedSince(before.of(ResourceType.ENDPOINT)))
                .hasValue(ImmutableSet.of(A));
        assertThat(after.of(ResourceType.CLUSTER)).isSameAs(before.of(ResourceType.CLUSTER));
        assertThat(before.of(ResourceType.CLUSTER).byName()).containsKey("inbound|80||");
    }

    @Test
    void encodesTheOneClusterWhosePeersGetAnotherAccount() {
        String yaml = SERVICE.formatted("a", "a") + SERVICE.formatted("b", "b") + WORKLOAD.formatted("a1");
        RegistrySnapshot first = RegistrySnapshot.of(Meshes.resources(yaml));
        cache.publish(first);
        ResourceSnapshot before = cache.snapshot(WEB);
        encoder.encoded.clear();

        String more = yaml + WORKLOAD.formatted("a2").replace("serviceAccount: a", "serviceAccount: other");
        cache.publish(next(first, more));
        ResourceSnapshot after = cache.snapshot(WEB);

        assertThat(encoder.encoded).containsExactlyInAnyOrder("cds " + A, "eds " + A);
        assertThat(after.of(ResourceType.CLUSTER).changedSince(before.of(ResourceType.CLUSTER)))
                .hasValue(ImmutableSet.of(A));
        assertThat(after.of(ResourceType.ROUTE)).isSameAs(before.of(ResourceType.ROUTE));
        ViewCache fresh = new ViewCache(ImmutableMap.of(Client.MESH_PROXY, encoder));
        fresh.publish(RegistrySnapshot.of(Meshes.resources(more)));
        for (ResourceType type : ResourceType.values()) {
            assertThat(after.of(type)).isEqualTo(fresh.snapshot(WEB).of(type));
        }
    }

    @Test
    void leavesClustersAsTheyAreWhereOnlyARouteChanges() {
        String yaml = SERVICE.formatted("a", "a") + WORKLOAD.formatted("a1");
        String route = """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: a, namespace: shop}
                spec: {hosts: [a], http: [{timeout: 3s, route: [{destination: {host: a}}]}]}
                """;
        RegistrySnapshot first = RegistrySnapshot.of(Meshes.resources(yaml));
        cache.publish(first);
        ResourceSnapshot before = cache.snapshot(WEB);
        encoder.encoded.clear();

        cache.publish(next(first, yaml + route));
        ResourceSnapshot after = cache.snapshot(WEB);

        assertThat(encoder.encoded).allMatch(encoded -> encoded.startsWith("rds "));
        assertThat(after.of(ResourceType.CLUSTER)).isSameAs(before.of(ResourceType.CLUSTER));
        assertThat(after.of(ResourceType.ENDPOINT)).isSameAs(before.of(ResourceType.ENDPOINT));
    }

    @Test
    void encodesNothingForAChangeThatIsNoneOfTheProxysBusiness() {
        publish(SERVICE.formatted("a", "a"));
        ResourceSnapshot before = cache.snapshot(WEB);
        encoder.encoded.clear();

        publish(SERVICE.formatted("a", "a") + """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: elsewhere}
                spec: {}
                """);

        assertThat(cache.snapshot(WEB)).isSameAs(before);
        assertThat(encoder.encoded).isEmpty();
    }

    @Test
    void keepsTheLastGoodVersionOfWhatCannotBeEncoded() {
        publish(SERVICE.formatted("a", "a") + WORKLOAD.formatted("a1"));
        EncodedResource good = cache.snapshot(WEB).of(ResourceType.ENDPOINT).find(A);
        assertThat(good).isNotNull();

        encoder.broken = A;
        publish(SERVICE.formatted("a", "a") + WORKLOAD.formatted("a1") + WORKLOAD.formatted("a2"));

        assertThat(cache.snapshot(WEB).of(ResourceType.ENDPOINT).find(A)).isEqualTo(good);
        assertThat(cache.failures()).containsExactly(new Failure(ResourceType.ENDPOINT, A, "cannot say " + A));

        cache.release(WEB);
        assertThat(cache.failures()).isEmpty();
    }

    @Test
    void speaksEveryDialect() {
        ViewCache real = ViewCache.create();
        real.publish(RegistrySnapshot.of(Meshes.resources(SERVICE.formatted("a", "a") + WORKLOAD.formatted("a1"))));

        assertThat(real.snapshot(WEB).of(ResourceType.CLUSTER).contains(A)).isTrue();
        assertThat(real.failures()).isEmpty();
    }
}
