package dev.weft.control.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How much is joined for a change, and that it gives what a join of everything gives. */
class EndpointJoinTest {
    private static final int SERVICES = 20;

    private final List<Resource> objects = new ArrayList<>();
    private RegistrySnapshot mesh;

    EndpointJoinTest() {
        for (int i = 0; i < SERVICES; i++) {
            objects.addAll(Meshes.resources(service(i) + pod(i, 0, "sa-" + i) + pod(i, 1, "sa-" + i) + slice(i, 2)));
        }
        mesh = RegistrySnapshot.of(ImmutableList.copyOf(objects));
    }

    private static String service(int i) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: s%1$d, namespace: shop}
                spec: {clusterIP: 10.96.0.%2$d, selector: {app: s%1$d}, ports: [{name: http, port: 80}, {name: tcp, port: 90}]}
                ---
                """.formatted(i, i + 1);
    }

    private static String pod(int i, int pod, String account) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: s%1$d-%2$d, namespace: shop, labels: {app: s%1$d, security.istio.io/tlsMode: istio}}
                spec: {serviceAccountName: %3$s, containers: [{name: app}]}
                status: {phase: Running, podIP: 10.%2$d.0.%4$d}
                ---
                """.formatted(i, pod, account, i + 1);
    }

    private static String slice(int i, int pods) {
        StringBuilder members = new StringBuilder();
        for (int pod = 0; pod < pods; pod++) {
            members.append(
                    "- {addresses: [10.%d.0.%d], conditions: {ready: true}, targetRef: {kind: Pod, namespace: shop, name: s%d-%d}}\n"
                            .formatted(pod, i + 1, i, pod));
        }
        return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                addressType: IPv4
                metadata: {name: s%1$d-x, namespace: shop, labels: {kubernetes.io/service-name: s%1$d}}
                ports: [{name: http, port: 8080, protocol: TCP}, {name: tcp, port: 9090, protocol: TCP}]
                endpoints:
                """.formatted(i) + members;
    }

    /** Puts an object in the place of that of its name, as a source does, and leaves all others the very same. */
    private void write(String yaml) {
        for (Resource fresh : Meshes.resources(yaml)) {
            objects.removeIf(object -> object.key().equals(fresh.key()));
            objects.add(fresh);
        }
        mesh = RegistrySnapshot.of(ImmutableList.copyOf(objects), Optional.of(mesh));
    }

    private void assertLikeAJoinOfEverything() {
        RegistrySnapshot whole = RegistrySnapshot.of(ImmutableList.copyOf(objects));
        for (MeshService service : whole.services()) {
            assertThat(mesh.peerAccounts(service.hostname())).isEqualTo(whole.peerAccounts(service.hostname()));
            for (ServicePort port : service.ports()) {
                EndpointKey key = EndpointKey.of(service, port);
                assertThat(mesh.endpoints(key)).as(key.toString()).isEqualTo(whole.endpoints(key));
            }
        }
        assertThat(mesh.services()).isEqualTo(whole.services());
        assertThat(mesh.workloads()).containsExactlyInAnyOrderElementsOf(whole.workloads());
    }

    private static EndpointKey http(int i) {
        return new EndpointKey("s" + i + ".shop.svc.cluster.local", "shop", 80);
    }

    @Test
    void joinsEverythingOnce() {
        assertThat(mesh.joined()).isEqualTo(SERVICES);
    }

    @Test
    void joinsTheOneServiceWhoseEndpointsChange() {
        RegistrySnapshot before = mesh;

        write(slice(7, 1));

        assertThat(mesh.joined()).isEqualTo(1);
        assertThat(mesh.endpoints(http(7))).hasSize(1);
        assertThat(mesh.endpoints(http(8))).isSameAs(before.endpoints(http(8)));
        assertThat(mesh.configuration()).isSameAs(before.configuration());
        assertLikeAJoinOfEverything();
    }

    @Test
    void joinsTheOneServiceOfAPodThatChanges() {
        write(pod(7, 0, "another"));

        assertThat(mesh.joined()).isEqualTo(1);
        assertThat(mesh.peerAccounts("s7.shop.svc.cluster.local"))
                .containsExactly("spiffe://cluster.local/ns/shop/sa/another", "spiffe://cluster.local/ns/shop/sa/sa-7");
        assertLikeAJoinOfEverything();
    }

    @Test
    void joinsAServiceAgainWhenAPodOfWhichOnlyItsSliceToldIsKnown() {
        write(slice(7, 3));
        assertThat(mesh.endpoints(http(7))).hasSize(2);

        write(pod(7, 2, "sa-7"));

        assertThat(mesh.joined()).isEqualTo(1);
        assertThat(mesh.endpoints(http(7))).hasSize(3);
        assertLikeAJoinOfEverything();
    }

    @Test
    void joinsNothingForAChangeOfARule() {
        write("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: s7, namespace: shop}
                spec: {hosts: [s7], http: [{route: [{destination: {host: s7}}]}]}
                """);

        assertThat(mesh.joined()).isZero();
        assertLikeAJoinOfEverything();
    }

    @Test
    void joinsAllWhereAPolicyMayTurnMutualTlsOff() {
        write("""
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: off, namespace: shop}
                spec: {mtls: {mode: DISABLE}}
                """);

        assertThat(mesh.joined()).isEqualTo(SERVICES);
        assertThat(mesh.endpoints(http(7))).extracting(MeshEndpoint::tls).containsOnly(MeshEndpoint.Tls.NONE);
        assertLikeAJoinOfEverything();
    }

    @Test
    void joinsTheServicesOfANodeThatIsSomewhereElse() {
        write("""
                apiVersion: v1
                kind: Node
                metadata: {name: n1, labels: {topology.kubernetes.io/region: r, topology.kubernetes.io/zone: z}}
                """);
        assertThat(mesh.joined()).isZero();

        write(pod(3, 0, "sa-3").replace("containers", "nodeName: n1, containers"));
        assertThat(mesh.joined()).isEqualTo(1);
        assertThat(mesh.endpoints(http(3)).getFirst().locality()).isPresent();
        assertLikeAJoinOfEverything();
    }

    @Test
    void joinsAnotherNameThatIsWrittenAfterItsService() {
        write(alias(""));

        assertThat(mesh.endpoints(another())).isEqualTo(mesh.endpoints(http(7))).hasSize(2);
        assertThat(mesh.joined()).isZero();
        assertLikeAJoinOfEverything();
    }

    @Test
    void joinsAnotherNameOfAServiceThatIsWrittenAgain() {
        write(alias(""));

        write(service(7).replace("name: s7,", "name: s7, labels: {written: again},"));
        assertThat(mesh.endpoints(another())).hasSize(2);
        assertLikeAJoinOfEverything();

        write(slice(7, 1));
        assertThat(mesh.endpoints(another())).hasSize(1);
        assertLikeAJoinOfEverything();

        write(alias("labels: {written: again},"));
        assertThat(mesh.endpoints(another())).hasSize(1);
        assertLikeAJoinOfEverything();
    }

    private static String alias(String labels) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: another, %s namespace: shop}
                spec: {type: ExternalName, externalName: s7.shop.svc.cluster.local, ports: [{name: http, port: 80}]}
                """.formatted(labels);
    }

    private static EndpointKey another() {
        return new EndpointKey("another.shop.svc.cluster.local", "shop", 80);
    }

    @Test
    void handsOnTheVeryTablesOfWhatIsNotTouched() {
        ClientNode node = Meshes.node("shop", "s1-0", Map.of());
        ProxyView before = ProxyViews.cut(mesh, node);

        write(slice(7, 1));
        ProxyView after = ProxyViews.cut(mesh, node);

        assertThat(after.outbound()).isSameAs(before.outbound());
        assertThat(after.endpoints().changedSince(before.endpoints()))
                .hasValueSatisfying(hosts -> assertThat(hosts).containsExactly("s7.shop.svc.cluster.local"));
        assertThat(after.endpoints()).isNotEqualTo(before.endpoints());

        write("""
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: elsewhere}
                spec: {}
                """);
        assertThat(ProxyViews.cut(mesh, node).endpoints()).isSameAs(after.endpoints());
        assertThat(ProxyViews.cut(mesh, node).outbound()).isSameAs(before.outbound());
    }
}
