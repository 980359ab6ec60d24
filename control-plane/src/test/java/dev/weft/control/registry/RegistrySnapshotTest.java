package dev.weft.control.registry;

import static dev.weft.control.registry.Meshes.mesh;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.Protocol;
import org.junit.jupiter.api.Test;

class RegistrySnapshotTest {
    private static final String REVIEWS = """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec:
              selector: {app: reviews}
              ports:
              - {name: http-web, port: 9080, targetPort: 8080}
              - {name: db, port: 3306}
            """;

    private static String entry(String name, String spec) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: %s, namespace: shop}
                spec: {address: 10.0.0.1, labels: {app: reviews, version: %s}%s}
                """.formatted(name, name, spec);
    }

    private static ImmutableList<MeshEndpoint> endpoints(RegistrySnapshot mesh, int port) {
        return mesh.endpoints(new EndpointKey("reviews.shop.svc.cluster.local", "shop", port));
    }

    @Test
    void joinsAServiceWithTheWorkloadsItSelects() {
        RegistrySnapshot mesh = mesh(REVIEWS
                + entry("v1", ", serviceAccount: reviews")
                + entry("v2", ", ports: {http-web: 18080}, weight: 3")
                + entry("other", "").replace("app: reviews", "app: ratings"));

        assertThat(endpoints(mesh, 9080)).extracting(MeshEndpoint::workload).containsExactly("v1", "v2");
        assertThat(endpoints(mesh, 9080)).extracting(MeshEndpoint::port).containsExactly(8080, 18080);
        assertThat(endpoints(mesh, 3306)).extracting(MeshEndpoint::port).containsExactly(3306, 3306);
        assertThat(endpoints(mesh, 9080)).extracting(MeshEndpoint::weight).containsExactly(1, 3);
        assertThat(endpoints(mesh, 9080))
                .extracting(MeshEndpoint::tls)
                .containsExactly(MeshEndpoint.Tls.MUTUAL, MeshEndpoint.Tls.NONE);
    }

    @Test
    void readsProtocolsFromNamesAndNumbers() {
        MeshService service = mesh(REVIEWS).services().getFirst();

        assertThat(service.ports()).extracting(ServicePort::protocol).containsExactly(Protocol.TCP, Protocol.HTTP);
    }

    @Test
    void leavesAWorkloadInPlainTextThatSaysSo() {
        RegistrySnapshot mesh = mesh(REVIEWS
                + entry("v1", ", serviceAccount: reviews")
                        .replace("version: v1", "security.istio.io/tlsMode: disabled"));

        assertThat(endpoints(mesh, 9080)).extracting(MeshEndpoint::tls).containsExactly(MeshEndpoint.Tls.NONE);
    }

    @Test
    void leavesAPortInPlainTextWhoseServerTakesNoMutualTls() {
        RegistrySnapshot mesh = mesh(REVIEWS + entry("v1", ", serviceAccount: reviews") + """
                ---
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: p, namespace: shop}
                spec:
                  selector: {matchLabels: {app: reviews}}
                  mtls: {mode: STRICT}
                  portLevelMtls: {"8080": {mode: DISABLE}}
                """);

        assertThat(endpoints(mesh, 9080)).extracting(MeshEndpoint::tls).containsExactly(MeshEndpoint.Tls.NONE);
        assertThat(endpoints(mesh, 3306)).extracting(MeshEndpoint::tls).containsExactly(MeshEndpoint.Tls.MUTUAL);
    }

    @Test
    void takesTheModeOfTheWiderLevelWhereOneIsUnset() {
        RegistrySnapshot mesh = mesh(REVIEWS + entry("v1", ", serviceAccount: reviews") + """
                ---
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: p, namespace: shop}
                spec: {mtls: {mode: UNSET}}
                ---
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: p, namespace: istio-system}
                spec: {mtls: {mode: DISABLE}}
                """);

        assertThat(endpoints(mesh, 9080)).extracting(MeshEndpoint::tls).containsExactly(MeshEndpoint.Tls.NONE);
    }

    @Test
    void joinsAServiceEntryWithItsEndpoints() {
        RegistrySnapshot mesh = mesh("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: db, namespace: shop}
                spec:
                  hosts: [db.example.com]
                  location: MESH_INTERNAL
                  resolution: STATIC
                  ports: [{number: 5432, name: tcp, protocol: TCP, targetPort: 15432}]
                  endpoints:
                  - {address: 10.1.1.1}
                  - {address: 10.1.1.2, ports: {tcp: 25432}, serviceAccount: db}
                  - {address: "unix:///run/db.sock"}
                """);

        assertThat(mesh.endpoints(new EndpointKey("db.example.com", "shop", 5432)))
                .extracting(MeshEndpoint::port)
                .containsExactly(15432, 25432, 0);
        assertThat(mesh.peerAccounts("db.example.com")).containsExactly("spiffe://cluster.local/ns/shop/sa/db");
    }

    @Test
    void resolvesADnsHostWithoutEndpointsByItsOwnName() {
        RegistrySnapshot mesh = mesh("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: api, namespace: shop}
                spec:
                  hosts: [api.example.com]
                  resolution: DNS
                  ports: [{number: 443, name: tls, protocol: TLS}]
                """);

        assertThat(mesh.endpoints(new EndpointKey("api.example.com", "shop", 443)))
                .singleElement()
                .satisfies(endpoint -> {
                    assertThat(endpoint.address()).isEqualTo("api.example.com");
                    assertThat(endpoint.port()).isEqualTo(443);
                });
    }

    @Test
    void letsAKubernetesServiceKeepItsNameAndTakeTheEntrysIdentities() {
        RegistrySnapshot mesh = mesh(REVIEWS + """
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: more, namespace: other}
                spec:
                  hosts: [reviews.shop.svc.cluster.local]
                  resolution: STATIC
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  subjectAltNames: ["spiffe://old/ns/shop/sa/reviews"]
                """);

        assertThat(mesh.services()).singleElement().satisfies(service -> {
            assertThat(service.namespace()).isEqualTo("shop");
            assertThat(service.subjectAltNames()).containsExactly("spiffe://old/ns/shop/sa/reviews");
        });
    }
}
