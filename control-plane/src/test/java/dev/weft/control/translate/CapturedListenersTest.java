package dev.weft.control.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.net.InetAddresses;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.Meshes;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.ProxyFacts.Interception;
import dev.weft.control.registry.ProxyViews;
import dev.weft.control.registry.RegistrySnapshot;
import dev.weft.model.ProxyConfig;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChains;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.ListenerFilter;
import dev.weft.model.match.ConnectionFacts;
import dev.weft.model.match.PortRange;
import dev.weft.model.match.SourceType;
import dev.weft.model.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What listeners, chains and clusters a workload gets whose traffic is captured. */
class CapturedListenersTest {
    private static final String WEB = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec:
              selector: {app: web}
              clusterIP: 10.96.0.7
              ports:
              - {name: http, port: 80, targetPort: 8080}
              - {name: mysql, port: 3306}
            ---
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: web, namespace: shop}
            spec: {address: 10.0.0.1, labels: {app: web}, serviceAccount: web}
            """;

    private static String authentication(String spec) {
        return """
                ---
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: default, namespace: shop}
                spec: {%s}
                """.formatted(spec);
    }

    @Test
    void theInboundListenerHasPortsOfServicesAndAllOthers() {
        Listener inbound = listener(translate(WEB, Interception.REDIRECT, "10.0.0.1"), "virtualInbound");

        assertThat(inbound.address()).isEqualTo(new SocketAddress.Inet("0.0.0.0", 15_006));
        assertThat(inbound.sockets()).isEqualTo(Listener.Sockets.PLAIN);
        assertThat(chain(inbound, 8080, "raw_buffer", "http/1.1")).startsWith("8080_plain_http");
        assertThat(chain(inbound, 8080, "tls", "istio-http/1.1")).startsWith("8080_mtls_http");
        assertThat(chain(inbound, 3306, "raw_buffer")).startsWith("3306_plain_tcp");
        assertThat(chain(inbound, 9999, "raw_buffer", "http/1.1")).startsWith("virtualInbound-catchall_plain_http");
        assertThat(chain(inbound, 9999, "raw_buffer")).startsWith("virtualInbound-catchall_plain_tcp");
        assertThat(chain(inbound, 9999, "tls", "istio")).startsWith("virtualInbound-catchall_mtls_tcp");
        assertThat(chain(inbound, 15_006, "raw_buffer")).isEqualTo("virtualInbound-blackhole");
    }

    @Test
    void undeclaredPortsObeyTheModeOfMutualTls() {
        Listener strict = listener(
                translate(WEB + authentication("mtls: {mode: STRICT}"), Interception.REDIRECT, "10.0.0.1"),
                "virtualInbound");
        Listener exception = listener(
                translate(
                        WEB
                                + authentication(
                                        "selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}, portLevelMtls: {9000: {mode: DISABLE}}"),
                        Interception.REDIRECT,
                        "10.0.0.1"),
                "virtualInbound");

        assertThat(chain(strict, 9999, "raw_buffer", "http/1.1")).isEqualTo("none");
        assertThat(chain(strict, 9999, "tls", "istio-h2")).startsWith("virtualInbound-catchall_mtls_http");
        assertThat(chain(exception, 9999, "raw_buffer")).isEqualTo("none");
        assertThat(chain(exception, 9000, "raw_buffer")).startsWith("9000_plain_tcp");
        assertThat(exception.inspection().filters())
                .contains(new ListenerFilter.TlsInspector(ImmutableList.of(PortRange.single(9000))));
    }

    @Test
    void aServerThatSpeaksFirstIsNotListenedToForHttp() {
        Listener inbound = listener(translate(WEB, Interception.REDIRECT, "10.0.0.1"), "virtualInbound");

        assertThat(inbound.inspection().filters())
                .contains(new ListenerFilter.HttpInspector(
                        ImmutableList.of(PortRange.single(3306), PortRange.single(8080))));
    }

    @Test
    void whatIsCapturedGoesOnToTheAddressThatWasDialled() {
        ProxyConfig config = translate(WEB, Interception.REDIRECT, "10.0.0.1");

        for (String name : List.of("inbound|8080||", "inbound|3306||", "InboundPassthroughCluster")) {
            Cluster cluster = cluster(config, name);
            assertThat(cluster.discovery()).as(name).isInstanceOf(Discovery.OriginalDestination.class);
            assertThat(cluster.connection().sourceAddresses()).as(name).containsExactly("127.0.0.6", "::6");
        }
        assertThat(cluster(config, "PassthroughCluster").connection().sourceAddresses())
                .isEmpty();
    }

    @Test
    void theMeshMaySayThatApplicationsAreOnLoopback() {
        ProxyConfig config = translate(WEB + """
                        ---
                        apiVersion: mesh.istio.io/v1alpha1
                        kind: MeshConfig
                        inboundTrafficPolicy: {mode: LOCALHOST}
                        """, Interception.REDIRECT, "10.0.0.1");

        assertThat(cluster(config, "inbound|8080||").discovery().toString()).contains("127.0.0.1");
        assertThat(cluster(config, "InboundPassthroughCluster").discovery())
                .isInstanceOf(Discovery.OriginalDestination.class);
    }

    @Test
    void withoutCaptureTheApplicationIsOnLoopback() {
        ProxyConfig config = translate(WEB, Interception.NONE, "10.0.0.1");

        assertThat(cluster(config, "inbound|8080||").discovery()).isInstanceOf(Discovery.Static.class);
        assertThat(config.listeners()).doesNotContainKeys("virtualInbound", "virtualOutbound");
        assertThat(config.clusters()).doesNotContainKey("InboundPassthroughCluster");
    }

    @Test
    void underTproxyTheApplicationSeesItsClient() {
        ProxyConfig config = translate(WEB, Interception.TPROXY, "10.0.0.1");
        Listener inbound = listener(config, "virtualInbound");

        assertThat(inbound.sockets().transparent()).isTrue();
        assertThat(inbound.inspection().filters()).contains(new ListenerFilter.OriginalSource(1337));
        assertThat(cluster(config, "inbound|8080||").connection().sourceAddresses())
                .isEmpty();
        assertThat(listener(config, "virtualOutbound").sockets().transparent()).isFalse();
    }

    @Test
    void listensOnBothFamiliesWhereThePodHasBoth() {
        ProxyConfig dual = translate(WEB, Interception.REDIRECT, "10.0.0.1", "fd00::1");
        ProxyConfig six = translate(WEB, Interception.REDIRECT, "fd00::1");

        assertThat(listener(dual, "virtualInbound").addresses())
                .containsExactly(new SocketAddress.Inet("0.0.0.0", 15_006), new SocketAddress.Inet("::", 15_006));
        assertThat(listener(dual, "virtualOutbound").addresses())
                .containsExactly(new SocketAddress.Inet("0.0.0.0", 15_001), new SocketAddress.Inet("::", 15_001));
        assertThat(listener(dual, "0.0.0.0_80").addresses())
                .containsExactly(new SocketAddress.Inet("0.0.0.0", 80), new SocketAddress.Inet("::", 80));
        assertThat(listener(six, "virtualInbound").addresses()).containsExactly(new SocketAddress.Inet("::", 15_006));
        assertThat(listener(six, "::_80").addresses()).containsExactly(new SocketAddress.Inet("::", 80));
    }

    @Test
    void anIngressListenerOfASidecarSaysWhereTheApplicationIs() {
        ProxyConfig config = translate(WEB + """
                        ---
                        apiVersion: networking.istio.io/v1
                        kind: Sidecar
                        metadata: {name: web, namespace: shop}
                        spec:
                          workloadSelector: {labels: {app: web}}
                          ingress:
                          - {port: {number: 8080, protocol: HTTP, name: http}, defaultEndpoint: "127.0.0.1:8081"}
                          - {port: {number: 8090, protocol: HTTP, name: pod}, defaultEndpoint: "0.0.0.0:8091"}
                          - {port: {number: 8100, protocol: TCP, name: same}}
                        """, Interception.REDIRECT, "10.0.0.1");

        assertThat(cluster(config, "inbound|8080||").discovery().toString()).contains("127.0.0.1", "8081");
        assertThat(cluster(config, "inbound|8080||").connection().sourceAddresses())
                .isEmpty();
        assertThat(cluster(config, "inbound|8090||").discovery().toString()).contains("10.0.0.1", "8091");
        assertThat(cluster(config, "inbound|8090||").connection().sourceAddresses())
                .contains("127.0.0.6");
        assertThat(cluster(config, "inbound|8100||").discovery()).isInstanceOf(Discovery.OriginalDestination.class);
    }

    @Test
    void podsOfAHeadlessServiceAreListenedForOneByOne() {
        String headless = """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: db, namespace: shop}
                spec: {selector: {app: db}, clusterIP: None, ports: [{name: tcp, port: 5432}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: db-%s, namespace: shop}
                spec: {address: 10.0.1.%s, labels: {app: db}, serviceAccount: db}
                """;
        String more = """
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: db-2, namespace: shop}
                spec: {address: 10.0.1.2, labels: {app: db}, serviceAccount: db}
                """;
        String one = WEB + headless.formatted("1", "1");
        var before = ProxyViews.cut(snapshot(one), node(Interception.REDIRECT, "10.0.0.1"))
                .outboundSide();
        var now = ProxyViews.cut(snapshot(one + more), node(Interception.REDIRECT, "10.0.0.1"))
                .outboundSide();

        SharedClusters shared = new SharedClusters();
        ProxyConfig earlier = ProxyTranslator.translateOutbound(before, shared);
        assertThat(ProxyTranslator.translateEndpoints(now, before, earlier, shared))
                .as("the short way is for what has no listeners")
                .isEmpty();
        ProxyConfig config = ProxyTranslator.translateOutbound(now, before, earlier, shared);

        assertThat(config.listeners()).containsKeys("10.0.1.1_5432", "10.0.1.2_5432", "10.96.0.7_3306");
        assertThat(config.listeners()).doesNotContainKey("0.0.0.0_5432");
        assertThat(config).isEqualTo(ProxyTranslator.translateOutbound(now, new SharedClusters()));
    }

    @Test
    void servicesWithoutAddressesShareAPortByName() {
        String external = """
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: %1$s, namespace: shop}
                spec: {hosts: [%1$s.example.com], resolution: DNS, location: MESH_EXTERNAL, ports: [{number: 443, name: tls, protocol: TLS}]}
                """;
        ProxyConfig config =
                translate(WEB + external.formatted("a") + external.formatted("b"), Interception.REDIRECT, "10.0.0.1");

        Listener shared = listener(config, "0.0.0.0_443");
        assertThat(shared.bindToPort()).isFalse();
        assertThat(FilterChains.of(shared).match(new Facts(443, "tls", "b.example.com", ImmutableList.of())))
                .extracting(FilterChain::name)
                .isEqualTo("b.example.com");
        assertThat(FilterChains.of(shared).match(new Facts(443, "tls", "c.example.com", ImmutableList.of())))
                .extracting(FilterChain::name)
                .isEqualTo("fallthrough");
        assertThat(shared.inspection().filters()).containsExactly(new ListenerFilter.TlsInspector(ImmutableList.of()));
    }

    @Test
    void aPortOnWhichTheMeshSpeaksHttpIsNotTakenByAnAddresslessService() {
        ProxyConfig config = translate(WEB + """
                        ---
                        apiVersion: networking.istio.io/v1
                        kind: ServiceEntry
                        metadata: {name: aaa, namespace: shop}
                        spec: {hosts: [aaa.example.com], resolution: DNS, location: MESH_EXTERNAL, ports: [{number: 80, name: tcp, protocol: TCP}]}
                        """, Interception.REDIRECT, "10.0.0.1");

        assertThat(listener(config, "0.0.0.0_80").filterChains())
                .extracting(FilterChain::name)
                .containsExactly("80");
    }

    private static RegistrySnapshot snapshot(String yaml) {
        return RegistrySnapshot.of(Meshes.resources(yaml));
    }

    private static ProxyConfig translate(String yaml, Interception interception, String... addresses) {
        return ProxyTranslator.translate(ProxyViews.cut(snapshot(yaml), node(interception, addresses)));
    }

    private static ClientNode node(Interception interception, String... addresses) {
        ProxyFacts facts = new ProxyFacts(
                ProxyFacts.Client.MESH_PROXY,
                "shop",
                "web",
                "cluster.local",
                ImmutableMap.of("app", "web"),
                ImmutableList.copyOf(addresses),
                Optional.empty(),
                "",
                OptionalInt.empty(),
                interception);
        return new ClientNode(
                "sidecar~10.0.0.1~web.shop~shop.svc.cluster.local",
                "web",
                facts,
                new ClientNode.UserAgent("weft", "test"),
                OptionalInt.empty());
    }

    private static Listener listener(ProxyConfig config, String name) {
        assertThat(config.listeners()).containsKey(name);
        return config.listeners().get(name);
    }

    private static Cluster cluster(ProxyConfig config, String name) {
        assertThat(config.clusters()).containsKey(name);
        return config.clusters().get(name);
    }

    private static String chain(Listener listener, int port, String transport, String... protocols) {
        FilterChain chain =
                FilterChains.of(listener).match(new Facts(port, transport, null, ImmutableList.copyOf(protocols)));
        return chain == null ? "none" : chain.name();
    }

    /** A connection from 10.0.0.9 to this pod. */
    private record Facts(
            int localPort,
            String transportProtocol,
            @Nullable String requestedServerName,
            ImmutableList<String> applicationProtocols)
            implements ConnectionFacts {
        @Override
        public byte[] directRemoteAddress() {
            return InetAddresses.forString("10.0.0.9").getAddress();
        }

        @Override
        public int directRemotePort() {
            return 40_000;
        }

        @Override
        public byte[] remoteAddress() {
            return directRemoteAddress();
        }

        @Override
        public byte[] localAddress() {
            return InetAddresses.forString("10.0.0.1").getAddress();
        }

        @Override
        public SourceType sourceType() {
            return SourceType.EXTERNAL;
        }

        @Override
        public boolean peerVerified() {
            return false;
        }

        @Override
        public ImmutableList<String> peerUriSans() {
            return ImmutableList.of();
        }

        @Override
        public ImmutableList<String> peerDnsSans() {
            return ImmutableList.of();
        }

        @Override
        public String peerSubject() {
            return "";
        }
    }
}
