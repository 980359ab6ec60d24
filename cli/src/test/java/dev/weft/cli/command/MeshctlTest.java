package dev.weft.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole command lines against a fake control plane and a fake proxy admin, which are one HTTP server with canned answers. */
final class MeshctlTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private HttpServer server;
    private int port;

    private record Ran(int code, String out, String err) {
        JsonNode json() throws IOException {
            return MAPPER.readTree(out);
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String answer = answers.get(exchange.getRequestURI().toString());
            byte[] body = answer == null ? new byte[0] : answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        port = server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        System.setOut(realOut);
        System.setErr(realErr);
    }

    @Test
    void statusShowsStatesAndProblemsAndSaysNotFine() {
        answers.put("/api/v1/status", """
                {"items":[
                  {"name":"frontpage","namespace":"bookstore","state":"synced","lastAckSeconds":12,"nacks":0,"adminPort":1},
                  {"name":"ratings","namespace":"bookstore","state":"rejected","ageSeconds":400,"nacks":3,
                   "lastError":"regex does not compile","errorResource":"route 9090"}],
                 "problems":[{"severity":"error","code":"W101","kind":"VirtualService","namespace":"bookstore","name":"reviews",
                   "file":"routing.yaml","line":15,"column":19,"field":"spec.http[0].route[0].weight",
                   "message":"expected a number, found most","effect":"the last good version stays"}]}""");

        Ran ran = run("status", "--server", "127.0.0.1:" + port);

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out())
                .contains("frontpage.bookstore  synced")
                .contains("ratings.bookstore    REJECTED   6m")
                .contains("route 9090: regex does not compile")
                .contains("routing.yaml:15:19")
                .contains("spec.http[0].route[0].weight: expected a number, found most")
                .contains("the last good version stays");
        assertThat(ran.err()).contains("2 proxies, 1 synced; 1 problem");
    }

    @Test
    void aListIsGivenToAChartAsHelmTakesIt() {
        Ran ran = run("install", "--dry-run", "--charts", "../charts", "--set", "control.secretNamespaces={shop,edge}");

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains("namespace: shop")
                .contains("namespace: edge")
                .doesNotContain("helm.sh/hook:");
    }

    @Test
    void statusOfOneSyncedProxyIsFineEvenIfAnotherIsNot() {
        answers.put("/api/v1/status", """
                {"items":[{"name":"a","namespace":"n","state":"synced"},{"name":"b","namespace":"n","state":"stale"}]}""");

        assertThat(run("status", "a.n", "--server", "127.0.0.1:" + port).code()).isZero();
        assertThat(run("status", "b", "--server", "127.0.0.1:" + port).code()).isEqualTo(1);
    }

    @Test
    void jsonHasTheEnvelopeAndPassesUnknownFieldsOn() throws IOException {
        answers.put("/api/v1/stat?window=10s", """
                {"items":[{"sourceWorkload":"frontpage","destinationWorkload":"catalog","rps":20.0,"successRate":1.0,
                  "p50Millis":1.5,"p99Millis":1200,"secured":true,"brandNew":7}]}""");

        JsonNode json =
                run("stat", "-o", "json", "--server", "127.0.0.1:" + port).json();
        Ran table = run("stat", "--server", "127.0.0.1:" + port);
        Ran yaml = run("stat", "-o", "yaml", "--server", "127.0.0.1:" + port);

        assertThat(json.path("apiVersion").asText()).isEqualTo("meshctl.weft.dev/v1");
        assertThat(json.path("kind").asText()).isEqualTo("EdgeList");
        assertThat(json.path("generatedAt").asText()).isNotEmpty();
        assertThat(json.path("warnings").isArray()).isTrue();
        assertThat(json.at("/items/0/brandNew").asInt()).isEqualTo(7);
        assertThat(table.out())
                .contains("20.0")
                .contains("100.00%")
                .contains("1.5ms")
                .contains("1.20s")
                .contains("mTLS");
        assertThat(yaml.out()).contains("kind: EdgeList").contains("brandNew: 7");
    }

    @Test
    void proxyRoutesAreReadFromTheAdminPortThatTheControlPlaneKnows() {
        answers.put("/api/v1/status", """
                {"items":[{"name":"frontpage","namespace":"bookstore","state":"synced","adminPort":%d}]}""".formatted(port));
        answers.put("/config_dump?include_eds", """
                {"configs":[
                 {"@type":"type.googleapis.com/envoy.admin.v3.RoutesConfigDump","dynamic_route_configs":[{"route_config":{
                   "name":"http_proxy","virtual_hosts":[{"name":"reviews:9080","routes":[{"match":{"prefix":"/"},
                     "metadata":{"filter_metadata":{"istio":{"config":
                       "/apis/networking.istio.io/v1/namespaces/bookstore/virtual-service/reviews"}}},
                     "route":{"weighted_clusters":{"clusters":[
                       {"name":"outbound|9080|v1|reviews","weight":90},{"name":"outbound|9080|v2|reviews","weight":10}]}}}]}]}}]},
                 {"@type":"type.googleapis.com/envoy.admin.v3.EndpointsConfigDump","dynamic_endpoint_configs":[{"endpoint_config":{
                   "cluster_name":"outbound|9080|v1|reviews","endpoints":[{"lb_endpoints":[{"health_status":"HEALTHY",
                     "endpoint":{"address":{"socket_address":{"address":"127.0.0.1","port_value":18020}}}}]}]}}]},
                 {"@type":"type.googleapis.com/envoy.admin.v3.ListenersConfigDump","dynamic_listeners":[
                   {"name":"bad","error_state":{"details":"x"}},
                   {"name":"virtualInbound","active_state":{"listener":{"name":"in","traffic_direction":"INBOUND",
                     "address":{"socket_address":{"address":"127.0.0.1","port_value":18000}},
                     "filter_chains":[{"filter_chain_match":{"transport_protocol":"tls"},"transport_socket":{},
                       "filters":[{"typed_config":{"rds":{"route_config_name":"18000"}}}]}]}}}]}]}""");
        answers.put("/certs", """
                {"certificates":[{"ca_cert":[{"serial_number":"1"}],"cert_chain":[{"serial_number":"2",
                  "subject_alt_names":[{"uri":"spiffe://cluster.local/ns/bookstore/sa/frontpage"}],
                  "valid_from":"2026-01-01T00:00:00Z","expiration_time":"2026-01-02T00:00:00Z"}]}]}""");
        String at = "127.0.0.1:" + port;

        assertThat(run("proxy", "frontpage", "routes", "--server", at).out())
                .contains("90% outbound|9080|v1|reviews, 10% outbound|9080|v2|reviews")
                .contains("bookstore/virtual-service/reviews");
        assertThat(run("proxy", "frontpage", "endpoints", "--server", at).out())
                .contains("127.0.0.1:18020")
                .contains("HEALTHY");
        assertThat(run("proxy", "frontpage", "certs", "--server", at).out())
                .contains("sa/frontpage")
                .contains("trusted");
        assertThat(run("proxy", "x", "listeners", "--admin", at).out())
                .contains("127.0.0.1:18000")
                .contains("inbound")
                .contains("routes 18000")
                .doesNotContain("bad");
    }

    @Test
    void unknownProxyListsTheKnownOnes() {
        answers.put("/api/v1/status", "{\"items\":[{\"name\":\"web\",\"namespace\":\"shop\",\"adminPort\":1}]}");

        Ran ran = run("proxy", "wbe", "routes", "--server", "127.0.0.1:" + port);

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("no proxy is called wbe").contains("web.shop");
    }

    @Test
    void unreachableControlPlaneIsNoAnswerAndWrongUseIsAWrongQuestion() {
        server.stop(0);

        Ran unreachable = run("status", "--server", "127.0.0.1:" + port);
        Ran wrong = run("statsu");
        Ran wrongFormat = run("status", "-o", "xml");

        assertThat(unreachable.code()).isEqualTo(3);
        assertThat(unreachable.out()).isEmpty();
        assertThat(unreachable.err())
                .contains("cannot reach http://127.0.0.1:" + port)
                .contains("do       ");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("status");
        assertThat(wrongFormat.code()).isEqualTo(2);
    }

    @Test
    void bootstrapPrintsAFileForEachProxyAndMintsTheToken(@TempDir Path state) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair key = generator.generateKeyPair();
        Files.writeString(
                state.resolve("token-key.pem"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(key.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        Files.writeString(state.resolve("control.json"), "{\"pid\":1,\"xdsPort\":18008,\"httpPort\":" + port + "}");
        answers.put("/api/v1/workloads", """
                {"items":[{"name":"ratings","namespace":"bookstore","serviceAccount":"ratings","address":"127.0.0.1",
                  "labels":{"app":"ratings"}}]}""");

        Ran weft = run(
                "bootstrap",
                "ratings",
                "--state",
                state.toString(),
                "--folder",
                state.toString(),
                "--with-token",
                "-o",
                "json");
        Ran envoy = run("bootstrap", "ratings", "--for", "envoy", "--state", state.toString());

        assertThat(weft.code()).as(weft.err()).isZero();
        assertThat(weft.json().at("/node/id").asText())
                .isEqualTo("sidecar~127.0.0.1~ratings.bookstore~bookstore.svc.cluster.local");
        assertThat(weft.json().at("/bootstrap_extensions/0/name").asText()).isEqualTo("weft.agent");
        assertThat(Files.readString(state.resolve("token")).split("\\.")).hasSize(3);
        assertThat(envoy.out()).contains("agent.sock").doesNotContain("weft.agent");
    }

    @Test
    void helpVersionAndCompletionAnswerWithoutAControlPlane() {
        assertThat(run("help", "demo").out()).contains("--check").contains("stop");
        assertThat(run("version").out()).contains("meshctl").contains("Java 25");
        assertThat(run("completion", "bash").out()).contains("complete").contains("meshctl");
        assertThat(run().out()).contains("meshctl demo");
        assertThat(run("--help").out()).contains("status").contains("bootstrap");
        assertThat(run("stat", "--help").code()).isZero();
    }

    private Ran run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        int code = Meshctl.execute(arguments);
        return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
