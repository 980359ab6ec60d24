package dev.weft.control.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.control.Await;
import dev.weft.control.source.SourceState;
import dev.weft.resources.EndpointSlice;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Pod;
import dev.weft.resources.Problem;
import dev.weft.resources.Resource;
import dev.weft.resources.Secret;
import dev.weft.resources.VirtualService;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KubernetesSourceTest {
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec: {selector: {app: reviews}, clusterIP: 10.96.0.7, ports: [{name: http, port: 9080, protocol: TCP, targetPort: 9080}]}
            """;
    private static final String SLICE = """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: reviews-1, namespace: shop, labels: {kubernetes.io/service-name: reviews}}
            addressType: IPv4
            endpoints:
            - {addresses: [10.0.0.5], conditions: {ready: true}, targetRef: {kind: Pod, name: reviews-v1-x, namespace: shop}}
            ports: [{name: http, port: 9080, protocol: TCP}]
            """;
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: reviews-v1-x
              namespace: shop
              labels: {app: reviews, pod-template-hash: abc}
              annotations: {example.com/noise: "1"}
              ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: reviews-v1-abc, uid: u, controller: true}]
            spec:
              serviceAccountName: reviews
              nodeName: node-1
              containers: [{name: app, image: x, ports: [{name: web, containerPort: 9080}]}]
            status: {phase: Running, podIP: 10.0.0.5, podIPs: [{ip: 10.0.0.5}]}
            """;
    private static final String DEFINITION = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: virtualservices.networking.istio.io}
            spec:
              group: networking.istio.io
              names: {kind: VirtualService, plural: virtualservices}
              scope: Namespaced
              versions: [{name: v1alpha3, served: true}, {name: v1, served: true}]
            status: {conditions: [{type: Established, status: "True"}]}
            """;
    private static final String ROUTE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews, namespace: shop}
            spec:
              hosts: [reviews]
              http: [{timeout: 3s, route: [{destination: {host: reviews}}]}]
            """;
    private static final String MESH = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: weft, namespace: weft-system}
            data: {mesh: "trustDomain: example.org"}
            """;

    private final FakeCluster cluster = new FakeCluster();
    private final KubernetesSource source = new KubernetesSource(
            cluster.client(), KubernetesSourceOptions.of("weft-system", "default"), InstantSource.system());
    private final List<SourceState> states = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        source.close();
        cluster.close();
    }

    @Test
    void deliversEverythingAtOnceBeforeItReturns() {
        cluster.apply(SERVICE);
        cluster.apply(SLICE);
        cluster.apply(POD);
        cluster.apply(DEFINITION);
        cluster.apply(ROUTE);

        source.start(states::add);

        assertThat(states).hasSize(1);
        assertThat(all(KubernetesService.class))
                .singleElement()
                .satisfies(service -> assertThat(service.clusterIps()).containsExactly("10.96.0.7"));
        assertThat(all(EndpointSlice.class)).singleElement().satisfies(slice -> {
            assertThat(slice.service()).isEqualTo("reviews");
            assertThat(slice.endpoints()).hasSize(1);
        });
        assertThat(all(Pod.class)).singleElement().satisfies(pod -> {
            assertThat(pod.serviceAccount()).isEqualTo("reviews");
            assertThat(pod.workload()).isEqualTo("reviews-v1");
            assertThat(pod.ports()).containsEntry("web", 9080);
            assertThat(pod.meta().annotations()).isEmpty();
        });
        assertThat(all(VirtualService.class)).hasSize(1);
        assertThat(states.getFirst().problems()).isEmpty();
    }

    @Test
    void followsWhatChangesAndWhatGoes() throws InterruptedException {
        source.start(states::add);

        cluster.apply(SERVICE);
        await(state -> !of(state, KubernetesService.class).isEmpty());
        cluster.apply(SERVICE.replace("port: 9080", "port: 80"));
        await(state -> of(state, KubernetesService.class).getFirst().port(80).isPresent());
        cluster.delete(SERVICE);
        await(state -> of(state, KubernetesService.class).isEmpty());
    }

    @Test
    void takesNoChangeForOneThatIsNoneOfAMeshsBusiness() throws InterruptedException {
        cluster.apply(POD);
        source.start(states::add);

        cluster.apply(POD.replace("noise: \"1\"", "noise: \"2\""));
        cluster.apply(SERVICE);
        await(state -> !of(state, KubernetesService.class).isEmpty());

        assertThat(states).hasSize(2);
        assertThat(of(states.get(1), Pod.class).getFirst())
                .isSameAs(of(states.get(0), Pod.class).getFirst());
    }

    @Test
    void readsAKindFromWhenItIsDefinedUntilItIsNot() throws InterruptedException {
        source.start(states::add);

        cluster.apply(DEFINITION);
        cluster.apply(ROUTE);
        await(state -> !of(state, VirtualService.class).isEmpty());
        cluster.delete(DEFINITION);
        await(state -> of(state, VirtualService.class).isEmpty());
    }

    @Test
    void waitsUntilADefinitionIsEstablished() throws InterruptedException {
        cluster.apply(DEFINITION.replace("\"True\"", "\"False\""));
        cluster.apply(ROUTE);
        source.start(states::add);
        assertThat(all(VirtualService.class)).isEmpty();

        cluster.apply(DEFINITION);

        await(state -> !of(state, VirtualService.class).isEmpty());
    }

    @Test
    void keepsTheLastValidVersionAndNamesTheObjectAndTheField() throws InterruptedException {
        cluster.apply(SERVICE);
        cluster.apply(DEFINITION);
        cluster.apply(ROUTE);
        source.start(states::add);

        cluster.apply(ROUTE.replace("timeout: 3s", "timout: 3s"));

        await(state -> !state.problems().isEmpty());
        assertThat(all(VirtualService.class)).hasSize(1);
        assertThat(states.getLast().problems()).singleElement().satisfies(problem -> {
            assertThat(problem.resource()).isEqualTo("VirtualService shop/reviews");
            assertThat(problem.location()).hasToString("VirtualService shop/reviews");
            assertThat(problem.field()).isEqualTo("spec.http[0].timout");
            assertThat(problem.effect()).isEqualTo(Problem.Effect.LAST_VALID_KEPT);
        });
    }

    @Test
    void knowsThePlatformsServicesWhenItChecksReferences() {
        cluster.apply(DEFINITION);
        cluster.apply(ROUTE);

        source.start(states::add);

        assertThat(states.getFirst().problems())
                .extracting(Problem::message)
                .containsExactly("no service has the host reviews.shop.svc.cluster.local");
    }

    @Test
    void readsTheMeshConfigurationWhenItComesAndGoes() throws InterruptedException {
        source.start(states::add);
        assertThat(all(MeshConfig.class)).singleElement().satisfies(mesh -> {
            assertThat(mesh.rootNamespace()).isEqualTo("weft-system");
            assertThat(mesh.trustDomain()).isEqualTo("cluster.local");
        });

        cluster.apply(MESH);
        await(state -> of(state, MeshConfig.class).getFirst().trustDomain().equals("example.org"));
        cluster.apply(MESH.replace("trustDomain: example.org", "trustDomain: [1]"));
        await(state -> !state.problems().isEmpty());
        assertThat(all(MeshConfig.class).getFirst().trustDomain()).isEqualTo("example.org");
        cluster.delete(MESH);
        await(state -> of(state, MeshConfig.class).getFirst().trustDomain().equals("cluster.local"));
    }

    @Test
    void readsOnlyTheSecretsThatGatewaysName() throws InterruptedException {
        String secret = """
                apiVersion: v1
                kind: Secret
                metadata: {name: %s, namespace: edge}
                type: kubernetes.io/tls
                data: {tls.crt: Yw==, tls.key: aw==}
                """;
        cluster.apply(DEFINITION.replace("virtualservices", "gateways").replace("VirtualService", "Gateway"));
        cluster.apply("""
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: web, namespace: shop}
                spec:
                  selector: {app: reviews}
                  servers:
                  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: web-cert}}
                """);
        cluster.apply(POD.replace("namespace: shop", "namespace: edge"));
        cluster.apply(secret.formatted("web-cert"));
        cluster.apply(secret.formatted("other"));

        source.start(states::add);

        assertThat(all(Secret.class)).extracting(Resource::key).hasToString("[Secret edge/web-cert]");
        cluster.delete(secret.formatted("web-cert"));
        await(state -> of(state, Secret.class).isEmpty());
    }

    private void await(Predicate<SourceState> condition) throws InterruptedException {
        Await.until(() -> "last state " + states.getLast(), () -> condition.test(states.getLast()));
    }

    private <T extends Resource> List<T> all(Class<T> kind) {
        return of(states.getLast(), kind);
    }

    private static <T extends Resource> List<T> of(SourceState state, Class<T> kind) {
        return state.resources().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }
}
