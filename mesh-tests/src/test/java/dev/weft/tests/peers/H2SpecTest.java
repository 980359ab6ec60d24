package dev.weft.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.weft.proxy.ProxyApp;
import dev.weft.proxy.ProxyOptions;
import dev.weft.xds.Decoded;
import dev.weft.xds.bootstrap.Bootstrap;
import dev.weft.xds.bootstrap.BootstrapFormat;
import dev.weft.xds.decode.BootstrapDecoder;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * h2spec, all of its sections, against both sides of a sidecar: the outbound side goes on over HTTP/2 to the inbound side,
 * that one over HTTP/1.1 to a program. The codec is not AUTO: what does not begin as HTTP/2 would be answered as HTTP/1, and one
 * section wants it closed without a word.
 */
@Timeout(180)
class H2SpecTest {
    private static final String BOOTSTRAP = """
            node: {id: "sidecar~127.0.0.1~h2spec.default~default.svc.cluster.local", cluster: h2spec}
            static_resources:
              listeners:
              - name: outbound
                traffic_direction: OUTBOUND
                address: {socket_address: {address: 127.0.0.1, port_value: $OUTBOUND}}
                filter_chains: [{filters: [{name: http, typed_config: $HTTP{to: inbound}}]}]
              - name: inbound
                traffic_direction: INBOUND
                address: {socket_address: {address: 127.0.0.1, port_value: $INBOUND}}
                filter_chains: [{filters: [{name: http, typed_config: $HTTP{to: program}}]}]
              clusters:
              - name: inbound
                type: STATIC
                connect_timeout: 5s
                typed_extension_protocol_options:
                  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                    "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                    explicit_http_config: {http2_protocol_options: {}}
                load_assignment: {cluster_name: inbound, endpoints: [{lb_endpoints: [{endpoint: {address:
                  {socket_address: {address: 127.0.0.1, port_value: $INBOUND}}}}]}]}
              - name: program
                type: STATIC
                connect_timeout: 5s
                load_assignment: {cluster_name: program, endpoints: [{lb_endpoints: [{endpoint: {address:
                  {socket_address: {address: 127.0.0.1, port_value: $PROGRAM}}}}]}]}
            """;

    private static final String HTTP = """
            {"@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,
             stat_prefix: http, codec_type: HTTP2, route_config: {name: all, virtual_hosts: [{name: all, domains: ["*"],
             routes: [{match: {prefix: "/"}, route: {cluster: $TO}}]}]},
             http_filters: [{name: envoy.filters.http.router, typed_config: {
             "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]}""";

    private HttpServer program;
    private ProxyApp proxy;
    private int outbound;
    private int inbound;

    @BeforeEach
    void start() throws IOException {
        program = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        program.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] answer = "an answer of some length".getBytes(StandardCharsets.US_ASCII);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, head ? -1 : answer.length);
            if (!head) {
                exchange.getResponseBody().write(answer);
            }
            exchange.close();
        });
        program.start();
        outbound = freePort();
        inbound = freePort();
        String text = BOOTSTRAP
                .replace("$OUTBOUND", "" + outbound)
                .replace("$INBOUND", "" + inbound)
                .replace("$PROGRAM", "" + program.getAddress().getPort())
                .replace("$HTTP{to: inbound}", HTTP.replace("$TO", "inbound").replace('\n', ' '))
                .replace("$HTTP{to: program}", HTTP.replace("$TO", "program").replace('\n', ' '));
        Decoded<Bootstrap> decoded = new BootstrapDecoder(new OnDemandDescriptors())
                .decode(text.getBytes(StandardCharsets.UTF_8), BootstrapFormat.YAML);
        if (!(decoded instanceof Decoded.Value<Bootstrap>(Bootstrap bootstrap))) {
            throw new AssertionError(decoded.toString());
        }
        proxy = ProxyApp.start(bootstrap, ProxyOptions.defaults());
    }

    @AfterEach
    void stop() {
        proxy.close();
        program.stop(0);
    }

    @Test
    void bothSidesOfASidecarPassAllOfIt() throws Exception {
        String h2spec = Peer.h2spec().toString();

        assertThat(run(h2spec, inbound)).contains("0 failed").doesNotContain("0 passed");
        assertThat(run(h2spec, outbound)).contains("0 failed").doesNotContain("0 passed");
    }

    /** The summary line, with what failed before it. */
    private static String run(String h2spec, int port) throws Exception {
        Process process = new ProcessBuilder(List.of(h2spec, "--strict", "-h", "127.0.0.1", "-p", "" + port, "-o", "5"))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("h2spec does not end: " + output);
        }
        int failures = output.indexOf("Failures:");
        return failures >= 0 ? output.substring(failures) : output.substring(Math.max(0, output.length() - 300));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
