package dev.weft.proxy.agent.app;

import dev.weft.proxy.ProxyApp;
import dev.weft.proxy.ProxyOptions;
import dev.weft.proxy.pod.PodEnvironment;
import dev.weft.proxy.pod.PodProxy;
import dev.weft.proxy.pod.PodRole;
import dev.weft.xds.bootstrap.BootstrapFormat;
import dev.weft.xds.decode.BootstrapDecoder;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A proxy with the duties of a pod, on a bootstrap without a control plane; asked over sockets. */
final class TestPod implements AutoCloseable {
    private static final String BOOTSTRAP = """
            node: {id: "sidecar~127.0.0.1~web-1.shop~shop.svc.cluster.local", cluster: web.shop, metadata: {INSTANCE_IPS: 127.0.0.1}}
            static_resources:
              listeners:
              - name: inbound
                traffic_direction: INBOUND
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - filters:
                  - name: hcm
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: inbound
                      http_filters:
                      - {name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
                      route_config:
                        name: local
                        virtual_hosts:
                        - {name: all, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: hello}}}]}
            """;

    final ProxyApp app;
    final AtomicInteger quits = new AtomicInteger();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    TestPod(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>();
        environment.put("POD_NAME", "web-1");
        environment.put("POD_NAMESPACE", "shop");
        environment.put("INSTANCE_IPS", "127.0.0.1");
        for (String port : List.of("ADMIN", "AGENT", "HEALTH", "METRICS", "DNS")) {
            environment.put("WEFT_" + port + "_PORT", "0");
        }
        environment.putAll(more);
        PodProxy pod = new PodProxy(PodEnvironment.parse(environment, PodEnvironment.Files.NONE), PodRole.SIDECAR);
        this.app = ProxyApp.start(
                new BootstrapDecoder(new OnDemandDescriptors())
                        .decode(BOOTSTRAP.getBytes(StandardCharsets.UTF_8), BootstrapFormat.YAML)
                        .orThrow(),
                ProxyOptions.defaults().withLoops(1).withPod(pod).withQuit(quits::incrementAndGet));
    }

    HttpResponse<String> agent(String path, String... headers) throws IOException, InterruptedException {
        return get(port(0), path, headers);
    }

    HttpResponse<String> health(String path) throws IOException, InterruptedException {
        return get(port(1), path);
    }

    HttpResponse<String> metrics(String path) throws IOException, InterruptedException {
        return get(port(2), path);
    }

    HttpResponse<String> order(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri(port(0), path))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> inbound() throws IOException, InterruptedException {
        InetSocketAddress address =
                (InetSocketAddress) app.listeners().boundAddress("inbound").orElseThrow();
        return get(address.getPort(), "/");
    }

    private HttpResponse<String> get(int port, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(port, path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** Of the agent, readiness, metrics. */
    private int port(int which) {
        return app.podAddresses().stream()
                .map(address -> ((InetSocketAddress) address).getPort())
                .distinct()
                .toList()
                .get(which);
    }

    @Override
    public void close() {
        client.shutdownNow();
        app.close();
    }
}
