package dev.weft.proxy.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.ProxyApp;
import dev.weft.proxy.ProxyOptions;
import dev.weft.testkit.TestCertificates;
import dev.weft.xds.bootstrap.BootstrapFormat;
import dev.weft.xds.decode.BootstrapDecoder;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A proxy that ends while a client of TLS does not read what it asked for. */
final class CloseWithBacklogTest {
    private static final int REQUESTS = 4_000;
    private static final String BOOTSTRAP = """
            node: {id: n, cluster: c}
            static_resources:
              listeners:
              - name: tls
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - transport_socket:
                    name: envoy.transport_sockets.tls
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                      common_tls_context:
                        tls_certificates:
                        - {certificate_chain: {filename: "%s"}, private_key: {filename: "%s"}}
                  filters:
                  - name: hcm
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: tls
                      http_filters:
                      - {name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
                      route_config:
                        name: local
                        virtual_hosts:
                        - name: all
                          domains: ["*"]
                          routes: [{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: "%s"}}}]
            """;

    @TempDir
    private Path folder;

    @Test
    void connectionIsGoneWhenTheProxyIs() throws Exception {
        TestCertificates.Leaf leaf = TestCertificates.root("root").leaf("a.b");
        Path chain = Files.writeString(folder.resolve("chain.pem"), leaf.chainPem());
        Path key = Files.writeString(folder.resolve("key.pem"), leaf.keyPem());
        ProxyApp app = ProxyApp.start(
                new BootstrapDecoder(new OnDemandDescriptors())
                        .decode(
                                BOOTSTRAP
                                        .formatted(chain, key, "x".repeat(3_000))
                                        .getBytes(StandardCharsets.UTF_8),
                                BootstrapFormat.YAML)
                        .orThrow(),
                ProxyOptions.defaults().withLoops(1));
        int port = ((InetSocketAddress) app.listeners().boundAddress("tls").orElseThrow()).getPort();
        try (SSLSocket client = TestTls.connect(port, null)) {
            client.setReceiveBufferSize(4_096);
            byte[] request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < REQUESTS; i++) {
                client.getOutputStream().write(request);
            }
            client.getInputStream().readNBytes(1);

            long start = System.nanoTime();
            app.close();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            assertThat(app.listeners().connections()).isZero();
            assertThat(endOf(client)).as("the socket was closed").isTrue();
        }
    }

    private static boolean endOf(SSLSocket client) throws IOException {
        try {
            InputStream in = client.getInputStream();
            byte[] sink = new byte[8_192];
            while (in.read(sink) >= 0) {
                continue;
            }
            return true;
        } catch (SSLException | SocketException brokenOff) {
            return true;
        }
    }
}
