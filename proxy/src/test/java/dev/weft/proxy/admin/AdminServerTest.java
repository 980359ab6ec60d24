package dev.weft.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proxy.identity.KeyMaterial;
import dev.weft.testkit.TestCertificates;
import dev.weft.xds.json.JsonReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AdminServerTest {
    private static final String WEB = "spiffe://cluster.local/ns/shop/sa/web";
    private static final TestCertificates AUTHORITY = TestCertificates.root("mesh root");

    private final RunningProxy proxy = new RunningProxy(RunningProxy.BOOTSTRAP);

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    void isReadyWhenTheConfigurationRuns() throws Exception {
        HttpResponse<String> ready = proxy.get("/ready");

        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body()).isEqualTo("LIVE\n");
    }

    @Test
    void isNotReadyBeforeTheControlPlaneHasSpoken() throws Exception {
        String waiting = RunningProxy.BOOTSTRAP + """
                  - name: xds-grpc
                    type: STATIC
                    load_assignment:
                      cluster_name: xds-grpc
                      endpoints:
                      - lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}]
                    typed_extension_protocol_options:
                      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                        explicit_http_config: {http2_protocol_options: {}}
                dynamic_resources:
                  lds_config: {ads: {}, resource_api_version: V3}
                  cds_config: {ads: {}, resource_api_version: V3}
                  ads_config:
                    api_type: DELTA_GRPC
                    transport_api_version: V3
                    grpc_services: [{envoy_grpc: {cluster_name: xds-grpc}}]
                """.indent(0);
        try (RunningProxy other = new RunningProxy(waiting)) {
            HttpResponse<String> ready = other.get("/ready");

            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).isEqualTo("PRE_INITIALIZING: the control plane is not reached\n");
            assertThat(other.get("/stats").body()).contains("control_plane.connected_state: 0\n");
        }
    }

    @Test
    void looksUnhealthyWhenToldTo() throws Exception {
        proxy.post("/healthcheck/fail");
        assertThat(proxy.get("/ready").statusCode()).isEqualTo(503);
        assertThat(proxy.get("/server_info").body()).contains("\"state\": \"DRAINING\"");

        proxy.post("/healthcheck/ok");
        assertThat(proxy.get("/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void changesNothingByGetNorForAWebPage() throws Exception {
        HttpResponse<String> get = proxy.get("/quitquitquit");
        HttpResponse<String> forged = proxy.post("/quitquitquit", "origin", "http://evil.example");

        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(get.headers().firstValue("allow")).hasValue("POST");
        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(proxy.quits).hasValue(0);

        assertThat(proxy.post("/quitquitquit").statusCode()).isEqualTo(200);
        assertThat(proxy.quits).hasValue(1);
    }

    @Test
    void saysWhichPagesThereAre() throws Exception {
        HttpResponse<String> missing = proxy.get("/no/such/page?x=1");

        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body())
                .contains("/no/such/page")
                .contains("/config_dump")
                .contains("/quitquitquit (POST)");
        assertThat(proxy.get("/help").body()).contains("/stats/prometheus");
    }

    @Test
    void closesOnlyInboundSocketsWhereAskedTo() throws Exception {
        assertThat(proxy.get("/listeners").body())
                .contains("inbound::127.0.0.1:")
                .contains("outbound::127.0.0.1:");

        proxy.post("/drain_listeners?inboundonly&graceful");

        String left = proxy.get("/listeners").body();
        long deadline = System.nanoTime() + 5_000_000_000L;
        while (left.contains("inbound::") && System.nanoTime() < deadline) {
            left = proxy.get("/listeners").body();
        }
        assertThat(left).doesNotContain("inbound::").contains("outbound::");
    }

    @Test
    void showsCertificatesWithoutKeys() throws Exception {
        TestCertificates.Leaf leaf = AUTHORITY.leaf(WEB);
        proxy.app.secrets().publish("default", KeyMaterial.identity(leaf.chainPem(), leaf.keyPem()));
        proxy.app.secrets().publish("ROOTCA", KeyMaterial.trust(AUTHORITY.pem()));

        String certs = proxy.get("/certs").body();
        String dump = proxy.get("/config_dump").body();

        String serial = leaf.certificate().getSerialNumber().toString(16);
        assertThat(certs).contains("\"uri\": \"" + WEB + "\"").contains("\"serial_number\": \"" + serial + "\"");
        assertThat(certs)
                .contains("days_until_expiration")
                .contains("valid_from")
                .contains("expiration_time");
        assertThat(dump).contains("\"inline_bytes\": \"W3JlZGFjdGVkXQ==\"").contains("\"name\": \"ROOTCA\"");
        String keyLine = leaf.keyPem().lines().skip(1).findFirst().orElseThrow();
        assertThat(certs + dump).doesNotContain(keyLine).doesNotContain("PRIVATE KEY");
        assertThat(proxy.get("/stats").body()).containsPattern("server.days_until_first_cert_expiring: \\d+\n");
    }

    @Test
    void listsEndpointsWithWhatWasCounted() throws Exception {
        assertThat(proxy.get("/clusters").body())
                .contains("app::127.0.0.1:1::health_flags::healthy\n")
                .doesNotContain("app::127.0.0.1:1::cx_total");

        assertThat(proxy.through("inbound", "/away").statusCode()).isEqualTo(503);

        assertThat(proxy.get("/clusters").body())
                .contains("app::default_priority::max_connections::1024\n")
                .contains("app::added_via_api::false\n")
                .contains("app::127.0.0.1:1::cx_connect_fail::1\n");
        Map<?, ?> json = json(proxy.get("/clusters?format=json"));
        Map<?, ?> cluster = (Map<?, ?>) ((List<?>) json.get("cluster_statuses")).get(0);
        Map<?, ?> host = (Map<?, ?>) ((List<?>) cluster.get("host_statuses")).get(0);
        assertThat(host.get("address").toString()).contains("port_value=1");
        assertThat(host.get("stats").toString()).contains("name=cx_connect_fail, value=1");
    }

    @Test
    void tellsWhyExchangesFailedWithoutTheirQueries() throws Exception {
        proxy.through("inbound", "/hello?fine=1");
        proxy.through("inbound", "/away?password=1");

        String failures = proxy.get("/weft/exchanges").body();

        assertThat(failures)
                .contains("\"path\": \"/away\"")
                .contains("\"reason\": \"connect-failure\"")
                .contains("\"response_flags\": \"UF\"")
                .contains("\"route\": \"away\"")
                .contains("\"cluster\": \"app\"");
        assertThat(failures).doesNotContain("password").doesNotContain("/hello");
    }

    @Test
    void countsUnderIstiosAndEnvoysNames() throws Exception {
        proxy.through("inbound", "/hello");
        proxy.through("inbound", "/away");

        HttpResponse<String> page = proxy.get("/stats/prometheus");

        assertThat(page.headers().firstValue("content-type"))
                .hasValueSatisfying(t -> assertThat(t).startsWith("text/plain; version=0.0.4"));
        assertThat(page.body())
                .containsPattern("istio_requests_total\\{reporter=\"destination\",[^}]*response_code=\"200\"[^}]*} 1\n")
                .contains("envoy_cluster_upstream_rq{response_code=\"503\",cluster_name=\"app\"} 1\n")
                .containsPattern("envoy_listener_downstream_cx_total\\{listener_address=\"127.0.0.1_\\d+\"} [1-9]")
                .contains("envoy_server_live 1\n")
                .containsPattern("istio_build\\{component=\"proxy\",tag=\"[^\"]+\"} 1\n")
                .contains("jvm_memory_used_bytes{area=\"heap\"} ");
        assertThat(proxy.get("/stats?filter=%5Ecluster%5C.app%5C.upstream_cx_connect_fail$")
                        .body())
                .isEqualTo("cluster.app.upstream_cx_connect_fail: 1\n");
        assertThat(proxy.get("/stats?usedonly").body()).doesNotContain(": 0\n");
        assertThat(proxy.get("/stats?format=json&filter=server.live").body())
                .contains("{\"stats\":[{\"name\":\"server.live\",\"value\":1}]}");
        assertThat(proxy.get("/stats?filter=%28").statusCode()).isEqualTo(400);
        assertThat(proxy.get("/stats?format=xml").statusCode()).isEqualTo(400);
    }

    @Test
    void servesHealthAndNumbersOnlyOnTheStatusPort() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String withAgent = RunningProxy.BOOTSTRAP + """
                bootstrap_extensions:
                - name: weft.agent
                  typed_config: {"@type": type.googleapis.com/dev.weft.api.agent.v1.Agent, xds_cluster: app, status_port: %d}
                """.formatted(port);
        try (RunningProxy other = new RunningProxy(withAgent)) {
            var base = "http://127.0.0.1:" + port;
            assertThat(status(other, base + "/healthz/ready")).isEqualTo(503);
            TestCertificates.Leaf leaf = AUTHORITY.leaf(WEB);
            other.app.secrets().publish("default", KeyMaterial.identity(leaf.chainPem(), leaf.keyPem()));

            assertThat(status(other, base + "/healthz/ready")).isEqualTo(200);
            assertThat(status(other, base + "/stats/prometheus")).isEqualTo(200);
            assertThat(status(other, base + "/config_dump")).isEqualTo(404);
            assertThat(status(other, base + "/quitquitquit")).isEqualTo(404);
        }
    }

    @Test
    void refusesToStartWhereTheAdminAddressIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String yaml = RunningProxy.BOOTSTRAP.replaceFirst(
                    "admin: .*",
                    "admin: {address: {socket_address: {address: 127.0.0.1, port_value: " + taken.getLocalPort()
                            + "}}}");

            assertThatThrownBy(() -> new RunningProxy(yaml))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("admin address 127.0.0.1:" + taken.getLocalPort());
        }
    }

    private static int status(RunningProxy proxy, String uri) throws Exception {
        return proxy.send(java.net.http.HttpRequest.newBuilder(java.net.URI.create(uri))
                        .build())
                .statusCode();
    }

    private static Map<?, ?> json(HttpResponse<String> response) {
        return (Map<?, ?>) JsonReader.read(response.body()).orThrow();
    }
}
