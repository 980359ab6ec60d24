package dev.weft.control.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.injector.config.InjectorConfigReader;
import dev.weft.resources.MeshConfig;
import dev.weft.testkit.TestCertificates;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhookServerTest {
    private static final String POD = """
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1", "operation": "CREATE",
             "kind": {"group": "", "version": "v1", "kind": "Pod"}, "namespace": "shop", "dryRun": true,
             "object": {"metadata": {"generateName": "a-"}, "spec": {"containers": [{"name": "a", "image": "a"%s}]}}}}""";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SeenCertificates seen = new SeenCertificates();
    private final RenewableKey key = new RenewableKey(TestCertificates.root("mesh"));
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private WebhookServer server;

    @BeforeEach
    void start() {
        InjectionMetrics metrics = new InjectionMetrics(registry);
        LiveInjector injector = new LiveInjector(InjectorConfigReader.defaults(), () -> MeshConfig.DEFAULT);
        server = WebhookServer.start(
                new InetSocketAddress("127.0.0.1", 0),
                key,
                ImmutableMap.of(
                        "/inject", new InjectHandler(injector, metrics, System::nanoTime),
                        "/validate", new ValidateHandler(file -> ImmutableList.of(), metrics),
                        "/slow", this::slow),
                metrics);
    }

    private AdmissionAnswer slow(AdmissionRequest request) {
        asked.countDown();
        try {
            assertThat(release.await(5, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return AdmissionAnswer.Allowed.asItIs("slowly");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void answersAReviewWithThePatchOfThePod() throws Exception {
        JsonNode response = post("/inject?timeout=10s", POD.formatted("")).path("response");

        assertThat(response.path("uid").asText()).isEqualTo("u-1");
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.path("patchType").asText()).isEqualTo("JSONPatch");
        String patch =
                new String(Base64.getDecoder().decode(response.path("patch").asText()), UTF_8);
        assertThat(patch).contains("weft-proxy", "weft-init");
        assertThat(count("sidecar_injection_requests_total")).isEqualTo(1);
        assertThat(count("sidecar_injection_success_total")).isEqualTo(1);
    }

    @Test
    void refusesAPodThatWouldBypassTheMesh() throws Exception {
        JsonNode response = post("/inject", POD.formatted(", \"securityContext\": {\"runAsUser\": 1337}"))
                .path("response");

        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.path("status").path("message").asText())
                .startsWith(
                        "the pod is not injected: spec.containers[a].securityContext.runAsUser: the application would run as user 1337");
        assertThat(count("sidecar_injection_failure_total")).isEqualTo(1);
    }

    @Test
    void saysWhatIsWrongWithARequest() throws Exception {
        assertThat(send("/inject", "{").statusCode()).isEqualTo(400);
        assertThat(send("/inject", "{\"apiVersion\": \"admission.k8s.io/v1beta1\"}")
                        .body())
                .isEqualTo("expected an AdmissionReview of admission.k8s.io/v1 with a request\n");
        assertThat(send("/other", "{}").statusCode()).isEqualTo(404);
        assertThat(send("/inject", " ".repeat(WebhookServer.MAX_BODY + 1)).statusCode())
                .isEqualTo(413);
        assertThat(count("galley_validation_http_error")).isEqualTo(2);
    }

    @Test
    void showsTheRenewedCertificateFromTheNextConnectionOn() throws Exception {
        post("/inject", POD.formatted(""));
        key.renew();
        X509Certificate before = seen.last;

        post("/inject", POD.formatted(""));

        assertThat(seen.last).isNotEqualTo(before).isEqualTo(key.getCertificateChain("any")[0]);
    }

    @Test
    void sendsTheCallerElsewhereOnceItLeaves() throws Exception {
        assertThat(send("/inject", POD.formatted("")).headers().firstValue("connection"))
                .isEmpty();

        server.leave();

        HttpResponse<String> last = send("/inject", POD.formatted(""));
        assertThat(last.statusCode()).isEqualTo(200);
        assertThat(last.headers().firstValue("connection")).hasValue("close");
    }

    @Test
    void endsWithTheAnswerThatIsUnderWay() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return send("/slow", POD.formatted(""));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();

        Thread end = Thread.ofVirtual().start(server::close);
        while (!server.leaving()) {
            Thread.onSpinWait();
        }
        release.countDown();

        assertThat(answer.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(end.join(Duration.ofSeconds(5))).isTrue();
    }

    private double count(String name) {
        return registry.get(name).gauge().value();
    }

    private JsonNode post(String path, String body) throws Exception {
        HttpResponse<String> response = send(path, body);
        assertThat(response.statusCode()).isEqualTo(200);
        return new JsonMapper().readTree(response.body());
    }

    /** With a client of its own each time, so that each is a connection of its own. */
    private HttpResponse<String> send(String path, String body) throws Exception {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, new TrustManager[] {seen}, null);
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(tls)
                .version(HttpClient.Version.HTTP_1_1)
                .build()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("no answer to " + path, e);
        }
    }

    /** Trusts everybody and remembers whom it saw last. */
    private static final class SeenCertificates extends X509ExtendedTrustManager {
        private volatile X509Certificate last;

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            last = chain[0];
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            last = chain[0];
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            last = chain[0];
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
