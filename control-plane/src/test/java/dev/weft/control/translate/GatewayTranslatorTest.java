package dev.weft.control.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.Meshes;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.ProxyView;
import dev.weft.control.registry.ProxyViews;
import dev.weft.control.registry.RegistrySnapshot;
import dev.weft.model.ProxyConfig;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChains;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.route.Forward;
import dev.weft.model.route.VirtualHost;
import dev.weft.model.tls.SecretRef;
import dev.weft.model.tls.TlsContext;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The listeners of a gateway, and the secrets that it may have. */
class GatewayTranslatorTest {
    private static final String EDGE = """
            apiVersion: v1
            kind: Service
            metadata: {name: ingress, namespace: edge}
            spec:
              selector: {istio: ingressgateway}
              ports:
              - {name: http, port: 80, targetPort: 8080}
              - {name: https, port: 443, targetPort: 8443}
              - {name: tcp, port: 3306, targetPort: 13306}
            ---
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: ingress, namespace: edge}
            spec: {address: 10.0.0.1, serviceAccount: ingress, labels: {istio: ingressgateway}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: db, namespace: shop}
            spec: {selector: {app: db}, ports: [{name: tcp, port: 3306}, {name: tls, port: 443}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: unused, namespace: shop}
            spec: {selector: {app: unused}, ports: [{name: http, port: 80}]}
            """;

    @Test
    void listensWhereTheServiceForwardsTo() {
        ProxyConfig config = translate(EDGE + """
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: web, namespace: edge}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - {port: {number: 80, protocol: HTTP, name: http}, hosts: ["*"]}
                  - {port: {number: 81, protocol: HTTP, name: direct}, hosts: ["*"], bind: 10.0.0.1}
                """);

        assertThat(config.listeners()).containsOnlyKeys("0.0.0.0_8080", "10.0.0.1_81");
        Listener listener = listener(config, "0.0.0.0_8080");
        assertThat(listener.address()).isEqualTo(new SocketAddress.Inet("0.0.0.0", 8080));
        assertThat(listener.bindToPort()).isTrue();
        assertThat(config.routes()).containsOnlyKeys("http.8080", "http.81.10.0.0.1");
        // Nothing of the mesh that no rule names.
        assertThat(config.clusters().keySet()).noneMatch(name -> name.contains("unused"));
    }

    @Test
    void servesOnOneSocketWhatTheServiceForwardsToOnePort() {
        ProxyConfig config =
                translate(EDGE.replace("port: 443, targetPort: 8443", "port: 8000, targetPort: 8080") + """
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: web, namespace: edge}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - {port: {number: 80, protocol: HTTP, name: http}, hosts: [a.example.com]}
                  - {port: {number: 8000, protocol: HTTP, name: more}, hosts: [a.example.com, b.example.com]}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: both, namespace: shop}
                spec:
                  hosts: [a.example.com, b.example.com]
                  gateways: [edge/web]
                  http: [{name: rule, route: [{destination: {host: unused}}]}]
                """);

        assertThat(config.listeners()).containsOnlyKeys("0.0.0.0_8080");
        assertThat(config.routes()).containsOnlyKeys("http.8080");
        assertThat(config.routes().get("http.8080").virtualHosts())
                .extracting(VirtualHost::name, host -> host.routes().size())
                .containsExactlyInAnyOrder(tuple("a.example.com:80", 1), tuple("b.example.com:8000", 1));
    }

    @Test
    void tellsTlsApartByServerNameAndLeavesOutWhatContradicts() {
        ProxyConfig config = translate(EDGE + """
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: first, namespace: edge}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - port: {number: 443, protocol: HTTPS, name: https}
                    hosts: [shop/a.example.com, "*.example.org"]
                    tls: {mode: MUTUAL, credentialName: a, minProtocolVersion: TLSV1_3, subjectAltNames: [client.example.com]}
                  - port: {number: 443, protocol: TLS, name: through}
                    hosts: [db.example.com]
                    tls: {mode: PASSTHROUGH}
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: second, namespace: bank}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - port: {number: 443, protocol: HTTPS, name: again}
                    hosts: [a.example.com, b.example.com]
                    tls: {mode: SIMPLE, credentialName: b}
                  - {port: {number: 443, protocol: HTTP, name: plain}, hosts: ["*"]}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: db, namespace: shop}
                spec:
                  hosts: [db.example.com]
                  gateways: [edge/first]
                  tls:
                  - match: [{sniHosts: [db.example.com], port: 443}]
                    route: [{destination: {host: db, port: {number: 443}}}]
                """);

        Listener listener = listener(config, "0.0.0.0_8443");
        FilterChains.of(listener);
        assertThat(listener.filterChains().stream().map(chain -> chain.match().serverNames()))
                .containsExactly(
                        ImmutableList.of("a.example.com", "*.example.org"),
                        ImmutableList.of("db.example.com"),
                        ImmutableList.of("b.example.com"));
        assertThat(config.routes()).containsOnlyKeys("https.443.https.first.edge", "https.443.again.second.bank");
        FilterChain mutual = listener.filterChains().getFirst();
        TlsContext context = mutual.tls().orElseThrow().context();
        assertThat(mutual.tls().orElseThrow().requireClientCertificate()).isTrue();
        assertThat(context.minVersion()).isEqualTo(TlsContext.Version.TLS_1_3);
        assertThat(context.certificate()).hasValue(ads("kubernetes://edge/a"));
        assertThat(context.validation().orElseThrow().trust()).isEqualTo(ads("kubernetes://edge/a-cacert"));
        assertThat(context.alpn()).containsExactly("h2", "http/1.1");
        FilterChain through = listener.filterChains().get(1);
        assertThat(through.tls()).isEmpty();
        assertThat(through.filters())
                .filteredOn(NetworkFilter.TcpProxy.class::isInstance)
                .singleElement()
                .extracting(filter -> ((NetworkFilter.TcpProxy) filter).target())
                .isEqualTo(new Forward.SingleCluster("outbound|443||db.shop.svc.cluster.local"));
        assertThat(config.clusters()).containsKey("outbound|443||db.shop.svc.cluster.local");
    }

    @Test
    void passesOpaqueBytes() {
        ProxyConfig config = translate(EDGE + """
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: db, namespace: shop}
                spec:
                  selector: {istio: ingressgateway}
                  servers: [{port: {number: 3306, protocol: TCP, name: tcp}, hosts: ["*"]}]
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: db, namespace: shop}
                spec:
                  hosts: ["*"]
                  gateways: [db]
                  tcp: [{match: [{port: 3306}], route: [{destination: {host: db, port: {number: 3306}}}]}]
                """);

        assertThat(listener(config, "0.0.0.0_13306").filterChains()).hasSize(1);
        assertThat(config.routes()).isEmpty();
    }

    @Test
    void holdsOnlySecretsThatTheGatewayMayHave() {
        String mesh = EDGE + """
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: istio, namespace: shop}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - {port: {number: 443, protocol: HTTPS, name: a}, hosts: [a.example.com], tls: {mode: SIMPLE, credentialName: a}}
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: api, namespace: edge}
                spec:
                  gatewayClassName: weft
                  addresses: [{type: Hostname, value: ingress}]
                  listeners:
                  - {name: b, port: 443, protocol: HTTPS, hostname: b.example.com, tls: {certificateRefs: [{name: b, namespace: shop}]}}
                """ + secret("edge", "a") + secret("shop", "a") + secret("shop", "b")
                + secret("edge", "unnamed");
        String grant = """
                ---
                apiVersion: gateway.networking.k8s.io/v1beta1
                kind: ReferenceGrant
                metadata: {name: g, namespace: shop}
                spec: {from: [{group: gateway.networking.k8s.io, kind: Gateway, namespace: edge}], to: [{group: "", kind: Secret, name: b}]}
                """;

        ProxyView without = view(mesh);
        ProxyView with = view(mesh + grant);

        assertThat(without.gateway().orElseThrow().secrets()).containsOnlyKeys("kubernetes://edge/a");
        assertThat(certificate(without, "b.example.com")).isEqualTo(ads("refused://shop/b"));
        assertThat(with.gateway().orElseThrow().secrets())
                .containsOnlyKeys("kubernetes://edge/a", "kubernetes://shop/b");
        assertThat(certificate(with, "b.example.com")).isEqualTo(ads("kubernetes://shop/b"));
        assertThat(with.toString()).doesNotContain("hush");
    }

    private static SecretRef certificate(ProxyView view, String serverName) {
        return listener(ProxyTranslator.translate(view), "0.0.0.0_8443").filterChains().stream()
                .filter(chain -> chain.match().serverNames().contains(serverName))
                .findFirst()
                .flatMap(FilterChain::tls)
                .flatMap(tls -> tls.context().certificate())
                .orElseThrow();
    }

    private static String secret(String namespace, String name) {
        return """
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: %s, namespace: %s}
                stringData: {tls.crt: hush, tls.key: hush-hush}
                """.formatted(name, namespace);
    }

    private static SecretRef ads(String name) {
        return new SecretRef.Sds(name, new SecretRef.Ads());
    }

    private static Listener listener(ProxyConfig config, String name) {
        assertThat(config.listeners()).containsKey(name);
        return List.copyOf(config.listeners().values()).stream()
                .filter(listener -> listener.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static ProxyConfig translate(String yaml) {
        return ProxyTranslator.translate(view(yaml));
    }

    private static ProxyView view(String yaml) {
        ProxyFacts facts = new ProxyFacts(
                ProxyFacts.Client.MESH_PROXY,
                "edge",
                "ingress",
                "cluster.local",
                ImmutableMap.of("istio", "ingressgateway"),
                ImmutableList.of("10.0.0.1"),
                Optional.empty(),
                "",
                OptionalInt.empty(),
                ProxyFacts.Interception.REDIRECT,
                ProxyFacts.Role.GATEWAY);
        ClientNode node = new ClientNode(
                "router~10.0.0.1~ingress.edge~edge.svc.cluster.local",
                "ingress",
                facts,
                new ClientNode.UserAgent("weft", "test"),
                OptionalInt.empty());
        return ProxyViews.cut(RegistrySnapshot.of(Meshes.resources(yaml)), node);
    }
}
