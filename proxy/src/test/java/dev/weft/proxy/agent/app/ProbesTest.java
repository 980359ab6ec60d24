package dev.weft.proxy.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proxy.agent.ByteMarshaller;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The kubelet asks the agent, the agent asks the application. */
final class ProbesTest {
    @Test
    void applicationsStatusIsTheAnswer() throws Exception {
        try (TestApplication application = new TestApplication();
                TestPod pod = pod("""
                        {"/app-health/web/livez": {"httpGet": {"path": "/live?x=1", "port": %1$d, "scheme": "HTTP",
                           "httpHeaders": [{"name": "X-Probe", "value": "yes"}]}, "timeoutSeconds": 5},
                         "/app-health/web/readyz": {"httpGet": {"path": "/ready", "port": %1$d}},
                         "/app-health/web/startupz": {"httpGet": {"path": "/moved", "port": "%1$d"}}}
                        """.formatted(application.port()))) {
            application.answers("/live", 200, "text/plain", "alive");
            application.answers("/ready", 503, "text/plain", "no");
            application.answers("/moved", 302, "text/plain", "");

            HttpResponse<String> live = pod.agent("/app-health/web/livez", "User-Agent", "kube-probe/1.34");

            assertThat(live.statusCode()).isEqualTo(200);
            assertThat(application.seen.take())
                    .isEqualTo("GET /live?x=1 host=127.0.0.1:" + application.port()
                            + " probe=yes agent=kube-probe/1.34 accept=null");
            assertThat(pod.agent("/app-health/web/readyz").statusCode()).isEqualTo(503);
            HttpResponse<String> moved = pod.agent("/app-health/web/startupz");
            assertThat(moved.statusCode()).isEqualTo(302);
            assertThat(moved.headers().firstValue("location")).isEmpty();
            assertThat(pod.agent("/app-health/other/livez").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void applicationThatIsSilentOrNotThereIsUnhealthy() throws Exception {
        try (TestApplication application = new TestApplication();
                TestPod pod = pod("""
                        {"/app-health/web/livez": {"httpGet": {"path": "/silent", "port": %d}, "timeoutSeconds": 1},
                         "/app-health/web/readyz": {"httpGet": {"path": "/", "port": %d}}}
                        """.formatted(application.port(), closedPort()))) {
            application.neverAnswers("/silent");

            HttpResponse<String> silent = pod.agent("/app-health/web/livez");
            HttpResponse<String> refused = pod.agent("/app-health/web/readyz");

            assertThat(silent.statusCode()).isEqualTo(500);
            assertThat(silent.body()).contains("no answer within 1000 ms");
            assertThat(refused.statusCode()).isEqualTo(500);
            assertThat(refused.body()).contains("refused");
        }
    }

    @Test
    void socketsAreHealthyWhenTheyCanBeConnected() throws Exception {
        try (TestApplication application = new TestApplication();
                TestPod pod = pod("""
                        {"/app-health/web/livez": {"tcpSocket": {"port": %d}},
                         "/app-health/web/readyz": {"tcpSocket": {"port": %d}}}
                        """.formatted(application.port(), closedPort()))) {
            assertThat(pod.agent("/app-health/web/livez").statusCode()).isEqualTo(200);
            assertThat(pod.agent("/app-health/web/readyz").statusCode()).isEqualTo(500);
        }
    }

    @Test
    void grpcServerIsAskedByItsHealthService() throws Exception {
        Server server = healthServer();
        try (TestPod pod = pod("""
                {"/app-health/web/livez": {"grpc": {"port": %1$d}},
                 "/app-health/web/readyz": {"grpc": {"port": %1$d, "service": "sick"}},
                 "/app-health/web/startupz": {"grpc": {"port": %2$d}}}
                """.formatted(server.getPort(), closedPort()))) {
            assertThat(pod.agent("/app-health/web/livez").statusCode()).isEqualTo(200);
            assertThat(pod.agent("/app-health/web/readyz").statusCode()).isEqualTo(503);
            assertThat(pod.agent("/app-health/web/startupz").statusCode()).isEqualTo(503);
        } finally {
            server.shutdownNow();
        }
    }

    @Test
    void complaintsSayWhatIsWrong() {
        assertThatThrownBy(() -> pod("{\"/x\": {}}"))
                .hasMessage(
                        "WEFT_APP_PROBES cannot be used: path '/x' is not one under /app-health/ or /app-lifecycle/");
        assertThatThrownBy(() -> pod("{\"/app-health/a/livez\": {\"exec\": {}}}"))
                .hasMessageContaining("has none of httpGet, tcpSocket, grpc");
        assertThatThrownBy(() -> pod("{\"/app-health/a/livez\": {\"tcpSocket\": {\"port\": \"http\"}}}"))
                .hasMessageContaining("port is 'http', expected a number");
    }

    private static TestPod pod(String probes) {
        return new TestPod(Map.of("WEFT_APP_PROBES", probes));
    }

    private static int closedPort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Serves everything but the service "sick". Listens on the loopback address only, as some applications do. */
    private static Server healthServer() throws Exception {
        ByteMarshaller bytes = new ByteMarshaller();
        MethodDescriptor<byte[], byte[]> check = MethodDescriptor.newBuilder(bytes, bytes)
                .setFullMethodName("grpc.health.v1.Health/Check")
                .setType(MethodDescriptor.MethodType.UNARY)
                .build();
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder("grpc.health.v1.Health")
                        .addMethod(check, ServerCalls.asyncUnaryCall((request, answer) -> {
                            boolean sick = new String(request, StandardCharsets.UTF_8).contains("sick");
                            answer.onNext(new byte[] {1 << 3, (byte) (sick ? 2 : 1)});
                            answer.onCompleted();
                        }))
                        .build())
                .build()
                .start();
    }
}
