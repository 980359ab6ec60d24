package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.cluster.UpstreamProtocol.Http2Options;
import dev.weft.proxy.codec.http2.FramePeer;
import dev.weft.proxy.upstream.PoolOptions;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who does not read stops who sends, costs little memory, and hinders nobody on the same connections. */
@Timeout(60)
class Http2BackPressureTest {
    private static final long MOST_MEMORY = 16 << 20;
    private static final int HUGE = Integer.MAX_VALUE - 65_535;

    @Test
    void aClientThatDoesNotReadItsDownload() {
        try (Http2ServerHarness backend = Http2ServerHarness.echo();
                Http2ProxyHarness proxy = proxyTo(backend.port());
                FramePeer slow = FramePeer.client(proxy.port(), 4, Integer.MAX_VALUE);
                FramePeer other = FramePeer.client(proxy.port(), 4, 1 << 20)) {
            other.request(1, "GET", "/", true);
            assertThat(other.response(1)).contains(":status: 200");
            long before = memory();
            for (int stream = 1; stream < 20; stream += 2) {
                slow.request(stream, "GET", "/bytes/1073741824", true);
            }
            slow.windowUpdate(0, HUGE).flush();

            // One after the other, so that the downloads have all the time they want.
            for (int stream = 3; stream < 203; stream += 2) {
                other.request(stream, "GET", "/bytes/20000", true);
                assertThat(other.response(stream)).contains("body 20000");
                other.windowUpdate(0, 20_000);
            }

            assertThat(proxy.connections()).isEqualTo(1);
            assertThat(memory() - before).isLessThan(MOST_MEMORY);
            long read = 0;
            while (read < 30 << 20) {
                read += slow.next().payload().length; // it goes on where it stopped
            }
        }
    }

    @Test
    void anUpstreamThatDoesNotReadItsUpload() throws Exception {
        try (ServerSocket backend = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Http2ProxyHarness proxy = proxyTo(backend.getLocalPort());
                FramePeer client = FramePeer.client(proxy.port())) {
            CompletableFuture<FramePeer> accepted = CompletableFuture.supplyAsync(() -> accept(backend));
            client.request(1, "POST", "/upload", false).flush();
            FramePeer upstream = accepted.get(5, TimeUnit.SECONDS);
            upstream.settings(4, Integer.MAX_VALUE).windowUpdate(0, HUGE);
            upstream.await(FramePeer.HEADERS, 1);
            upstream.send(FramePeer.SETTINGS, 1, 0).flush();
            long before = memory();

            Uploader uploader = new Uploader(client);
            Thread sending = Thread.startVirtualThread(uploader);
            awaitStall(uploader);

            assertThat(memory() - before).isLessThan(MOST_MEMORY);
            long taken = 0;
            while (taken < 40 << 20) {
                taken += upstream.await(FramePeer.DATA, 1).payload().length;
            }
            client.close();
            sending.join();
            upstream.close();
        }
    }

    /** Sends as much as the proxy allows. */
    private static final class Uploader implements Runnable {
        private final FramePeer client;
        private long streamWindow = 64 * 1024;
        private long connectionWindow = 1024 * 1024;
        private volatile boolean stalled;

        Uploader(FramePeer client) {
            this.client = client;
        }

        @Override
        public void run() {
            byte[] piece = new byte[16_384];
            try {
                while (true) {
                    while (streamWindow >= piece.length && connectionWindow >= piece.length) {
                        client.data(1, false, piece);
                        streamWindow -= piece.length;
                        connectionWindow -= piece.length;
                    }
                    client.flush();
                    stalled = true;
                    FramePeer.Received frame = client.read();
                    if (frame == null) {
                        return;
                    }
                    if (frame.type() == FramePeer.WINDOW_UPDATE) {
                        stalled = false;
                        if (frame.stream() == 0) {
                            connectionWindow += frame.number(0);
                        } else {
                            streamWindow += frame.number(0);
                        }
                    }
                }
            } catch (UncheckedIOException e) {
                // closed by the test
            }
        }
    }

    /** Waits until nothing was allowed for half a second. */
    private static void awaitStall(Uploader uploader) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        long since = System.nanoTime();
        while (System.nanoTime() - since < 500_000_000L) {
            if (!uploader.stalled) {
                since = System.nanoTime();
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it never stalled");
            }
            Thread.onSpinWait();
        }
    }

    private static Http2ProxyHarness proxyTo(int port) {
        return new Http2ProxyHarness(port, PoolOptions.Protocol.HTTP2, Http2Options.DEFAULT);
    }

    private static FramePeer accept(ServerSocket backend) {
        try {
            return new FramePeer(backend.accept()).awaitPreface();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long memory() {
        return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }
}
