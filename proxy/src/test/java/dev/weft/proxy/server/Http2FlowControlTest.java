package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.codec.http2.FramePeer;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.RequestSink;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The windows of HTTP/2: what is sent is what they allow, what is allowed is what was taken on. */
@Timeout(30)
class Http2FlowControlTest {
    @RegisterExtension
    private final Http2TestServer server = new Http2TestServer();

    @Test
    void sendsNoMoreThanTheWindowsAllow() {
        try (FramePeer client = server.client(4, 1000)) {
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
        try (FramePeer client = server.client(4, 1 << 20)) {
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
        try (FramePeer client = server.client(4, 0)) {
            client.request(1, "GET", "/bytes/1000000", true).request(3, "GET", "/bytes/20000", true);
            client.windowUpdate(3, 20_000);

            assertThat(client.response(3)).contains("body 20000");
        }
    }

    @Test
    void creditsAnUploadOnlyWhenItWasTakenOn() {
        AtomicInteger received = new AtomicInteger();
        server.restart((exchange, end) -> new Hoarder(received));
        try (FramePeer client = server.client()) {
            client.request(1, "POST", "/", false);
            byte[] piece = new byte[16_384];
            for (int sent = 0; sent < 64 * 1024; sent += piece.length) {
                client.data(1, false, piece);
            }
            assertThat(client.untilPing())
                    .noneMatch(frame -> frame.type() == FramePeer.WINDOW_UPDATE && frame.stream() == 1);
            assertThat(received.get()).isEqualTo(64 * 1024);

            client.data(1, false, new byte[1]);

            assertThat(client.response(1)).containsExactly("reset FLOW_CONTROL_ERROR");
        }
    }

    @Test
    void enlargesTheWindowOfAnUploadThatGoesOnQuickly() {
        try (FramePeer client = server.client()) {
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
        server.restart((exchange, end) -> new Hoarder(received));
        try (FramePeer client = server.client()) {
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
}
