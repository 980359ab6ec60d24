package dev.weft.proxy.route;

import static dev.weft.proxy.route.RouterHarness.cluster;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.UpstreamProtocol;
import dev.weft.proxy.codec.http2.FramePeer;
import dev.weft.proxy.route.RouterHarness.InFlight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An upstream that says in the middle of other work that it takes no more streams, as a server does that limits requests per connection. */
@Timeout(30)
class GoAwayTest {
    private final RouterHarness harness = new RouterHarness();
    private ServerSocket upstreamSocket;

    @BeforeEach
    void start() throws IOException {
        upstreamSocket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        upstreamSocket.setSoTimeout(10_000);
    }

    @AfterEach
    void stop() throws IOException {
        harness.close();
        upstreamSocket.close();
    }

    @Test
    void repeatsWhatWasNotTakenOnAnotherConnection() {
        harness.with(http2(upstreamSocket.getLocalPort())).routes(TestRoutes.to("c"));
        harness.send("GET", "/long", null);
        try (FramePeer first = accept()) {
            first.await(FramePeer.HEADERS, 1);
            InFlight late = harness.send("GET", "/late", null);
            InFlight later = harness.send("GET", "/later", null);
            first.await(FramePeer.HEADERS, 5);

            first.send(FramePeer.GOAWAY, 0, 0, FramePeer.bytes(1, 0)).flush();

            try (FramePeer second = accept()) {
                second.await(FramePeer.HEADERS, 3);
                second.headers(1, true, ":status", "200")
                        .headers(3, true, ":status", "200")
                        .flush();
                assertThat(late.await().status()).isEqualTo(200);
                assertThat(later.await().status()).isEqualTo(200);
            }
        }
    }

    private static Cluster http2(int port) {
        Cluster plain = cluster("c", CircuitBreakers.DEFAULT, port);
        return new Cluster(
                plain.name(),
                plain.discovery(),
                plain.balancing(),
                plain.breakers(),
                plain.connection().withProtocol(new UpstreamProtocol.Http2(UpstreamProtocol.Http2Options.DEFAULT)),
                plain.transport(),
                plain.telemetry(),
                plain.source());
    }

    private FramePeer accept() {
        try {
            return new FramePeer(upstreamSocket.accept())
                    .awaitPreface()
                    .settings()
                    .flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
