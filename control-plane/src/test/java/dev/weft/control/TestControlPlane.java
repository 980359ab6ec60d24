package dev.weft.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weft.control.ca.CallerIdentity;
import dev.weft.control.ca.WorkloadTokens;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The whole control plane in this process on a folder of two services and one workload, and a channel to it that knows
 * nothing of it but its protocols.
 */
final class TestControlPlane implements AutoCloseable {
    static final String SERVICES = """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: ratings, namespace: shop}
            spec: {selector: {app: ratings}, ports: [{name: http, port: 9080}]}
            """;

    final Path files;
    final Path state;
    final ControlPlaneApp app;
    final ManagedChannel channel;
    private final WorkloadTokens tokens;

    TestControlPlane(Path directory) throws Exception {
        files = Files.createDirectory(directory.resolve("mesh"));
        state = directory.resolve("state");
        write("services.yaml", SERVICES);
        writeWorkloads(18001);
        app = start("--files=" + files, "--state=" + state, "--xds-port=0", "--http-port=0");
        tokens = WorkloadTokens.open(state.resolve("token-key.pem"), InstantSource.system(), new SecureRandom());
        channel = channel(app, state.resolve("ca/root-cert.pem"), "istiod.istio-system.svc");
    }

    /** A channel that trusts this root and expects this name. */
    static ManagedChannel channel(ControlPlaneApp app, Path root, String authority) throws IOException {
        return NettyChannelBuilder.forAddress(
                        "127.0.0.1",
                        app.xdsPort(),
                        TlsChannelCredentials.newBuilder()
                                .trustManager(root.toFile())
                                .build())
                .overrideAuthority(authority)
                .build();
    }

    static ControlPlaneApp start(String... flags) throws Exception {
        return ControlPlaneApp.start(ControlPlaneOptions.parse(List.of(flags), Map.of()), InstantSource.system());
    }

    static Set<String> names(DeltaDiscoveryResponse response) {
        return response.getResourcesList().stream().map(Resource::getName).collect(Collectors.toSet());
    }

    void write(String file, String text) throws IOException {
        Files.writeString(files.resolve(file), text);
    }

    /** Makes reviews-v1, reviews-v2 and so on, at these ports, the only workloads. */
    void writeWorkloads(int... ports) throws IOException {
        StringBuilder workloads = new StringBuilder();
        for (int i = 0; i < ports.length; i++) {
            workloads.append("""
                    ---
                    apiVersion: networking.istio.io/v1
                    kind: WorkloadEntry
                    metadata: {name: reviews-v%d, namespace: shop}
                    spec: {address: 127.0.0.1, labels: {app: reviews}, serviceAccount: reviews, ports: {http: %d}}
                    """.formatted(i + 1, ports[i]));
        }
        write("workloads.yaml", workloads.toString());
    }

    void delete(String file) throws IOException {
        Files.delete(files.resolve(file));
    }

    String token(String account) {
        return tokens.mint(new CallerIdentity("shop", account, account + "-v1"), Duration.ofMinutes(10));
    }

    /** The proxy of reviews-v1, connected and synced. */
    AdsClient open() throws InterruptedException {
        AdsClient client = new AdsClient(channel, token("reviews"));
        var node = AdsClient.node("reviews-v1", "shop", "reviews");
        client.subscribe(node, AdsClient.CLUSTER);
        DeltaDiscoveryResponse clusters = client.next();
        client.ack(clusters);
        client.subscribe(
                node,
                AdsClient.ENDPOINT,
                names(clusters).stream()
                        .filter(name -> name.startsWith("outbound"))
                        .toArray(String[]::new));
        client.ack(client.next());
        client.subscribe(node, AdsClient.LISTENER);
        client.ack(client.next());
        return client;
    }

    /** A page of the API: JSON, or a text node of what is none. */
    JsonNode api(String path) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.httpPort() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return response.headers().firstValue("Content-Type").orElseThrow().startsWith("application/json")
                    ? new JsonMapper().readTree(response.body())
                    : new JsonMapper().getNodeFactory().textNode(response.body());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws Exception {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        app.close();
    }
}
