package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.provider.ValueSource;

/** Who does not read stops who sends, and costs little memory. */
@Timeout(30)
class Http1BackPressureTest {
    private static final int LIMIT = 256 * 1024;
    private static final ServerOptions LIMITED =
            Http1Path.options(ServerOptions.Timeouts.DEFAULTS, ServerOptions.Http1.DEFAULTS, LIMIT);
    private static final PoolOptions LIMITED_POOL = new PoolOptions(
            PoolOptions.Protocol.HTTP1, Duration.ofSeconds(5), Duration.ofHours(1), 0, HeadLimits.RESPONSE, LIMIT);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bindsMemoryWhenTheClientReadsSlowly(boolean encrypted) throws Exception {
        long size = 48L << 20;
        AtomicLong written = new AtomicLong();
        byte[] block = new byte[64 * 1024];
        Arrays.fill(block, (byte) 'x');
        try (Origin origin = new Origin(wire -> {
                    wire.head();
                    wire.send("HTTP/1.1 200 OK\r\ncontent-length: " + size + "\r\n\r\n");
                    for (long at = 0; at < size; at += block.length) {
                        wire.socket.getOutputStream().write(block);
                        written.addAndGet(block.length);
                    }
                    wire.head();
                });
                TestProxy proxy = new TestProxy(origin.port(), LIMITED, LIMITED_POOL);
                Wire client = encrypted ? encrypted(proxy) : Wire.to(proxy.port())) {
            client.send(Http1Path.GET.formatted(""));
            client.head();
            awaitStall(written);

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
        try (Http1Path path = Http1Path.to(
                wire -> {
                    wire.head();
                    go.take();
                    for (long read = 0; read < size; read += 1 << 20) {
                        wire.read(1 << 20);
                    }
                    wire.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                    wire.head();
                },
                LIMITED,
                LIMITED_POOL)) {
            path.client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    byte[] block = new byte[64 * 1024];
                    for (long at = 0; at < size; at += block.length) {
                        path.client.socket.getOutputStream().write(block);
                        sent.addAndGet(block.length);
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            awaitStall(sent);

            assertThat(sent.get()).isLessThan(size / 2);
            assertThat(path.proxy.directBytes()).isLessThan(1 << 20);
            go.add("go");
            sender.join();
            assertThat(path.client.head()).startsWith("HTTP/1.1 200");
            assertThat(path.proxy.next().requestBytes()).isEqualTo(size);
        }
    }

    /** Waits until what has begun to move has stood still for a while. */
    private static void awaitStall(AtomicLong moved) throws InterruptedException {
        long before = 0;
        while (before == 0 || before != moved.get()) {
            before = moved.get();
            TimeUnit.MILLISECONDS.sleep(200);
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
}
