package dev.weft.tests.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tests.image.ImagePod.Ended;
import dev.weft.tests.mesh.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.containers.wait.strategy.WaitStrategy;

/** The promises of {@code weft/proxy}. */
@Timeout(120)
class ProxyImageTest {
    private static final int LIMIT_MEGABYTES = 128;

    private static final String BOOTSTRAP = """
            node: {id: "sidecar~127.0.0.1~image.default~default.svc.cluster.local", cluster: image}
            admin: {address: {socket_address: {address: 127.0.0.1, port_value: 15000}}}
            static_resources:
              listeners:
              - name: outbound
                address: {socket_address: {address: 127.0.0.1, port_value: 15001}}
                filter_chains: [{filters: [{name: http, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,
                  stat_prefix: http, route_config: {name: all, virtual_hosts: [{name: all, domains: ["*"],
                  routes: [{match: {prefix: "/"}, route: {cluster: program}}]}]},
                  http_filters: [{name: envoy.filters.http.router, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]}}]}]
              clusters:
              - name: program
                type: STATIC
                connect_timeout: 5s
                load_assignment: {cluster_name: program, endpoints: [{lb_endpoints: [{endpoint: {address:
                  {socket_address: {address: 127.0.0.1, port_value: 9000}}}}]}]}
            """;

    private static final WaitStrategy READY = Wait.forSuccessfulCommand("wget -q -O- http://127.0.0.1:15000/ready");

    /** Answers one request after this many seconds. */
    private static final String PROGRAM =
            "(sleep %d; printf 'HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\nConnection: close\\r\\n\\r\\nhello') | nc -l -p 9000";

    @TempDir
    Path data;

    private ImagePod pod;

    @BeforeEach
    void open() throws IOException {
        // Readable for the user of the container, which is not the one of this test.
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(data.resolve("bootstrap.yaml"), BOOTSTRAP);
        pod = new ImagePod(Engine.open(), data);
    }

    @AfterEach
    void close() {
        if (pod != null) {
            pod.close();
        }
    }

    @Test
    void becomesReadyAsAnotherUserThanRootWithAReadOnlyRootAndAMemoryLimit() {
        GenericContainer<?> proxy = started();
        CompletableFuture<String> answer = request(0);

        assertThat(answer.join()).isEqualTo("hello");
        assertThat(ImagePod.shell(proxy, "id -u; id -g")).isEqualTo("1337\n1337\n");
        assertThat(ImagePod.shell(proxy, "touch /file 2>&1 || true")).contains("Read-only");
        assertThat(pod.state(proxy).getOOMKilled()).isFalse();
        String resident = ImagePod.shell(proxy, "grep VmRSS /proc/1/status");
        System.out.println("proxy image, after one request: " + resident.strip());
        assertThat(Integer.parseInt(resident.replaceAll("\\D", ""))).isLessThan(LIMIT_MEGABYTES * 1024);
    }

    @Test
    void nativeLibrariesComeFromTheImage() {
        GenericContainer<?> proxy = started();

        // A read-only container cannot unpack them from their jars: without the files it would fall back to slower ones
        // in Java.
        assertThat(ImagePod.shell(proxy, "cat /proc/1/maps"))
                .contains("/opt/weft/lib/native/libnetty_transport_native_epoll");
    }

    @Test
    void startsFromItsAheadOfTimeCache() {
        // In this mode a JVM that cannot use its cache does not start.
        GenericContainer<?> proxy =
                proxy("-c", "/data/bootstrap.yaml").withEnv("WEFT_PROXY_JAVA_OPTS", "-XX:AOTMode=on");
        proxy.waitingFor(READY).start();

        assertThat(ImagePod.shell(proxy, "cat /proc/1/maps")).contains("/opt/weft/lib/proxy.aot");
    }

    @Test
    void letsARequestFinishWhenItIsToldToEnd() {
        GenericContainer<?> proxy = started();
        CompletableFuture<String> answer = request(2);
        Await.until(
                Duration.ofSeconds(10),
                () -> pod.shell("wget -q -O- 'http://127.0.0.1:15000/stats?filter=upstream_rq_active'")
                        .contains("cluster.program.upstream_rq_active: 1"),
                () -> "no request in flight: " + pod.shell("wget -q -O- http://127.0.0.1:15000/stats"));

        Ended ended = pod.stop(proxy);

        assertThat(answer.join()).isEqualTo("hello");
        assertThat(ended.code()).as(ended.log()).isZero();
        assertThat(ended.log()).contains("draining");
    }

    @Test
    void saysWhatIsWrongInABootstrap() throws IOException {
        Files.writeString(data.resolve("bootstrap.yaml"), BOOTSTRAP.replace("type: STATIC", "type: STRANGE"));

        Ended ended = pod.runToEnd(proxy("-c", "/data/bootstrap.yaml"));

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.log()).contains("/data/bootstrap.yaml", "STRANGE");
    }

    @Test
    void saysWhichVariableOfAPodIsMissing() {
        Ended ended = pod.runToEnd(proxy("sidecar"));

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.log()).contains("POD_NAME");
    }

    private GenericContainer<?> proxy(String... arguments) {
        return pod.container("proxy", LIMIT_MEGABYTES).withCommand(arguments);
    }

    private GenericContainer<?> started() {
        GenericContainer<?> proxy = proxy("-c", "/data/bootstrap.yaml").waitingFor(READY);
        proxy.start();
        return proxy;
    }

    /** One request through the proxy, to a program that takes this long. */
    private CompletableFuture<String> request(int seconds) {
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        CompletableFuture.runAsync(() -> pod.shell(PROGRAM.formatted(seconds)), threads);
        Await.until(
                Duration.ofSeconds(10),
                () -> pod.shell("netstat -ltn").contains(":9000 "),
                () -> "the program does not listen: " + pod.shell("netstat -ltn"));
        return CompletableFuture.supplyAsync(
                () -> pod.shell("timeout 20 wget -q -O- http://127.0.0.1:15001/"), threads);
    }
}
