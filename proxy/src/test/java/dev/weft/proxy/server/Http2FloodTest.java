package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.codec.http2.FramePeer;
import dev.weft.proxy.codec.http2.Http2Error;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Frames of HTTP/2 that are sound one by one and too many together: the connection ends. */
@Timeout(30)
class Http2FloodTest {
    @RegisterExtension
    private final Http2TestServer server = new Http2TestServer();

    @Test
    void endsConnectionsThatResetTooOften() {
        calmsDown(client -> {
            for (int i = 0; i < 1100; i++) {
                client.request(2 * i + 1, "POST", "/", false).reset(2 * i + 1, Http2Error.CANCEL);
            }
        });
    }

    @Test
    void endsConnectionsThatMakeItResetTooOften() {
        calmsDown(client -> {
            for (int i = 0; i < 1100; i++) {
                client.headers(2 * i + 1, true, ":method", "GET");
                if (i % 100 == 0) {
                    client.flush();
                }
            }
        });
    }

    @Test
    void endsConnectionsOfFloods() {
        calmsDown(2, client -> client.data(1, false));
        calmsDown(
                300, client -> client.send(FramePeer.PRIORITY, 0, 9, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1));
        calmsDown(300, client -> client.windowUpdate(0, 1));
    }

    @Test
    void endsConnectionsWithEndlessHeaders() {
        for (int size : new int[] {0, 1, 9000}) {
            calmsDown(client -> {
                client.send(FramePeer.HEADERS, 0, 1, client.block(":method", "GET"));
                for (int i = 0; i < 70; i++) {
                    client.send(FramePeer.CONTINUATION, 0, 1, new byte[size]);
                }
            });
        }
    }

    @Test
    void endsConnectionsThatAskForAnswersAndDoNotReadThem() {
        try (FramePeer client = server.client()) {
            CompletableFuture<Void> asking = CompletableFuture.runAsync(
                    () -> {
                        while (true) {
                            client.send(FramePeer.PING, 0, 0, new byte[8]);
                        }
                    },
                    Thread::startVirtualThread);

            assertThat(asking)
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(UncheckedIOException.class);
        }
    }

    private void calmsDown(int times, Consumer<FramePeer> step) {
        calmsDown(client -> {
            client.request(1, "POST", "/", false);
            for (int i = 0; i < times; i++) {
                step.accept(client);
            }
        });
    }

    /** The server may hang up in the middle of a flood; what it said before can still be read. */
    private void calmsDown(Consumer<FramePeer> flood) {
        try (FramePeer client = server.client()) {
            try {
                flood.accept(client);
            } catch (UncheckedIOException hungUp) {
                assertThat(hungUp.getCause()).isInstanceOf(SocketException.class);
            }

            assertThat(client.awaitGoAway()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
        }
    }
}
