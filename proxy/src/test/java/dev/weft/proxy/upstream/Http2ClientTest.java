package dev.weft.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.cluster.UpstreamProtocol.Http2Options;
import dev.weft.proxy.codec.http2.FramePeer;
import dev.weft.proxy.codec.http2.Http2Error;
import dev.weft.proxy.server.Http2ProxyHarness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that speaks frames, our proxy, and an upstream that speaks frames. */
@Timeout(30)
class Http2ClientTest {
    private ServerSocket upstreamSocket;
    private Http2ProxyHarness proxy;
    private FramePeer client;

    @BeforeEach
    void start() throws IOException {
        upstreamSocket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        proxy = new Http2ProxyHarness(upstreamSocket.getLocalPort(), PoolOptions.Protocol.HTTP2, Http2Options.DEFAULT);
        client = FramePeer.client(proxy.port());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        proxy.close();
        upstreamSocket.close();
    }

    @Test
    void sendsManyStreamsOverOneConnection() {
        for (int stream = 1; stream < 21; stream += 2) {
            client.request(stream, "GET", "/" + stream, true);
        }
        client.flush();
        try (FramePeer upstream = accept()) {
            for (int stream = 1; stream < 21; stream += 2) {
                FramePeer.Received head = upstream.await(FramePeer.HEADERS, stream);
                assertThat(head.ends()).isTrue();
            }
            for (int stream = 19; stream > 0; stream -= 2) {
                upstream.headers(stream, false, ":status", "200", "x-stream", "" + stream);
                upstream.data(stream, true, new byte[stream]);
            }
            upstream.flush();
            for (int stream = 19; stream > 0; stream -= 2) {
                assertThat(client.response(stream))
                        .containsExactly(":status: 200", "x-stream: " + stream, "body " + stream);
            }
        }
        assertThat(proxy.connections()).isLessThan(2);
    }

    @Test
    void passesHeadsBodiesAndTrailersBothWays() {
        client.headers(
                1,
                false,
                ":method",
                "POST",
                ":scheme",
                "http",
                ":path",
                "/a.B/C",
                ":authority",
                "svc:80",
                "te",
                "trailers",
                "content-type",
                "application/grpc");
        client.data(1, false, (byte) 1).headers(1, true, "x-up", "1").flush();
        try (FramePeer upstream = accept()) {
            assertThat(upstream.fields(upstream.await(FramePeer.HEADERS, 1)))
                    .contains(":method: POST", ":path: /a.B/C", ":authority: svc:80", "te: trailers");
            assertThat(upstream.await(FramePeer.DATA, 1).payload()).containsExactly(1);
            FramePeer.Received trailers = upstream.await(FramePeer.HEADERS, 1);
            assertThat(trailers.ends()).isTrue();
            assertThat(upstream.fields(trailers)).containsExactly("x-up: 1");
            upstream.headers(1, false, ":status", "103", "link", "x").headers(1, false, ":status", "200");
            upstream.data(1, false, (byte) 2)
                    .headers(1, true, "grpc-status", "0")
                    .flush();

            assertThat(client.response(1))
                    .containsExactly(":status: 103", "link: x", ":status: 200", "grpc-status: 0", "body 1");
        }
    }

    @Test
    void tellsRefusedStreamsFromOtherResets() {
        client.request(1, "GET", "/", true).request(3, "GET", "/", true).flush();
        try (FramePeer upstream = accept()) {
            upstream.await(FramePeer.HEADERS, 3);
            upstream.reset(1, Http2Error.REFUSED_STREAM)
                    .reset(3, Http2Error.INTERNAL_ERROR)
                    .flush();
            assertThat(client.response(1)).contains(":status: 503");
            assertThat(client.response(3)).contains(":status: 503");
        }
        assertThat(proxy.server().awaitDone(2))
                .containsExactlyInAnyOrder(
                        "GET / 503 upstream_reset_before_response_started{remote_refused_stream_reset}",
                        "GET / 503 upstream_reset_before_response_started{remote_reset|INTERNAL_ERROR}");
    }

    @Test
    void takesStreamsAboveAGoAwayForRefusedAndOpensAnotherConnection() {
        client.request(1, "GET", "/1", true).request(3, "GET", "/3", true).flush();
        try (FramePeer upstream = accept()) {
            upstream.await(FramePeer.HEADERS, 3);
            upstream.send(FramePeer.GOAWAY, 0, 0, FramePeer.bytes(1, 0)).flush();
            assertThat(client.response(3)).contains(":status: 503");
            upstream.headers(1, true, ":status", "204").flush();
            assertThat(client.response(1)).contains(":status: 204");
            assertThat(upstream.isClosedByPeer()).isTrue();

            client.request(5, "GET", "/5", true).flush();
            try (FramePeer second = accept()) {
                assertThat(second.fields(second.await(FramePeer.HEADERS, 1))).contains(":path: /5");
                second.headers(1, true, ":status", "200").flush();
                assertThat(client.response(5)).contains(":status: 200");
            }
        }
        assertThat(proxy.server().awaitDone(3))
                .contains("GET /3 503 upstream_reset_before_response_started{remote_refused_stream_reset}");
    }

    @Test
    void keepsToThePeersNumberOfStreams() {
        client.request(1, "GET", "/1", true).flush();
        try (FramePeer upstream = accept()) {
            roundTrip(upstream.settings(3, 1));
            client.request(3, "GET", "/3", true).flush();
            try (FramePeer second = accept()) {
                assertThat(second.fields(second.await(FramePeer.HEADERS, 1))).contains(":path: /3");
            }
        }
    }

    @Test
    void breaksOffWhenTheUpstreamFails() {
        client.request(1, "GET", "/", true).request(3, "GET", "/", true).flush();
        try (FramePeer upstream = accept()) {
            upstream.await(FramePeer.HEADERS, 3);
            upstream.headers(1, false, ":status", "200")
                    .data(1, false, new byte[10])
                    .flush();
            assertThat(client.fields(client.await(FramePeer.HEADERS, 1))).contains(":status: 200");
        }

        List<String> first = client.response(1);
        assertThat(first).endsWith("reset INTERNAL_ERROR");
        assertThat(client.response(3)).contains(":status: 503");
    }

    @Test
    void refusesBadResponses() {
        String[][] bad = {
            {":status", "20"},
            {":status", "101"},
            {"x", "y"},
            {":status", "200", "connection", "close"},
            {":status", "200", "X", "y"},
            {":status", "200", "content-length", "5"},
            {":status", "200", ":path", "/"},
        };
        for (int i = 0; i < bad.length; i++) {
            client.request(2 * i + 1, "GET", "/", true);
        }
        client.flush();
        try (FramePeer upstream = accept()) {
            for (int i = 0; i < bad.length; i++) {
                upstream.await(FramePeer.HEADERS, 2 * i + 1);
            }
            for (int i = 0; i < bad.length; i++) {
                upstream.headers(2 * i + 1, true, bad[i]);
            }
            upstream.flush();
            for (int i = 0; i < bad.length; i++) {
                assertThat(client.response(2 * i + 1)).contains(":status: 503");
            }
        }
        assertThat(proxy.server().awaitDone(bad.length))
                .hasSize(bad.length)
                .allMatch(line -> line.endsWith("{protocol_error}"));
    }

    @Test
    void resetsTheUpstreamWhenTheClientGivesUp() {
        client.request(1, "POST", "/", false).flush();
        try (FramePeer upstream = accept()) {
            upstream.await(FramePeer.HEADERS, 1);
            client.reset(1, Http2Error.CANCEL).flush();

            assertThat(upstream.await(FramePeer.RST_STREAM, 1).number(0)).isEqualTo(Http2Error.CANCEL);
        }
    }

    @Test
    void resetsTheRequestThatIsAnsweredEarly() {
        client.request(1, "POST", "/", false).flush();
        try (FramePeer upstream = accept()) {
            upstream.await(FramePeer.HEADERS, 1);
            upstream.headers(1, true, ":status", "413").flush();

            assertThat(upstream.await(FramePeer.RST_STREAM, 1).number(0)).isEqualTo(Http2Error.CANCEL);
            assertThat(client.response(1)).contains(":status: 413");
            assertThat(client.await(FramePeer.RST_STREAM, 1).number(0)).isEqualTo(Http2Error.NO_ERROR);
        }
    }

    @Test
    void takesTheLengthOfAHeadResponseForWhatItIs() {
        client.request(1, "HEAD", "/", true).flush();
        try (FramePeer upstream = accept()) {
            upstream.await(FramePeer.HEADERS, 1);
            upstream.headers(1, true, ":status", "200", "content-length", "1000")
                    .flush();

            assertThat(client.response(1)).containsExactly(":status: 200", "content-length: 1000");
        }
    }

    @Test
    void asksTheUpstreamForNoMoreThanTheClientTook() {
        FramePeer slow = FramePeer.client(proxy.port(), 4, 1000);
        slow.request(1, "GET", "/", true).flush();
        try (FramePeer upstream = accept()) {
            upstream.await(FramePeer.HEADERS, 1);
            upstream.headers(1, false, ":status", "200");
            for (int sent = 0; sent < 64 * 1024; sent += 16_384) {
                upstream.data(1, false, new byte[16_384]);
            }
            assertThat(upstream.untilPing())
                    .noneMatch(frame -> frame.type() == FramePeer.WINDOW_UPDATE && frame.stream() == 1);
            slow.windowUpdate(1, 200_000).windowUpdate(0, 200_000).flush();
            for (int read = 0; read < 33_000; ) {
                read += slow.await(FramePeer.DATA, 1).payload().length;
            }

            assertThat(upstream.await(FramePeer.WINDOW_UPDATE, 1).number(0)).isGreaterThanOrEqualTo(32 * 1024);
        } finally {
            slow.close();
        }
    }

    @Test
    void speaksExtendedConnectWhereTheUpstreamTakesIt() {
        client.request(1, "GET", "/", true).flush();
        try (FramePeer upstream = accept()) {
            upstream.await(FramePeer.HEADERS, 1);
            roundTrip(upstream);
            client.request(3, "CONNECT", "/chat", false, ":protocol", "websocket");
            assertThat(client.response(3)).contains(":status: 503"); // the settings do not allow it
            roundTrip(upstream.settings(8, 1));
            client.request(5, "CONNECT", "/chat", false, ":protocol", "websocket")
                    .flush();
            FramePeer.Received head = upstream.await(FramePeer.HEADERS, 5);
            assertThat(upstream.fields(head))
                    .containsExactly(
                            ":method: CONNECT",
                            ":protocol: websocket",
                            ":scheme: http",
                            ":path: /chat",
                            ":authority: test");
            upstream.headers(5, false, ":status", "200")
                    .data(5, false, (byte) 7)
                    .flush();
            assertThat(client.fields(client.await(FramePeer.HEADERS, 5))).containsExactly(":status: 200");
            assertThat(client.await(FramePeer.DATA, 5).payload()).containsExactly(7);
        }
    }

    /** When the answer is here, everything sent before was dealt with. */
    private static void roundTrip(FramePeer upstream) {
        upstream.send(FramePeer.PING, 0, 0, new byte[8]);
        upstream.await(FramePeer.PING, 0);
    }

    private FramePeer accept() {
        try {
            return new FramePeer(upstreamSocket.accept()).awaitPreface().settings();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
