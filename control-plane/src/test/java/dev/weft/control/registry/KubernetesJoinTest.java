package dev.weft.control.registry;

import static dev.weft.control.registry.Meshes.mesh;
import static dev.weft.control.registry.Meshes.node;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.control.registry.ProxyView.InboundPort;
import dev.weft.resources.Locality;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Services joined with the pods behind them, as an API server tells of both. */
class KubernetesJoinTest {
    private static final String REVIEWS = """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec:
              selector: {app: reviews}
              clusterIP: 10.96.0.7
              ports:
              - {name: http, port: 80, targetPort: web}
              - {name: tcp-db, port: 3306}
            """;

    private static String pod(String name, String address, String more) {
        return """
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: shop, labels: {app: reviews%s}}
                spec:
                  serviceAccountName: reviews
                  nodeName: node-1
                  containers: [{name: app, ports: [{name: web, containerPort: 8080}]}]
                status: {phase: Running, podIP: %s}
                """.formatted(name, more, address);
    }

    private static String slice(String name, String endpoints) {
        return """
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %s, namespace: shop, labels: {kubernetes.io/service-name: reviews}}
                addressType: IPv4
                endpoints:
                %s
                ports: [{name: http, port: 8080, protocol: TCP}, {name: tcp-db, port: 3306, protocol: TCP}]
                """.formatted(name, endpoints);
    }

    private static String endpoint(String address, String pod, String conditions) {
        return "- {addresses: [%s], conditions: {%s}, targetRef: {kind: Pod, name: %s, namespace: shop}}\n"
                .formatted(address, conditions, pod);
    }

    private static ImmutableList<MeshEndpoint> endpoints(RegistrySnapshot mesh, int port) {
        return mesh.endpoints(new EndpointKey("reviews.shop.svc.cluster.local", "shop", port));
    }

    @Test
    void takesEndpointsFromSlicesAndWhatTheyAreFromPods() {
        RegistrySnapshot mesh = mesh(REVIEWS
                + slice("a", endpoint("10.0.0.5", "a", "ready: true") + endpoint("10.0.0.6", "b", "ready: true"))
                + pod("a", "10.0.0.5", ", security.istio.io/tlsMode: istio")
                + pod("b", "10.0.0.6", "")
                + """
                ---
                apiVersion: v1
                kind: Node
                metadata:
                  name: node-1
                  labels: {topology.kubernetes.io/region: eu, topology.kubernetes.io/zone: eu-1, topology.istio.io/subzone: rack-7}
                """);

        assertThat(endpoints(mesh, 80)).extracting(MeshEndpoint::address).containsExactly("10.0.0.5", "10.0.0.6");
        assertThat(endpoints(mesh, 80)).extracting(MeshEndpoint::port).containsExactly(8080, 8080);
        assertThat(endpoints(mesh, 3306)).extracting(MeshEndpoint::port).containsExactly(3306, 3306);
        assertThat(endpoints(mesh, 80))
                .extracting(MeshEndpoint::tls)
                .containsExactly(MeshEndpoint.Tls.MUTUAL, MeshEndpoint.Tls.NONE);
        assertThat(endpoints(mesh, 80))
                .allSatisfy(endpoint -> assertThat(endpoint.locality()).contains(new Locality("eu", "eu-1", "rack-7")));
        assertThat(mesh.peerAccounts("reviews.shop.svc.cluster.local"))
                .containsExactly("spiffe://cluster.local/ns/shop/sa/reviews");
    }

    @Test
    void leavesOutWhatIsNotReadyAndWhatEnds() {
        RegistrySnapshot mesh = mesh(REVIEWS
                + slice(
                        "a",
                        endpoint("10.0.0.5", "a", "ready: false")
                                + endpoint("10.0.0.6", "b", "ready: false, serving: true, terminating: true")
                                + endpoint("10.0.0.7", "c", ""))
                + pod("a", "10.0.0.5", "")
                + pod("b", "10.0.0.6", "")
                + pod("c", "10.0.0.7", ""));

        assertThat(endpoints(mesh, 80)).extracting(MeshEndpoint::address).containsExactly("10.0.0.7");
    }

    @Test
    void waitsForAPodBeforeItSendsToIt() {
        RegistrySnapshot mesh = mesh(REVIEWS + slice("a", endpoint("10.0.0.5", "a", "ready: true")));

        assertThat(endpoints(mesh, 80)).isEmpty();
    }

    @Test
    void takesAnEndpointThatMovesBetweenSlicesOnce() {
        RegistrySnapshot mesh = mesh(REVIEWS
                + slice("a", endpoint("10.0.0.5", "a", "ready: true"))
                + slice("b", endpoint("10.0.0.5", "a", "ready: true"))
                + pod("a", "10.0.0.5", ""));

        assertThat(endpoints(mesh, 80)).hasSize(1);
    }

    @Test
    void prefersTheFamilyOfTheServiceForAPodThatHasBoth() {
        RegistrySnapshot mesh = mesh(REVIEWS.replace("10.96.0.7", "\"fd00::7\"")
                + slice("a", endpoint("10.0.0.5", "a", "ready: true"))
                + slice("b", endpoint("\"fd00::5\"", "a", "ready: true")).replace("IPv4", "IPv6")
                + pod("a", "10.0.0.5", ""));

        assertThat(endpoints(mesh, 80)).extracting(MeshEndpoint::address).containsExactly("fd00::5");
    }

    @Test
    void takesAddressesThatSomebodyWroteByHand() {
        RegistrySnapshot mesh = mesh(REVIEWS.replace("  selector: {app: reviews}\n", "")
                + slice("a", "- {addresses: [192.0.2.1], zone: eu-2}\n- {addresses: [10.0.0.5]}\n")
                + pod("a", "10.0.0.5", ", security.istio.io/tlsMode: istio"));

        assertThat(endpoints(mesh, 80)).extracting(MeshEndpoint::address).containsExactly("192.0.2.1", "10.0.0.5");
        assertThat(endpoints(mesh, 80))
                .extracting(MeshEndpoint::tls)
                .containsExactly(MeshEndpoint.Tls.NONE, MeshEndpoint.Tls.MUTUAL);
        assertThat(inbound(mesh, "a")).extracting(InboundPort::workloadPort).containsExactly(3306, 8080);
    }

    @Test
    void tellsAPodItsPortsBeforeItIsReady() {
        RegistrySnapshot mesh =
                mesh(REVIEWS + """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: headless, namespace: shop}
                spec: {selector: {app: reviews}, clusterIP: None, ports: [{name: grpc, port: 9000}]}
                """ + slice("a", endpoint("10.0.0.5", "a", "ready: false")) + pod("a", "10.0.0.5", ""));

        assertThat(inbound(mesh, "a")).extracting(InboundPort::workloadPort).containsExactly(3306, 8080, 9000);
    }

    @Test
    void findsNoPodForACallerOfAnotherServiceAccount() {
        RegistrySnapshot mesh = mesh(REVIEWS + pod("a", "10.0.0.5", ""));

        assertThat(mesh.workload(node("shop", "a", Map.of()))).isEmpty();
        assertThat(mesh.workload(proxy("a"))).isPresent();
    }

    @Test
    void forgetsAPodThatHasEnded() {
        RegistrySnapshot mesh = mesh(REVIEWS + pod("a", "10.0.0.5", "").replace("Running", "Succeeded"));

        assertThat(mesh.workloads()).isEmpty();
    }

    @Test
    void takesTheTcpPortWhereTwoTransportsShareANumber() {
        RegistrySnapshot mesh = mesh("""
                apiVersion: v1
                kind: Service
                metadata: {name: reviews, namespace: shop}
                spec:
                  selector: {app: reviews}
                  ports:
                  - {name: dns, port: 53, protocol: UDP, targetPort: 5353}
                  - {name: dns-tcp, port: 53, protocol: TCP, targetPort: 5354}
                """ + pod("a", "10.0.0.5", ""));

        assertThat(inbound(mesh, "a")).extracting(InboundPort::workloadPort).containsExactly(5354);
    }

    @Test
    void keepsTheVeryEndpointsOfServicesThatAnEndpointOfAnotherLeavesAlone() {
        RegistrySnapshot before = mesh(twoServices("10.0.0.5"));

        RegistrySnapshot after = RegistrySnapshot.of(Meshes.resources(twoServices("10.0.0.6")), Optional.of(before));

        EndpointKey other = new EndpointKey("other.shop.svc.cluster.local", "shop", 80);
        assertThat(after.endpoints(other)).isNotEqualTo(before.endpoints(other));
        assertThat(endpoints(after, 80)).isSameAs(endpoints(before, 80));
        assertThat(ProxyViews.cut(after, proxy("a")).outbound())
                .isSameAs(ProxyViews.cut(before, proxy("a")).outbound());
    }

    @Test
    void takesAnExternalNameOfAServiceOfTheMeshForThatService() {
        RegistrySnapshot mesh = mesh(REVIEWS
                + slice("a", endpoint("10.0.0.5", "a", "ready: true"))
                + pod("a", "10.0.0.5", ", security.istio.io/tlsMode: istio")
                + """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: alias, namespace: front}
                spec: {type: ExternalName, externalName: reviews.shop.svc.cluster.local, ports: [{name: http, port: 80}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: far, namespace: front}
                spec: {type: ExternalName, externalName: example.com, ports: [{name: http, port: 80}]}
                """);

        assertThat(mesh.endpoints(new EndpointKey("alias.front.svc.cluster.local", "front", 80)))
                .isEqualTo(endpoints(mesh, 80));
        assertThat(mesh.peerAccounts("alias.front.svc.cluster.local"))
                .containsExactly("spiffe://cluster.local/ns/shop/sa/reviews");
        assertThat(mesh.endpoints(new EndpointKey("far.front.svc.cluster.local", "front", 80)))
                .extracting(MeshEndpoint::address)
                .containsExactly("example.com");
    }

    @Test
    void looksOnlyIntoNamespacesThatTheMeshSelects() {
        String all = REVIEWS + """
                ---
                apiVersion: v1
                kind: Namespace
                metadata: {name: shop, labels: {mesh: "yes"}}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: hidden, namespace: attic}
                spec: {ports: [{name: http, port: 80}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: root, namespace: istio-system}
                spec: {ports: [{name: http, port: 80}]}
                ---
                apiVersion: mesh.istio.io/v1alpha1
                kind: MeshConfig
                discoverySelectors: [{matchLabels: {mesh: "yes"}}]
                """;

        assertThat(mesh(all).services()).extracting(MeshService::name).containsExactlyInAnyOrder("reviews", "root");
        assertThat(mesh(all.replace(
                                "{matchLabels: {mesh: \"yes\"}}",
                                "{matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [shop]}]}"))
                        .services())
                .extracting(MeshService::name)
                .containsExactlyInAnyOrder("hidden", "root");
    }

    private static String twoServices(String addressOfOther) {
        return REVIEWS + slice("a", endpoint("10.0.0.5", "a", "ready: true")) + pod("a", "10.0.0.5", "") + """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: other, namespace: shop}
                spec: {selector: {app: reviews}, ports: [{name: http, port: 80}]}
                """
                + slice("b", endpoint(addressOfOther, "a", "ready: true")).replace("name: reviews", "name: other");
    }

    private static ImmutableList<InboundPort> inbound(RegistrySnapshot mesh, String pod) {
        return ProxyViews.cut(mesh, proxy(pod)).inbound().ports();
    }

    private static ClientNode proxy(String pod) {
        ClientNode node = node("shop", "reviews", Map.of());
        return new ClientNode(node.id(), pod, node.facts(), node.userAgent(), node.adminPort());
    }
}
