package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.codec.http2.FramePeer;
import dev.weft.proxy.codec.http2.Http2Config;
import dev.weft.proxy.codec.http2.Http2Error;
import dev.weft.proxy.exchange.HeadLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How many streams of HTTP/2 there may be at once, and how long one, or a connection, may stand still. */
@Timeout(30)
class Http2LimitsTest {
    @RegisterExtension
    private final Http2TestServer server = new Http2TestServer();

    @Test
    void refusesStreamsAboveTheLimit() {
        server.restart(options(2, Duration.ofSeconds(60)));
        try (FramePeer client = server.client()) {
            client.request(1, "POST", "/", false).request(3, "POST", "/", false).request(5, "POST", "/", false);

            assertThat(client.response(5)).containsExactly("reset REFUSED_STREAM");

            client.data(1, true, new byte[1]);
            assertThat(client.response(1)).contains(":status: 200");
            client.request(7, "GET", "/", true);
            assertThat(client.response(7)).contains(":status: 200");
        }
    }

    @Test
    void closesIdleConnections() {
        server.restart(idleAfter(Duration.ofMillis(50), Duration.ZERO));
        try (FramePeer client = server.client()) {
            assertThat(client.awaitGoAway()).isEqualTo(Http2Error.NO_ERROR);
            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void answersStreamsOnWhichNothingMoves() {
        server.restart(idleAfter(Duration.ZERO, Duration.ofMillis(50)));
        try (FramePeer client = server.client()) {
            client.request(1, "POST", "/", false);

            assertThat(client.response(1)).contains(":status: 408");
        }
        assertThat(server.awaitDone(1)).containsExactly("POST / 408 stream_idle_timeout");
    }

    @Test
    void resetsAStreamWhoseWindowStaysShut() {
        server.restart(options(10, Duration.ofMillis(100)));
        try (FramePeer client = server.client(4, 10)) {
            client.request(1, "GET", "/bytes/1000", true);

            assertThat(client.response(1)).endsWith("reset CANCEL");
        }
        assertThat(server.awaitDone(1)).containsExactly("GET /bytes/1000 200 tx_flush_timeout");
    }

    private static ServerOptions options(int mostStreams, Duration windowShut) {
        return options(
                new Http2Config(mostStreams, Http2Config.Windows.DEFAULT, 100, 60_000, windowShut),
                ServerOptions.Timeouts.DEFAULTS);
    }

    private static ServerOptions idleAfter(Duration connection, Duration stream) {
        return options(
                Http2Config.DEFAULT,
                new ServerOptions.Timeouts(
                        connection,
                        stream,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ofSeconds(1)));
    }

    private static ServerOptions options(Http2Config http2, ServerOptions.Timeouts timeouts) {
        return new ServerOptions(HeadLimits.REQUEST, timeouts, ServerOptions.Http1.DEFAULTS, http2, 1 << 20, 0);
    }
}
