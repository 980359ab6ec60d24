package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.codec.http2.FramePeer;
import dev.weft.proxy.codec.http2.FramePeer.Received;
import dev.weft.proxy.codec.http2.Http2Error;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of the streams where a connection of HTTP/2 drains or its client goes. */
@Timeout(30)
class Http2ConnectionEndTest {
    @RegisterExtension
    private final Http2TestServer server = new Http2TestServer();

    @Test
    void goesAwayInTwoStepsAndLosesNothing() {
        try (FramePeer client = server.client()) {
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
    void endsExchangesOfAClientThatIsGone() {
        try (FramePeer client = server.client()) {
            client.request(1, "POST", "/echo", false);
            client.await(FramePeer.HEADERS, 1);
        }

        assertThat(server.awaitDone(1)).containsExactly("POST /echo 200 downstream_remote_disconnect");
    }

    @Test
    void endsExchangesThatTheClientResets() {
        try (FramePeer client = server.client()) {
            client.request(1, "POST", "/echo", false);
            client.await(FramePeer.HEADERS, 1);
            client.reset(1, Http2Error.CANCEL).flush();

            assertThat(server.awaitDone(1)).containsExactly("POST /echo 200 http2.remote_reset");
        }
    }
}
