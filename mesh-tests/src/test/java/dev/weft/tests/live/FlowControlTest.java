package dev.weft.tests.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tests.mesh.Await;
import dev.weft.tests.mesh.RawClient;
import dev.weft.tests.mesh.Reply;
import dev.weft.tests.mesh.TestMesh;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A huge download to a slow client and a huge upload to a slow backend, through two sidecars and mutual TLS. The sidecars are in this
 * process, so what they hold shows as direct memory; the time is shorter than in the full measurement.
 */
class FlowControlTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long HUGE = 1L << 30;
    private static final int PIECE = 64 << 10;
    /** A piece each 62.5 ms is 1 MiB/s. */
    private static final long PAUSE_NANOS = 62_500_000;

    private static final long RUN_NANOS = Duration.ofSeconds(4).toNanos();
    private static final int SIDECARS = 2;
    private static final long GROWTH_EACH = 16L << 20;

    /** What the client's sidecar speaks to the server's. */
    enum Upstream {
        HTTP1("http"),
        HTTP2("http2");

        private final String port;

        Upstream(String port) {
            this.port = port;
        }
    }

    @ParameterizedTest
    @EnumSource
    void slowPeersHoldBackTheSenderAndNobodyElse(Upstream upstream) throws Exception {
        try (TestMesh mesh = TestMesh.start()) {
            mesh.apply("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: b, namespace: other}
                    spec: {selector: {app: b}, ports: [{name: %s, port: 9080}]}
                    """.formatted(upstream.port));
            requests(mesh, 100);
            long before = direct();
            try (Socket download = open(mesh, "GET /bytes/" + HUGE + " HTTP/1.1\r\nhost: b.other:9080\r\n\r\n");
                    Socket upload = open(
                            mesh,
                            "POST /slow HTTP/1.1\r\nhost: b.other:9080\r\ncontent-length: " + HUGE + "\r\n\r\n")) {
                Thread reader = Thread.ofVirtual().start(() -> readSlowly(download));
                Thread writer = Thread.ofVirtual().start(() -> writeFast(upload));
                long start = System.nanoTime();
                long most = 0;
                boolean asked = false;
                while (System.nanoTime() - start < RUN_NANOS) {
                    if (!asked && System.nanoTime() - start > RUN_NANOS / 4) {
                        asked = true;
                        long began = System.nanoTime();
                        requests(mesh, 100);
                        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
                    }
                    most = Math.max(most, direct());
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
                System.out.printf(
                        "flow control over %s: direct memory %d KiB before, at most %d KiB%n",
                        upstream, before >> 10, most >> 10);
                assertThat(most - before).isLessThan(SIDECARS * GROWTH_EACH);
                download.close();
                upload.close();
                reader.join();
                writer.join();
                // The server's sidecar is still passing on what the slow backend has not read yet.
                mesh.origins().close();
                awaitConnections(mesh, "client", 0);
                awaitConnections(mesh, "b", 1); // the one kept for the next request
            }
        }
    }

    private static void awaitConnections(TestMesh mesh, String sidecar, int most) {
        Await.until(
                TIMEOUT,
                () -> mesh.proxy(sidecar).listeners().connections() <= most,
                () -> sidecar + " has " + mesh.proxy(sidecar).listeners().connections());
    }

    private static long direct() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    private static void requests(TestMesh mesh, int count) throws IOException {
        try (Socket socket = RawClient.connect(mesh.outbound("client", 9080), TIMEOUT)) {
            for (int i = 0; i < count; i++) {
                Reply reply = RawClient.exchange(socket, RawClient.Request.get("b.other:9080", "/"));
                assertThat(reply.status()).as("%s", reply).isEqualTo(200);
            }
        }
    }

    private static Socket open(TestMesh mesh, String head) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(PIECE);
        socket.connect(mesh.outbound("client", 9080));
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void readSlowly(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            while (in.readNBytes(PIECE).length == PIECE) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException e) {
            // The test has seen enough.
        }
    }

    private static void writeFast(Socket socket) {
        try {
            OutputStream out = socket.getOutputStream();
            byte[] piece = new byte[PIECE];
            for (long sent = 0; sent < HUGE; sent += PIECE) {
                out.write(piece);
            }
        } catch (IOException e) {
            // The test has seen enough.
        }
    }
}
