package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proxy.codec.http2.Http2Config;
import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.upstream.PoolOptions;
import dev.weft.testkit.TestCertificates;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class Http1ServerTest {
    private static final String GET = "GET /%s HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final PoolOptions HTTP1 = PoolOptions.defaults(PoolOptions.Protocol.HTTP1);
    private static final PoolOptions RAW = PoolOptions.defaults(PoolOptions.Protocol.RAW);

    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

    @Test
    void servesManyRequestsOnOneConnectionEachWay() throws Exception {
        try (Origin origin = new Origin(this::echoPaths);
                TestProxy proxy = new TestProxy(origin.port());
                Wire client = Wire.to(proxy.port())) {
            for (int i = 0; i < 20; i++) {
                client.send(GET.formatted(i));

                assertThat(client.message())
                        .isEqualTo(
                                "HTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: " + ("/" + i).length() + "\r\n\r\n/" + i);
                assertThat(requests.take()).isEqualTo("GET /" + i + " HTTP/1.1\r\nhost: a\r\n\r\n");
            }
            assertThat(origin.connections).hasValue(1);
            assertThat(proxy.next()).isEqualTo(new TestProxy.Seen(200, "-", "via_upstream", 0, 2));
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (Origin origin = new Origin(this::echoPaths);
                TestProxy proxy = new TestProxy(origin.port());
                Wire client = Wire.to(proxy.port())) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                all.append(GET.formatted(i));
            }
            client.send(all.toString());

            for (int i = 0; i < 200; i++) {
                assertThat(client.message()).endsWith("\r\n\r\n/" + i);
            }
            assertThat(origin.connections).hasValue(1);
        }
    }

    @Test
    void passesChunkedBodiesAndTrailersBothWays() throws Exception {
        ServerOptions options = options(new ServerOptions.Http1(
                ServerOptions.Http10.REJECT,
                "",
                ServerOptions.ExpectContinue.PASS_ON,
                ServerOptions.Trailers.PASS_ON,
                ServerOptions.Underscores.ALLOW));
        String sent = "4\r\nab\r\n\r\n0\r\nx-sum: 1\r\n\r\n";
        try (Origin origin = new Origin(wire -> {
                    requests.add(wire.head() + wire.read(sent.length()));
                    wire.send(
                            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nxyz\r\n0\r\nGrpc-Status: 0\r\n\r\n");
                    wire.head();
                });
                TestProxy proxy = new TestProxy(origin.port(), options, HTTP1);
                Wire client = Wire.to(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + sent);

            assertThat(client.head()).isEqualTo("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            assertThat(client.read(29)).isEqualTo("3\r\nxyz\r\n0\r\ngrpc-status: 0\r\n\r\n");
            assertThat(requests.take())
                    .isEqualTo("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n" + sent);
        }
    }

    @Test
    void turnsABodyThatEndsWithTheConnectionIntoChunks() throws Exception {
        try (Origin origin = new Origin(wire -> {
                    wire.head();
                    wire.send("HTTP/1.0 200 OK\r\n\r\nall of it");
                });
                TestProxy proxy = new TestProxy(origin.port());
                Wire client = Wire.to(proxy.port())) {
            client.send(GET.formatted(""));

            assertThat(client.head()).isEqualTo("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            assertThat(client.read(19)).isEqualTo("9\r\nall of it\r\n0\r\n\r\n");
            assertThat(proxy.next().flags()).isEqualTo("-");
        }
    }

    @Test
    void passesOneHundredContinueOnWhereAsked() throws Exception {
        ServerOptions options = options(new ServerOptions.Http1(
                ServerOptions.Http10.REJECT,
                "",
                ServerOptions.ExpectContinue.PASS_ON,
                ServerOptions.Trailers.DROP,
                ServerOptions.Underscores.ALLOW));
        try (Origin origin = new Origin(wire -> {
                    requests.add(wire.head());
                    wire.send("HTTP/1.1 100 Continue\r\n\r\n");
                    requests.add(wire.read(2));
                    wire.send("HTTP/1.1 204 No Content\r\n\r\n");
                    wire.head();
                });
                TestProxy proxy = new TestProxy(origin.port(), options, HTTP1);
                Wire client = Wire.to(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(requests.take()).contains("expect: 100-continue\r\n");

            client.send("ab");

            assertThat(client.head()).isEqualTo("HTTP/1.1 204 No Content\r\n\r\n");
            assertThat(requests.take()).isEqualTo("ab");
        }
    }

    @Test
    void answersOneHundredContinueItselfOtherwise() throws Exception {
        try (Origin origin = new Origin(wire -> {
                    requests.add(wire.message());
                    wire.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                    wire.head();
                });
                TestProxy proxy = new TestProxy(origin.port());
                Wire client = Wire.to(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            client.send("ab");

            assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
            assertThat(requests.take()).doesNotContain("expect");
        }
    }

    @Test
    void carriesAnUpgradedConnection() throws Exception {
        try (Origin origin = new Origin(wire -> {
                    requests.add(wire.head());
                    wire.send("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
                            + "sec-websocket-accept: x\r\n\r\nhello");
                    wire.send(wire.read(4));
                });
                TestProxy proxy = new TestProxy(origin.port());
                Wire client = Wire.to(proxy.port())) {
            client.send("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nping");

            assertThat(client.head())
                    .isEqualTo("HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: x\r\n"
                            + "connection: Upgrade\r\nupgrade: websocket\r\n\r\n");
            assertThat(client.rest()).isEqualTo("helloping");
            assertThat(requests.take()).contains("connection: Upgrade\r\nupgrade: websocket\r\n");
            assertThat(proxy.next()).isEqualTo(new TestProxy.Seen(101, "-", "via_upstream", 4, 9));
        }
    }

    @Test
    void servesTheNextRequestWhenAnUpgradeIsRefused() throws Exception {
        try (Origin origin = new Origin(this::echoPaths);
                TestProxy proxy = new TestProxy(origin.port());
                Wire client = Wire.to(proxy.port())) {
            client.send("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                    + GET.formatted("2"));

            assertThat(client.message()).endsWith("/1");
            assertThat(client.message()).endsWith("/2");
        }
    }

    @Test
    void opensATunnelForConnect() throws Exception {
        try (Origin origin = new Origin(wire -> wire.send("banner").send(wire.read(4)));
                TestProxy proxy = new TestProxy(origin.port(), ServerOptions.DEFAULTS, RAW);
                Wire client = Wire.to(proxy.port())) {
            client.send("CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n\r\n");
            assertThat(client.head()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");

            client.send("ping");

            assertThat(client.rest()).isEqualTo("bannerping");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bindsMemoryWhenTheClientReadsSlowly(boolean encrypted) throws Exception {
        long size = 48L << 20;
        AtomicLong written = new AtomicLong();
        byte[] block = new byte[64 * 1024];
        Arrays.fill(block, (byte) 'x');
        ServerOptions options = limited(256 * 1024);
        try (Origin origin = new Origin(wire -> {
                    wire.head();
                    wire.send("HTTP/1.1 200 OK\r\ncontent-length: " + size + "\r\n\r\n");
                    for (long at = 0; at < size; at += block.length) {
                        wire.socket.getOutputStream().write(block);
                        written.addAndGet(block.length);
                    }
                    wire.head();
                });
                TestProxy proxy = new TestProxy(origin.port(), options, limitedPool(256 * 1024));
                Wire client = encrypted ? encrypted(proxy) : Wire.to(proxy.port())) {
            client.send(GET.formatted(""));
            client.head();
            long before = -1;
            while (before != written.get()) {
                before = written.get();
                TimeUnit.MILLISECONDS.sleep(200);
            }

            // What stands in the proxy is bounded; the rest of it is in the kernel's socket buffers.
            assertThat(written.get()).isLessThan(size / 2);
            assertThat(proxy.directBytes()).isLessThan(1 << 20);
            long read = 0;
            while (read < size) {
                client.read(1 << 20);
                read += 1 << 20;
            }
            assertThat(proxy.next().responseBytes()).isEqualTo(size);
        }
    }

    @Test
    void bindsMemoryWhenTheBackendReadsSlowly() throws Exception {
        long size = 48L << 20;
        BlockingQueue<String> go = new LinkedBlockingQueue<>();
        AtomicLong sent = new AtomicLong();
        try (Origin origin = new Origin(wire -> {
                    wire.head();
                    try {
                        go.take();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    for (long read = 0; read < size; read += 1 << 20) {
                        wire.read(1 << 20);
                    }
                    wire.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                    wire.head();
                });
                TestProxy proxy = new TestProxy(origin.port(), limited(256 * 1024), limitedPool(256 * 1024));
                Wire client = Wire.to(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    byte[] block = new byte[64 * 1024];
                    for (long at = 0; at < size; at += block.length) {
                        client.socket.getOutputStream().write(block);
                        sent.addAndGet(block.length);
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            long before = -1;
            while (before != sent.get()) {
                before = sent.get();
                TimeUnit.MILLISECONDS.sleep(200);
            }

            assertThat(sent.get()).isLessThan(size / 2);
            assertThat(proxy.directBytes()).isLessThan(1 << 20);
            go.add("go");
            sender.join();
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            assertThat(proxy.next().requestBytes()).isEqualTo(size);
        }
    }

    @Test
    void cancelsTheUpstreamWhenTheClientGoes() throws Exception {
        BlockingQueue<String> ended = new LinkedBlockingQueue<>();
        try (Origin origin = new Origin(wire -> {
                    wire.head();
                    requests.add("asked");
                    ended.add("[" + wire.rest() + "]");
                });
                TestProxy proxy = new TestProxy(origin.port())) {
            try (Wire client = Wire.to(proxy.port())) {
                client.send(GET.formatted(""));
                requests.take();
            }

            assertThat(proxy.next()).isEqualTo(new TestProxy.Seen(0, "DC", "downstream_remote_disconnect", 0, 0));
            assertThat(ended.poll(10, TimeUnit.SECONDS)).isEqualTo("[]");
        }
    }

    @Test
    void answersWhenTheBackendDiesBeforeItsResponse() throws Exception {
        try (Origin origin = new Origin(Wire::head);
                TestProxy proxy = new TestProxy(origin.port());
                Wire client = Wire.to(proxy.port())) {
            client.send(GET.formatted(""));

            assertThat(client.message())
                    .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                    .endsWith("upstream connect error or disconnect/reset before headers. reset reason: connection"
                            + " termination");
            TestProxy.Seen seen = proxy.next();
            assertThat(seen.flags()).isEqualTo("UC");
            assertThat(seen.details()).isEqualTo("upstream_reset_before_response_started{connection_termination}");
            client.send(GET.formatted(""));
            assertThat(client.message()).startsWith("HTTP/1.1 503");
        }
    }

    @Test
    void breaksOffWhenTheBackendDiesWithinItsResponse() throws Exception {
        try (Origin origin = new Origin(wire -> {
                    wire.head();
                    wire.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
                });
                TestProxy proxy = new TestProxy(origin.port());
                Wire client = Wire.to(proxy.port())) {
            client.send(GET.formatted(""));

            assertThat(client.head()).startsWith("HTTP/1.1 200");
            assertThat(client.rest()).isEqualTo("half");
            TestProxy.Seen seen = proxy.next();
            assertThat(seen.status()).isEqualTo(200);
            assertThat(seen.flags()).isEqualTo("UC");
            assertThat(seen.details()).isEqualTo("upstream_reset_after_response_started{connection_termination}");
        }
    }

    @Test
    void answersWhenNobodyListensUpstream() throws Exception {
        int port;
        try (Origin gone = new Origin(Wire::head)) {
            port = gone.port();
        }
        try (TestProxy proxy = new TestProxy(port);
                Wire client = Wire.to(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");

            assertThat(client.message()).contains("503").endsWith("reset reason: remote connection failure");
            assertThat(proxy.next().flags()).isEqualTo("UF");
        }
    }

    @Test
    void refusesAResponseThatIsNotHttp() throws Exception {
        try (Origin origin = new Origin(wire -> {
                    wire.head();
                    wire.send("HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n");
                });
                TestProxy proxy = new TestProxy(origin.port());
                Wire client = Wire.to(proxy.port())) {
            client.send(GET.formatted(""));

            assertThat(client.message()).contains("503").endsWith("protocol error");
            assertThat(proxy.next().flags()).isEqualTo("UPE");
        }
    }

    @Test
    void doesNotUseAConnectionAgainThatSentMoreThanItsResponse() throws Exception {
        try (Origin origin = new Origin(wire -> {
                    wire.head();
                    wire.send(
                            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\naHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil");
                    wire.head();
                });
                TestProxy proxy = new TestProxy(origin.port());
                Wire client = Wire.to(proxy.port())) {
            client.send(GET.formatted("1"));
            assertThat(client.message()).endsWith("\r\na");
            client.send(GET.formatted("2"));

            assertThat(client.message()).endsWith("\r\na");
            assertThat(origin.connections).hasValue(2);
        }
    }

    @Test
    void endsTheConnectionBehindAnAnswerThatCameBeforeTheRequestsEnd() throws Exception {
        ServerOptions options = timeouts(0, 0, 100);
        try (Origin origin = new Origin(wire -> {
                    wire.head();
                    wire.send("HTTP/1.1 413 Payload Too Large\r\ncontent-length: 2\r\n\r\nno");
                    wire.rest();
                });
                TestProxy proxy = new TestProxy(origin.port(), options, HTTP1);
                Wire client = Wire.to(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc");

            assertThat(client.message())
                    .contains("413")
                    .contains("connection: close\r\n")
                    .endsWith("no");
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void closesBehindTheResponseWhenDraining() throws Exception {
        try (Origin origin = new Origin(this::echoPaths);
                TestProxy proxy = new TestProxy(origin.port());
                Wire client = Wire.to(proxy.port())) {
            proxy.draining = true;
            client.send(GET.formatted("1"));

            assertThat(client.message()).contains("connection: close\r\n").endsWith("/1");
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void answersHeadRequestsWithoutABody() throws Exception {
        try (Origin origin = new Origin(wire -> {
                    while (!wire.head().isEmpty()) {
                        wire.send("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n");
                    }
                });
                TestProxy proxy = new TestProxy(origin.port());
                Wire client = Wire.to(proxy.port())) {
            for (int i = 0; i < 3; i++) {
                client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(client.head()).isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n");
            }
            assertThat(origin.connections).hasValue(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'GET / HTTP/1.1\r\n\r\n', 400, missing_host_header",
        "'GET / HTTP/1.0\r\nHost: a\r\n\r\n', 426, low_version",
        "'GET / HTTP/1.1\r\nHost : a\r\n\r\n', 400, http1.codec_error",
        "'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n', 501, http1.invalid_transfer_encoding"
    })
    void answersMalformedRequestsAndCloses(String request, int status, String details) throws Exception {
        try (Origin origin = new Origin(this::echoPaths);
                TestProxy proxy = new TestProxy(origin.port(), timeouts(0, 0, 50), HTTP1);
                Wire client = Wire.to(proxy.port())) {
            client.send(request);

            assertThat(client.message()).startsWith("HTTP/1.1 " + status).contains("connection: close\r\n");
            assertThat(client.rest()).isEmpty();
            assertThat(proxy.next().details()).isEqualTo(details);
            assertThat(origin.connections).hasValue(0);
        }
    }

    @Test
    void answersABrokenChunkAfterTheHeadWasPassedOn() throws Exception {
        BlockingQueue<String> ended = new LinkedBlockingQueue<>();
        try (Origin origin = new Origin(wire -> {
                    requests.add(wire.head());
                    ended.add(wire.rest());
                });
                TestProxy proxy = new TestProxy(origin.port(), timeouts(0, 0, 50), HTTP1);
                Wire client = Wire.to(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
            requests.take();
            client.send("zz\r\n");

            assertThat(client.message()).startsWith("HTTP/1.1 400");
            assertThat(ended.poll(10, TimeUnit.SECONDS)).doesNotContain("0\r\n\r\n");
        }
    }

    @Test
    void timesOutSlowHeadsAndIdleExchanges() throws Exception {
        BlockingQueue<String> go = new LinkedBlockingQueue<>();
        try (Origin origin = new Origin(wire -> {
                    wire.head();
                    try {
                        go.take();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                });
                TestProxy proxy = new TestProxy(origin.port(), timeouts(100, 60, 50), HTTP1)) {
            try (Wire slow = Wire.to(proxy.port())) {
                slow.send("GET / HTTP/1.1\r\nHo");
                assertThat(slow.message()).startsWith("HTTP/1.1 408").endsWith("request header timeout");
            }
            assertThat(proxy.next().details()).isEqualTo("request_header_timeout");
            try (Wire idle = Wire.to(proxy.port())) {
                idle.send(GET.formatted(""));
                assertThat(idle.message()).startsWith("HTTP/1.1 504").endsWith("stream timeout");
            }
            assertThat(proxy.next().flags()).isEqualTo("SI");
            go.add("go");
        }
    }

    @Test
    void closesIdleConnections() throws Exception {
        ServerOptions.Timeouts d = ServerOptions.Timeouts.DEFAULTS;
        ServerOptions options = options(
                new ServerOptions.Timeouts(
                        Duration.ofMillis(100),
                        d.streamIdle(),
                        d.requestHeaders(),
                        d.request(),
                        d.maxDuration(),
                        d.maxConnectionDuration(),
                        d.delayedClose()),
                ServerOptions.Http1.DEFAULTS,
                1 << 20);
        try (Origin origin = new Origin(this::echoPaths);
                TestProxy proxy = new TestProxy(origin.port(), options, HTTP1);
                Wire client = Wire.to(proxy.port())) {
            client.send(GET.formatted("1"));
            client.message();

            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void survivesAResponseLongerThanItAnnounced() throws Exception {
        try (Origin origin = new Origin(wire -> {
                    wire.head();
                    wire.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nX");
                });
                TestProxy proxy = new TestProxy(origin.port());
                Wire client = Wire.to(proxy.port())) {
            client.send(GET.formatted(""));
            client.head();

            assertThatThrownBy(() -> client.read(13)).isInstanceOf(IOException.class);
            assertThat(proxy.next().flags()).isEqualTo("UPE");
        }
    }

    /** A client that speaks TLS with the proxy, with BoringSSL on the proxy's side as in production. */
    private static Wire encrypted(TestProxy proxy) throws Exception {
        TestCertificates root = TestCertificates.root("test");
        TestCertificates.Leaf leaf = root.leaf("DNS:localhost");
        proxy.tls = SslContextBuilder.forServer(leaf.privateKey(), leaf.chain().toArray(new X509Certificate[0]))
                .sslProvider(SslProvider.OPENSSL)
                .build();
        SSLContext client = SSLContext.getInstance("TLSv1.3");
        client.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        return new Wire(client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), proxy.port()));
    }

    private void echoPaths(Wire wire) throws IOException {
        while (true) {
            String head = wire.head();
            if (head.isEmpty()) {
                return;
            }
            requests.add(head);
            String path = head.split(" ")[1];
            wire.send("HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
        }
    }

    private static ServerOptions options(ServerOptions.Timeouts timeouts, ServerOptions.Http1 http1, int bufferLimit) {
        return new ServerOptions(HeadLimits.REQUEST, timeouts, http1, Http2Config.DEFAULT, bufferLimit, 0);
    }

    private static ServerOptions options(ServerOptions.Http1 http1) {
        return options(ServerOptions.Timeouts.DEFAULTS, http1, 1 << 20);
    }

    private static ServerOptions limited(int bufferLimit) {
        return options(ServerOptions.Timeouts.DEFAULTS, ServerOptions.Http1.DEFAULTS, bufferLimit);
    }

    private static PoolOptions limitedPool(int bufferLimit) {
        return new PoolOptions(
                PoolOptions.Protocol.HTTP1,
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                0,
                HeadLimits.RESPONSE,
                bufferLimit);
    }

    private static ServerOptions timeouts(long streamIdleMillis, long headerMillis, long delayedCloseMillis) {
        return options(
                new ServerOptions.Timeouts(
                        Duration.ofHours(1),
                        Duration.ofMillis(streamIdleMillis),
                        Duration.ofMillis(headerMillis),
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ofMillis(delayedCloseMillis)),
                ServerOptions.Http1.DEFAULTS,
                1 << 20);
    }
}
