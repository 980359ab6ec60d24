package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.codec.http2.FramePeer;
import dev.weft.proxy.codec.http2.FramePeer.Received;
import dev.weft.proxy.codec.http2.Http2Error;
import dev.weft.proxy.exchange.RequestSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests and responses of HTTP/2: heads, bodies, trailers and tunnels, on many streams of one connection. */
@Timeout(30)
class Http2ExchangeTest {
    @RegisterExtension
    private final Http2TestServer server = new Http2TestServer();

    @Test
    void answersRequestsOfManyStreams() {
        try (FramePeer client = server.client()) {
            for (int stream = 1; stream < 100; stream += 2) {
                client.request(stream, "GET", "/", true);
            }
            for (int stream = 1; stream < 100; stream += 2) {
                assertThat(client.response(stream)).contains(":status: 200", "body 23");
            }
        }
        server.awaitDone(50);
    }

    @Test
    void sendsBodyAndTrailersBackWhileTheyCome() {
        try (FramePeer client = server.client()) {
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

    @Test
    void comparesContentLengthWithTheBody() {
        try (FramePeer client = server.client()) {
            String[] length = {"content-length", "3"};
            client.request(1, "POST", "/", false, length).data(1, true, new byte[2]);
            assertThat(client.response(1)).containsExactly("reset PROTOCOL_ERROR");
            client.request(3, "POST", "/", false, length).data(3, false, new byte[4]);
            assertThat(client.response(3)).containsExactly("reset PROTOCOL_ERROR");
            client.request(5, "POST", "/", true, length);
            assertThat(client.response(5)).containsExactly("reset PROTOCOL_ERROR");
            client.request(7, "POST", "/", false, length)
                    .data(7, false, new byte[2])
                    .headers(7, true, "x", "y");
            assertThat(client.response(7)).containsExactly("reset PROTOCOL_ERROR");
            client.request(9, "POST", "/", false, length)
                    .data(9, false, new byte[1])
                    .data(9, true, new byte[2]);

            assertThat(client.response(9)).contains(":status: 200");
        }
    }

    @Test
    void answersExpectContinue() {
        try (FramePeer client = server.client()) {
            client.request(1, "POST", "/", false, "expect", "100-continue");
            assertThat(client.fields(client.await(FramePeer.HEADERS, 1))).containsExactly(":status: 100");
            client.data(1, true, new byte[10]);

            assertThat(client.response(1)).contains(":status: 200");
        }
    }

    @Test
    void carriesExtendedConnectAndConnect() {
        try (FramePeer client = server.client()) {
            client.request(1, "CONNECT", "/chat", false, ":protocol", "websocket");
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
        server.restart((exchange, end) -> {
            exchange.response().status(403);
            exchange.toClient().onResponseHead(true);
            return RequestSink.IGNORE;
        });
        try (FramePeer client = server.client()) {
            client.request(1, "POST", "/", false);

            assertThat(client.response(1)).contains(":status: 403");
            assertThat(client.await(FramePeer.RST_STREAM, 1).number(0)).isEqualTo(Http2Error.NO_ERROR);
            client.data(1, false, new byte[10]).headers(1, true, "x", "y"); // was on its way: no fault
            client.request(3, "GET", "/", true);
            assertThat(client.response(3)).contains(":status: 403");
        }
    }
}
