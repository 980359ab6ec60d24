package dev.weft.proxy.admin;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.protobuf.ByteString;
import dev.weft.proxy.ProxyApp;
import dev.weft.proxy.ProxyOptions;
import dev.weft.proxy.cluster.Clusters;
import dev.weft.proxy.config.ConfigHolder;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.listener.Listeners;
import dev.weft.proxy.telemetry.MetricSource;
import dev.weft.proxy.telemetry.RecentFailures;
import dev.weft.proxy.telemetry.StatSource;
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
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A real proxy on a bootstrap with ports of its own, its admin server asked over a socket. */
final class RunningProxy implements AutoCloseable {
    static final String BOOTSTRAP = """
            node: {id: "sidecar~127.0.0.1~web-1.shop~shop.svc.cluster.local", cluster: web.shop, metadata: {INSTANCE_IPS: 127.0.0.1}}
            admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
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
                      - {name: istio.stats, typed_config: {"@type": type.googleapis.com/stats.PluginConfig}}
                      - {name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
                      route_config:
                        name: local
                        virtual_hosts:
                        - name: all
                          domains: ["*"]
                          routes:
                          - {match: {prefix: /hello}, direct_response: {status: 200, body: {inline_string: hello}}}
                          - {name: away, match: {prefix: /}, route: {cluster: app}}
              - name: outbound
                traffic_direction: OUTBOUND
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - filters:
                  - name: tcp
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                      stat_prefix: outbound
                      cluster: app
              clusters:
              - name: app
                type: STATIC
                load_assignment:
                  cluster_name: app
                  endpoints:
                  - lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}]
            """;

    final ProxyApp app;
    final AtomicInteger quits = new AtomicInteger();
    private final HttpClient client = HttpClient.newHttpClient();

    RunningProxy(String yaml) {
        BootstrapDecoder decoder = new BootstrapDecoder(new OnDemandDescriptors());
        ByteString message = decoder.wire(yaml.getBytes(StandardCharsets.UTF_8), BootstrapFormat.YAML)
                .orThrow();
        this.app = ProxyApp.start(
                decoder.decode(message).orThrow(),
                ProxyOptions.defaults().withLoops(1).withBootstrap(message).withQuit(quits::incrementAndGet));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    HttpResponse<String> post(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    /** To one of the proxy's own listeners. */
    HttpResponse<String> through(String listener, String path) throws IOException, InterruptedException {
        InetSocketAddress address =
                (InetSocketAddress) app.listeners().boundAddress(listener).orElseThrow();
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path))
                .build());
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        int port = ((InetSocketAddress) app.adminAddresses().get(0)).getPort();
        return URI.create("http://127.0.0.1:" + port + path);
    }

    @Override
    public void close() {
        client.shutdownNow();
        app.close();
    }

    /** The proxy's parts with resources that a control plane would have sent. */
    record WithReceived(
            ProxyApp app,
            Optional<ByteString> bootstrap,
            ImmutableListMultimap<ResourceType, ReceivedResource> resources)
            implements AdminSources {
        @Override
        public ProxyFacts facts() {
            return new ProxyFacts("1.2.3", "node", "cluster", 1, Instant.EPOCH);
        }

        @Override
        public ServerState state() {
            return ServerState.LIVE;
        }

        @Override
        public Optional<String> unready() {
            return Optional.empty();
        }

        @Override
        public Clusters clusters() {
            return app.clusters();
        }

        @Override
        public Listeners listeners() {
            return app.listeners();
        }

        @Override
        public ConfigHolder config() {
            return app.config();
        }

        @Override
        public SecretStore secrets() {
            return app.secrets();
        }

        @Override
        public ImmutableList<MetricSource> metrics() {
            return ImmutableList.of();
        }

        @Override
        public ImmutableList<StatSource> stats() {
            return ImmutableList.of();
        }

        @Override
        public RecentFailures failures() {
            return app.failures();
        }

        @Override
        public ImmutableList<ReceivedResource> received(ResourceType type) {
            return resources.get(type);
        }

        @Override
        public Optional<Boolean> isControlPlaneConnected() {
            return Optional.of(true);
        }

        @Override
        public AdminCommands commands() {
            throw new AssertionError("nothing is ordered here");
        }
    }
}
