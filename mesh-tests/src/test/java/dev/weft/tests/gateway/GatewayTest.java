package dev.weft.tests.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.cli.bootstrap.Workload;
import dev.weft.testkit.TestCertificates;
import dev.weft.testkit.TestCertificates.Leaf;
import dev.weft.tests.mesh.Await;
import dev.weft.tests.mesh.Origins;
import dev.weft.tests.mesh.RawClient;
import dev.weft.tests.mesh.Reply;
import dev.weft.tests.mesh.TestMesh;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** One gateway in the namespace {@code edge}, clients outside of the mesh, and the mesh's services behind it. */
@TestInstance(Lifecycle.PER_CLASS)
class GatewayTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int HTTP = 8080;
    private static final int HTTPS = 8443;

    /** The Service in front says that port 80 arrives at 8080, and 443 at 8443. */
    private static final String EDGE = """
            apiVersion: v1
            kind: Service
            metadata: {name: ingress, namespace: edge}
            spec:
              selector: {istio: ingressgateway}
              ports: [{name: http, port: 80, targetPort: 8080}, {name: https, port: 443, targetPort: 8443}]
            ---
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: ingress, namespace: edge}
            spec: {address: 127.1.0.31, serviceAccount: ingress, labels: {istio: ingressgateway}}
            ---
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: strict, namespace: default}
            spec: {mtls: {mode: STRICT}}
            """;

    private static final String ROUTES = """
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: web, namespace: default}
            spec:
              hosts: ["*.example.com"]
              gateways: [edge/web, edge/web-one, edge/web-two, edge/web-gone]
              http: [{route: [{destination: {host: a, port: {number: 9080}}}]}]
            """;

    private final TestCertificates root = TestCertificates.root("web");
    private final TlsClient client = TlsClient.of(root, Optional.empty());
    private final TestMesh mesh = TestMesh.start();

    @BeforeAll
    void startGateway() {
        mesh.apply(EDGE);
        mesh.startGateway(
                new Workload("ingress", "edge", "ingress", "", ImmutableMap.of("istio", "ingressgateway")), 31);
    }

    @AfterAll
    void stop() {
        mesh.close();
    }

    @Test
    void servesHttpToTheMeshOverMutualTls() {
        mesh.apply(EDGE + """
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: web, namespace: edge}
                spec:
                  selector: {istio: ingressgateway}
                  servers: [{port: {number: 80, protocol: HTTP, name: http}, hosts: ["*.example.com"]}]
                """ + ROUTES);
        mesh.origins().script(ImmutableList.of());

        Reply reply = http("web.example.com", "/books");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(http("nobody.example.org", "/").status()).isEqualTo(404);
        Origins.Arrived arrived = mesh.origins().arrived().getFirst();
        assertThat(arrived.path()).isEqualTo("/books");
        assertThat(arrived.headers().get("x-forwarded-client-cert"))
                .singleElement()
                .asString()
                .contains("URI=spiffe://cluster.local/ns/edge/sa/ingress");
        assertThat(arrived.headers().get("x-forwarded-for")).isNotEmpty();
    }

    @Test
    void choosesTheCertificateByServerNameAndRefusesTheNameWhoseSecretIsMissing() {
        Leaf one = root.leaf("one.example.com");
        Leaf two = root.leaf("two.example.com");

        mesh.apply(EDGE
                + https("one")
                + https("two")
                + https("gone")
                + ROUTES
                + secret("one", one, "")
                + secret("two", two, ""));

        Await.until(LIMIT, () -> shown("one").equals(serial(one)), () -> shown("one"));
        assertThat(shown("two")).isEqualTo(serial(two));
        assertThat(client.get(https(), "one.example.com", "/").status()).isEqualTo(200);
        assertThat(client.refused(https(), "gone.example.com")).isTrue();
        assertThat(client.refused(https(), "nobody.example.com")).isTrue();
    }

    @Test
    void changesTheCertificateLiveAndLosesNoConnection() throws IOException {
        Leaf before = root.leaf("one.example.com");
        Leaf after = root.leaf("one.example.com");
        mesh.apply(EDGE + https("one") + ROUTES + secret("one", before, ""));
        Await.until(LIMIT, () -> shown("one").equals(serial(before)), () -> shown("one"));

        try (SSLSocket open = client.connect(https(), "one.example.com")) {
            mesh.apply(EDGE + https("one") + ROUTES + secret("one", after, ""));
            Await.until(LIMIT, () -> shown("one").equals(serial(after)), () -> shown("one"));

            assertThat(RawClient.exchange(open, RawClient.Request.get("one.example.com", "/"))
                            .status())
                    .isEqualTo(200);
        }

        // What cannot be used does not take the place of what can.
        mesh.write(mesh.parse(EDGE + https("one") + ROUTES + """
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: one, namespace: edge}
                stringData: {tls.crt: none, tls.key: none}
                """));
        Await.until(
                LIMIT,
                () -> mesh.api().status().toString().contains("rejected"),
                () -> mesh.api().status().toString());
        assertThat(shown("one")).isEqualTo(serial(after));
    }

    @Test
    void asksForACertificateOfTheClientInModeMutual() {
        Leaf server = root.leaf("one.example.com");
        TestCertificates clients = TestCertificates.root("clients");
        TlsClient known = TlsClient.of(root, Optional.of(clients.leaf("known.example.com")));
        TlsClient unknown =
                TlsClient.of(root, Optional.of(TestCertificates.root("other").leaf("known.example.com")));

        mesh.apply(EDGE + https("one").replace("SIMPLE", "MUTUAL") + ROUTES + secret("one", server, clients.pem()));

        Await.until(LIMIT, () -> !known.refused(https(), "one.example.com"), () -> "refused");
        assertThat(known.get(https(), "one.example.com", "/").status()).isEqualTo(200);
        assertThat(unknown.refused(https(), "one.example.com")).isTrue();
        assertThat(client.refused(https(), "one.example.com")).isTrue();
    }

    @Test
    void servesAGatewayOfTheGatewayApiThatNamesItsService() {
        Leaf leaf = root.leaf("api.example.com");
        String grant = """
                ---
                apiVersion: gateway.networking.k8s.io/v1beta1
                kind: ReferenceGrant
                metadata: {name: edge, namespace: certificates}
                spec:
                  from: [{group: gateway.networking.k8s.io, kind: Gateway, namespace: edge}]
                  to: [{group: "", kind: Secret}]
                """;
        String api = EDGE + """
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: api, namespace: edge}
                spec:
                  gatewayClassName: weft
                  addresses: [{type: Hostname, value: ingress.edge.svc.cluster.local}]
                  listeners:
                  - {name: http, port: 80, protocol: HTTP, hostname: api.example.com, allowedRoutes: {namespaces: {from: All}}}
                  - name: https
                    port: 443
                    protocol: HTTPS
                    hostname: api.example.com
                    tls: {certificateRefs: [{name: api, namespace: certificates}]}
                    allowedRoutes: {namespaces: {from: All}}
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: api, namespace: default}
                spec:
                  parentRefs: [{name: api, namespace: edge}]
                  rules:
                  - matches: [{path: {value: /books}}]
                    filters:
                    - {type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}
                    - {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x-share, value: "100%"}]}}
                    backendRefs: [{name: a, port: 9080}]
                  - matches: [{path: {value: /forbidden}}]
                    backendRefs: [{name: b, namespace: other, port: 9080}]
                """ + secret("api", leaf, "").replace("namespace: edge", "namespace: certificates");

        mesh.apply(api);
        assertThat(client.refused(https(), "api.example.com")).isTrue();
        mesh.apply(api + grant);
        Await.until(LIMIT, () -> shown("api").equals(serial(leaf)), () -> shown("api"));
        mesh.origins().script(ImmutableList.of());
        assertThat(client.get(https(), "api.example.com", "/books/7?x=1").status())
                .isEqualTo(200);
        assertThat(http("api.example.com", "/forbidden").status()).isEqualTo(500);
        assertThat(http("api.example.com", "/other").status()).isEqualTo(404);
        Origins.Arrived arrived = mesh.origins().arrived().getFirst();
        assertThat(arrived.path()).isEqualTo("/7?x=1");
        assertThat(arrived.headers().get("x-share")).containsExactly("100%");

        mesh.apply(api);
        Await.until(LIMIT, () -> client.refused(https(), "api.example.com"), () -> "still served");
    }

    @Test
    void splitsTrafficInsideTheMeshByAnHttpRouteAtAService() {
        mesh.apply(EDGE + """
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: a, namespace: default}
                spec: {host: a, subsets: [{name: v1, labels: {version: v1}}]}
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: split, namespace: default}
                spec:
                  parentRefs: [{group: "", kind: Service, name: a, port: 9080}]
                  rules:
                  - backendRefs: [{name: a, port: 9080, weight: 90}, {name: plain, port: 9080, weight: 10}]
                """);
        int all = 1000;
        int plain = 0;
        for (int i = 0; i < all; i++) {
            Reply reply = RawClient.send(mesh.outbound("client", 9080), RawClient.Request.get("a:9080", "/"), LIMIT);
            assertThat(reply.status()).isEqualTo(200);
            plain += reply.headers().get("x-origin").contains("plain") ? 1 : 0;
        }

        assertThat(plain).isBetween(60, 140);
    }

    private Reply http(String host, String path) {
        return RawClient.send(mesh.outbound("ingress", HTTP), RawClient.Request.get(host, path), LIMIT);
    }

    private InetSocketAddress https() {
        return mesh.outbound("ingress", HTTPS);
    }

    private String shown(String name) {
        return client.serial(https(), name + ".example.com");
    }

    private static String serial(Leaf leaf) {
        return leaf.certificate().getSerialNumber().toString();
    }

    /** A Gateway object for each name, so that several share the port. */
    private static String https(String name) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: web, namespace: edge}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - port: {number: 443, protocol: HTTPS, name: https-NAME}
                    hosts: [NAME.example.com]
                    tls: {mode: SIMPLE, credentialName: NAME}
                """.replace("name: web", "name: web-" + name).replace("NAME", name);
    }

    private static String secret(String name, Leaf leaf, String roots) {
        return """
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: NAME, namespace: edge}
                type: kubernetes.io/tls
                stringData:
                  tls.crt: |
                CHAIN
                  tls.key: |
                KEY
                """.replace("NAME", name)
                        .replace(
                                "CHAIN",
                                leaf.chainPem().stripTrailing().indent(4).stripTrailing())
                        .replace("KEY", leaf.keyPem().stripTrailing().indent(4).stripTrailing())
                + (roots.isEmpty()
                        ? ""
                        : "  ca.crt: |\n" + roots.stripTrailing().indent(4));
    }
}
