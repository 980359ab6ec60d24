package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.codec.http2.FramePeer;
import dev.weft.proxy.codec.http2.FramePeer.Received;
import dev.weft.proxy.codec.http2.Http2Config;
import dev.weft.proxy.codec.http2.Http2Error;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.RequestSink;
import io.netty.buffer.ByteBuf;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class Http2ServerTest {
    private Http2ServerHarness server = Http2ServerHarness.echo();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void answersRequestsOfManyStreams() {
        try (FramePeer client = client()) {
            for (int stream = 1; stream < 100; stream += 2) {
                client.request(stream, "GET", "/", true);
            }
            for (int stream = 1; stream < 100; stream += 2) {
                assertThat(client.response(stream)).contains(":status: 200", "body 23");
            }
        }
        awaitDone(50);
    }

    @Test
    void sendsBodyAndTrailersBackWhileTheyCome() {
        try (FramePeer client = client()) {
            client.request(1, "POST", "/echo", false);
            assertThat(client.fields(client.await(FramePeer.HEADERS, 1))).contains(":status: 200");
            client.data(1, false, (byte) 'a', (byte) 'b');
            assertThat(client.await(FramePeer.DATA, 1).payload()).containsExactly('a', 'b');
            client.headers(1, true, "grpc-status", "0", "x-more", "yes");

            Received trailers = client.await(FramePeer.HEADERS, 1);

            assertThat(trailers.ends()).isTrue();
            assertThat(client.fields(trailers)).containsExactly("grpc-status: 0", "x-more: yes");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "x-Upper|a",
                "connection|close",
                "keep-alive|1",
                "proxy-connection|x",
                "transfer-encoding|chunked",
                "upgrade|h2c",
                "te|gzip",
                "bad name|x",
                "x:y|x",
                "x-lead|' a'",
                "x-trail|'a '",
                ":path|/second",
                ":unknown|x",
                ":status|200",
                "content-length|-5",
                "content-length|1x"
            })
    void resetsStreamsWithBadFields(String name, String value) {
        try (FramePeer client = client()) {
            client.headers(
                    1,
                    true,
                    ":method",
                    "GET",
                    ":scheme",
                    "http",
                    ":path",
                    "/",
                    ":authority",
                    "test",
                    name,
                    Objects.requireNonNull(value));

            assertThat(client.response(1)).containsExactly("reset PROTOCOL_ERROR");

            client.request(3, "GET", "/", true);
            assertThat(client.response(3)).contains(":status: 200");
        }
        awaitDone(2);
        assertThat(server.done.getFirst()).endsWith("http2.violation.of.messaging.rule");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, http, '', test",
        "GET, http, no-slash, test",
        "GET, http, /a b, test",
        "GET, ftp, /, test",
        "G T, http, /, test",
        "GET, http, *, test",
        "GET, http, /, user@test",
        "GET, http, /, a b",
        "CONNECT, http, /, test"
    })
    void resetsStreamsWithBadPseudoHeaders(String method, String scheme, String path, String authority) {
        try (FramePeer client = client()) {
            client.headers(1, true, ":method", method, ":scheme", scheme, ":path", path, ":authority", authority);

            assertThat(client.response(1)).containsExactly("reset PROTOCOL_ERROR");
        }
    }

    @Test
    void refusesControlBytesInValues() {
        for (char bad : new char[] {0, '\r', '\n', 0x1F, 0x7F}) {
            for (int place = 1; place < 20; place++) {
                StringBuilder value = new StringBuilder("abcdefghijklmnopqrstuvwxyz\tä");
                value.setCharAt(place, bad);
                try (FramePeer client = client()) {
                    client.headers(
                            1,
                            true,
                            ":method",
                            "GET",
                            ":scheme",
                            "http",
                            ":path",
                            "/",
                            ":authority",
                            "t",
                            "x",
                            value.toString());

                    assertThat(client.response(1)).containsExactly("reset PROTOCOL_ERROR");
                }
            }
        }
    }

    @Test
    void takesHostWhereThereIsNoAuthorityAndRefusesWithoutBoth() {
        try (FramePeer client = client()) {
            client.headers(1, true, ":method", "GET", ":scheme", "http", ":path", "/", "host", "h");
            assertThat(client.response(1)).contains(":status: 200");
            client.headers(3, true, ":method", "GET", ":scheme", "http", ":path", "/");

            assertThat(client.response(3)).contains(":status: 400");
        }
    }

    @Test
    void answers431ToTooManyAndTooLargeFields() {
        String[] many = new String[8 + 2 * 97];
        Arrays.fill(many, "x");
        System.arraycopy(
                new String[] {":method", "GET", ":scheme", "http", ":path", "/", ":authority", "t"}, 0, many, 0, 8);
        try (FramePeer client = client()) {
            client.headers(1, true, many);
            assertThat(client.response(1)).contains(":status: 431");
            byte[] large = client.block(
                    ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "t", "x", "y".repeat(62_000));
            for (int at = 0; at < large.length; at += 16_000) {
                byte[] part = Arrays.copyOfRange(large, at, Math.min(large.length, at + 16_000));
                int type = at == 0 ? FramePeer.HEADERS : FramePeer.CONTINUATION;
                boolean last = at + 16_000 >= large.length;
                client.send(type, (last ? FramePeer.END_HEADERS : 0) | (at == 0 ? 1 : 0), 3, part);
            }
            assertThat(client.response(3)).contains(":status: 431");

            client.request(5, "GET", "/", true);
            assertThat(client.response(5)).contains(":status: 200");
        }
        assertThat(server.awaitDone(3)).anyMatch(line -> line.endsWith("431 http2.too_many_headers"));
        assertThat(server.done).anyMatch(line -> line.endsWith("431 http2.header_list_size_too_large"));
    }

    @Test
    void joinsCookieCrumbs() {
        server.close();
        server = new Http2ServerHarness(ServerOptions.DEFAULTS, (exchange, end) -> {
            String cookie = exchange.request().headers().text(HeaderName.COOKIE);
            exchange.response().status(200);
            exchange.response().headers().add(HeaderName.ETAG, cookie == null ? "" : cookie);
            exchange.toClient().onResponseHead(true);
            return RequestSink.IGNORE;
        });
        try (FramePeer client = client()) {
            client.headers(
                    1,
                    true,
                    ":method",
                    "GET",
                    ":scheme",
                    "http",
                    ":path",
                    "/",
                    ":authority",
                    "t",
                    "cookie",
                    "a=b",
                    "cookie",
                    "c=d",
                    "x",
                    "y",
                    "cookie",
                    "e=f");

            assertThat(client.response(1)).contains("etag: a=b; c=d; e=f");
        }
    }

    @Test
    void comparesContentLengthWithTheBody() {
        try (FramePeer client = client()) {
            String[] head = {
                ":method", "POST", ":scheme", "http", ":path", "/", ":authority", "t", "content-length", "3"
            };
            client.headers(1, false, head).data(1, true, new byte[2]);
            assertThat(client.response(1)).containsExactly("reset PROTOCOL_ERROR");
            client.headers(3, false, head).data(3, false, new byte[4]);
            assertThat(client.response(3)).containsExactly("reset PROTOCOL_ERROR");
            client.headers(5, true, head);
            assertThat(client.response(5)).containsExactly("reset PROTOCOL_ERROR");
            client.headers(7, false, head).data(7, false, new byte[2]).headers(7, true, "x", "y");
            assertThat(client.response(7)).containsExactly("reset PROTOCOL_ERROR");
            client.headers(9, false, head).data(9, false, new byte[1]).data(9, true, new byte[2]);

            assertThat(client.response(9)).contains(":status: 200");
        }
    }

    @Test
    void answersExpectContinue() {
        try (FramePeer client = client()) {
            client.headers(
                    1,
                    false,
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":path",
                    "/",
                    ":authority",
                    "t",
                    "expect",
                    "100-continue");
            assertThat(client.fields(client.await(FramePeer.HEADERS, 1))).containsExactly(":status: 100");
            client.data(1, true, new byte[10]);

            assertThat(client.response(1)).contains(":status: 200");
        }
    }

    @Test
    void carriesExtendedConnectAndConnect() {
        try (FramePeer client = client()) {
            client.headers(
                    1,
                    false,
                    ":method",
                    "CONNECT",
                    ":protocol",
                    "websocket",
                    ":scheme",
                    "http",
                    ":path",
                    "/chat",
                    ":authority",
                    "t");
            assertThat(client.fields(client.await(FramePeer.HEADERS, 1))).contains(":status: 200");
            client.data(1, false, (byte) 1, (byte) 2);
            assertThat(client.await(FramePeer.DATA, 1).payload()).containsExactly(1, 2);
            client.headers(3, false, ":method", "CONNECT", ":authority", "t:443");
            assertThat(client.fields(client.await(FramePeer.HEADERS, 3))).contains(":status: 200");
            client.data(3, true, (byte) 3);

            assertThat(client.await(FramePeer.DATA, 3).payload()).containsExactly(3);
        }
    }

    @Test
    void endsTheRestOfARequestThatIsAnswered() {
        server.close();
        server = new Http2ServerHarness(ServerOptions.DEFAULTS, (exchange, end) -> {
            exchange.response().status(403);
            exchange.toClient().onResponseHead(true);
            return RequestSink.IGNORE;
        });
        try (FramePeer client = client()) {
            client.request(1, "POST", "/", false);

            assertThat(client.response(1)).contains(":status: 403");
            assertThat(client.await(FramePeer.RST_STREAM, 1).number(0)).isEqualTo(Http2Error.NO_ERROR);
            client.data(1, false, new byte[10]).headers(1, true, "x", "y"); // was on its way: no fault
            client.request(3, "GET", "/", true);
            assertThat(client.response(3)).contains(":status: 403");
        }
    }

    @Test
    void refusesStreamsAboveTheLimit() {
        restart(
                new Http2Config(2, Http2Config.Windows.DEFAULT, 100, 60_000, Duration.ofSeconds(60)),
                ServerOptions.Timeouts.DEFAULTS);
        try (FramePeer client = client()) {
            client.request(1, "POST", "/", false).request(3, "POST", "/", false).request(5, "POST", "/", false);

            assertThat(client.response(5)).containsExactly("reset REFUSED_STREAM");

            client.data(1, true, new byte[1]);
            assertThat(client.response(1)).contains(":status: 200");
            client.request(7, "GET", "/", true);
            assertThat(client.response(7)).contains(":status: 200");
        }
    }

    // ---- the end of connections ------------------------------------------------------------------------------------

    @Test
    void goesAwayInTwoStepsAndLosesNothing() {
        try (FramePeer client = client()) {
            client.request(1, "POST", "/echo", false);
            client.await(FramePeer.HEADERS, 1);

            server.drain();

            Received first = client.await(FramePeer.GOAWAY, 0);
            assertThat(first.number(0)).isEqualTo(Integer.MAX_VALUE);
            client.request(3, "GET", "/echo", true); // sent before it knew
            Received ping = client.await(FramePeer.PING, 0);
            client.send(FramePeer.PING, 1, 0, ping.payload());
            assertThat(client.fields(client.await(FramePeer.HEADERS, 3))).contains(":status: 200");
            assertThat(client.await(FramePeer.GOAWAY, 0).number(0)).isEqualTo(3);
            client.data(1, true, (byte) 9);
            assertThat(client.await(FramePeer.DATA, 1).payload()).containsExactly(9);
            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void closesIdleConnections() {
        restart(Http2Config.DEFAULT, timeouts(Duration.ofMillis(50), Duration.ZERO));
        try (FramePeer client = client()) {
            assertThat(client.awaitGoAway()).isEqualTo(Http2Error.NO_ERROR);
            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void answersStreamsOnWhichNothingMoves() {
        restart(Http2Config.DEFAULT, timeouts(Duration.ZERO, Duration.ofMillis(50)));
        try (FramePeer client = client()) {
            client.request(1, "POST", "/", false);

            assertThat(client.response(1)).contains(":status: 408");
        }
        assertThat(server.awaitDone(1)).containsExactly("POST / 408 stream_idle_timeout");
    }

    @Test
    void endsExchangesOfAClientThatIsGone() {
        try (FramePeer client = client()) {
            client.request(1, "POST", "/echo", false);
            client.await(FramePeer.HEADERS, 1);
        }
        awaitDone(1);

        assertThat(server.done).containsExactly("POST /echo 200 downstream_remote_disconnect");
    }

    @Test
    void endsExchangesThatTheClientResets() {
        try (FramePeer client = client()) {
            client.request(1, "POST", "/echo", false);
            client.await(FramePeer.HEADERS, 1);
            client.reset(1, Http2Error.CANCEL).flush();
            awaitDone(1);
        }

        assertThat(server.done).containsExactly("POST /echo 200 http2.remote_reset");
    }

    // ---- floods ----------------------------------------------------------------------------------------------------

    /** The server may hang up in the middle of a flood; what it said before can still be read. */
    private static void untilHungUp(Runnable flood) {
        try {
            flood.run();
        } catch (UncheckedIOException hungUp) {
            assertThat(hungUp.getCause()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void endsConnectionsThatResetTooOften() {
        try (FramePeer client = client()) {
            untilHungUp(() -> {
                for (int i = 0; i < 1100; i++) {
                    client.request(2 * i + 1, "POST", "/", false).reset(2 * i + 1, Http2Error.CANCEL);
                }
            });

            assertThat(client.awaitGoAway()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void endsConnectionsThatMakeItResetTooOften() {
        try (FramePeer client = client()) {
            untilHungUp(() -> {
                for (int i = 0; i < 1100; i++) {
                    client.headers(2 * i + 1, true, ":method", "GET");
                    if (i % 100 == 0) {
                        client.flush();
                    }
                }
            });

            assertThat(client.awaitGoAway()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void endsConnectionsOfFloods() {
        AtomicInteger tried = new AtomicInteger();
        flood(tried, 2, client -> client.data(1, false));
        flood(
                tried,
                300,
                client -> client.send(FramePeer.PRIORITY, 0, 9, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1));
        flood(tried, 300, client -> client.windowUpdate(0, 1));
        assertThat(tried.get()).isEqualTo(3);
    }

    @Test
    void endsConnectionsWithEndlessHeaders() {
        for (int size : new int[] {0, 1, 9000}) {
            try (FramePeer client = client()) {
                client.send(FramePeer.HEADERS, 0, 1, client.block(":method", "GET"));
                untilHungUp(() -> {
                    for (int i = 0; i < 70; i++) {
                        client.send(FramePeer.CONTINUATION, 0, 1, new byte[size]);
                    }
                });

                assertThat(client.awaitGoAway()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
            }
        }
    }

    @Test
    void endsConnectionsThatAskForAnswersAndDoNotReadThem() throws Exception {
        try (FramePeer client = client()) {
            Thread sender = Thread.startVirtualThread(() -> {
                try {
                    while (!Thread.interrupted()) {
                        client.send(FramePeer.PING, 0, 0, new byte[8]);
                    }
                } catch (UncheckedIOException e) {
                    // closed by the server, as it should
                }
            });
            sender.join(Duration.ofSeconds(20));

            assertThat(sender.isAlive()).isFalse();
        }
    }

    private interface Step {
        void on(FramePeer client);
    }

    private void flood(AtomicInteger tried, int times, Step step) {
        try (FramePeer client = client()) {
            client.request(1, "POST", "/", false);
            untilHungUp(() -> {
                for (int i = 0; i < times; i++) {
                    step.on(client);
                }
            });
            if (client.awaitGoAway() == Http2Error.ENHANCE_YOUR_CALM) {
                tried.incrementAndGet();
            }
        }
    }

    // ---- flow control ----------------------------------------------------------------------------------------------

    @Test
    void sendsNoMoreThanTheWindowsAllow() {
        try (FramePeer client = FramePeer.client(server.port(), 4, 1000)) {
            client.request(1, "GET", "/bytes/5000", true);
            assertThat(client.await(FramePeer.DATA, 1).payload()).hasSize(1000);
            client.windowUpdate(1, 700);
            assertThat(client.await(FramePeer.DATA, 1).payload()).hasSize(700);
            client.settings(4, 2000); // a thousand more for the open stream
            assertThat(client.await(FramePeer.DATA, 1).payload()).hasSize(1000);
            client.windowUpdate(1, 10_000);

            assertThat(client.response(1)).containsExactly("body 2300");
        }
    }

    @Test
    void givesStreamsTheirTurnOnTheConnectionsWindow() {
        try (FramePeer client = FramePeer.client(server.port(), 4, 1 << 20)) {
            client.request(1, "GET", "/bytes/500000", true);
            for (int left = 65_535; left > 0; ) {
                left -= client.await(FramePeer.DATA, 1).payload().length;
            }
            client.request(3, "GET", "/bytes/1000", true);
            assertThat(client.fields(client.await(FramePeer.HEADERS, 3))).contains(":status: 200");

            client.windowUpdate(0, 40_000);

            assertThat(client.await(FramePeer.DATA, 3).payload()).hasSize(1000);
        }
    }

    @Test
    void aStreamWithoutWindowHoldsNobodyElse() {
        try (FramePeer client = FramePeer.client(server.port(), 4, 0)) {
            client.request(1, "GET", "/bytes/1000000", true).request(3, "GET", "/bytes/20000", true);
            client.windowUpdate(3, 20_000);

            assertThat(client.response(3)).contains("body 20000");
        }
    }

    @Test
    void creditsAnUploadOnlyWhenItWasTakenOn() {
        AtomicInteger received = new AtomicInteger();
        server.close();
        server = new Http2ServerHarness(ServerOptions.DEFAULTS, (exchange, end) -> new Hoarder(received));
        try (FramePeer client = client()) {
            client.request(1, "POST", "/", false);
            byte[] piece = new byte[16_384];
            for (int sent = 0; sent < 64 * 1024; sent += piece.length) {
                client.data(1, false, piece);
            }
            client.send(FramePeer.PING, 0, 0, new byte[8]);
            for (Received frame = client.next(); frame.type() != FramePeer.PING; frame = client.next()) {
                assertThat(frame.type() == FramePeer.WINDOW_UPDATE && frame.stream() == 1)
                        .isFalse();
            }
            assertThat(received.get()).isEqualTo(64 * 1024);

            client.data(1, false, new byte[1]);

            assertThat(client.response(1)).containsExactly("reset FLOW_CONTROL_ERROR");
        }
    }

    @Test
    void enlargesTheWindowOfAnUploadThatGoesOnQuickly() {
        try (FramePeer client = client()) {
            client.request(1, "POST", "/", false);
            int allowed = 64 * 1024;
            int given = 0;
            for (int i = 0; i < 3; i++) {
                for (; allowed >= 16_384; allowed -= 16_384) {
                    client.data(1, false, new byte[16_384]);
                }
                given = client.await(FramePeer.WINDOW_UPDATE, 1).number(0);
                allowed += given;
            }

            assertThat(given).isGreaterThan(100_000);
        }
    }

    @Test
    void givesTheConnectionsWindowBackAtOnce() {
        AtomicInteger received = new AtomicInteger();
        server.close();
        server = new Http2ServerHarness(ServerOptions.DEFAULTS, (exchange, end) -> new Hoarder(received));
        try (FramePeer client = client()) {
            byte[] piece = new byte[16_384];
            for (int stream = 1; stream < 34; stream += 2) {
                client.request(stream, "POST", "/", false);
                for (int sent = 0; sent < 64 * 1024; sent += piece.length) {
                    client.data(stream, false, piece);
                }
            }

            assertThat(client.await(FramePeer.WINDOW_UPDATE, 0).number(0)).isGreaterThan(500_000);
            assertThat(client.await(FramePeer.WINDOW_UPDATE, 0).number(0)).isGreaterThan(500_000);
        }
    }

    @Test
    void resetsAStreamWhoseWindowStaysShut() {
        restart(
                new Http2Config(10, Http2Config.Windows.DEFAULT, 100, 60_000, Duration.ofMillis(100)),
                ServerOptions.Timeouts.DEFAULTS);
        try (FramePeer client = FramePeer.client(server.port(), 4, 10)) {
            client.request(1, "GET", "/bytes/1000", true);

            assertThat(client.response(1)).endsWith("reset CANCEL");
        }
        assertThat(server.awaitDone(1)).containsExactly("GET /bytes/1000 200 tx_flush_timeout");
    }

    /** Takes bodies and never says that they went on. */
    private record Hoarder(AtomicInteger received) implements RequestSink {
        @Override
        public void onRequestData(ByteBuf data, boolean end) {
            received.addAndGet(data.readableBytes());
            data.release();
        }

        @Override
        public void onRequestTrailers() {}

        @Override
        public void onResponseConsumed(int bytes) {}

        @Override
        public void onRequestReset(FailureReason reason) {}
    }

    private FramePeer client() {
        return FramePeer.client(server.port());
    }

    private void restart(Http2Config http2, ServerOptions.Timeouts timeouts) {
        server.close();
        server = new Http2ServerHarness(
                new ServerOptions(HeadLimits.REQUEST, timeouts, ServerOptions.Http1.DEFAULTS, http2, 1 << 20, 0),
                EchoUpstream::start);
    }

    private static ServerOptions.Timeouts timeouts(Duration idle, Duration streamIdle) {
        return new ServerOptions.Timeouts(
                idle, streamIdle, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1));
    }

    private void awaitDone(int count) {
        assertThat(server.awaitDone(count)).hasSize(count);
    }
}
