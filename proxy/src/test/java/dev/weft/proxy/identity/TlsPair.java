package dev.weft.proxy.identity;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Two ends of a TLS connection in memory, joined by copying what one writes to the other. */
final class TlsPair implements AutoCloseable {
    final VersionedTls clientTls;
    final VersionedTls serverTls;
    final TlsHandler client;
    final TlsHandler server;
    final EmbeddedChannel clientChannel;
    final EmbeddedChannel serverChannel;

    TlsPair(VersionedTls clientTls, VersionedTls serverTls, String sni) {
        this.clientTls = clientTls;
        this.serverTls = serverTls;
        this.client = clientTls.newHandler(ByteBufAllocator.DEFAULT, sni, Duration.ofSeconds(10));
        this.server = serverTls.newHandler(ByteBufAllocator.DEFAULT, "", Duration.ofSeconds(10));
        this.serverChannel = new EmbeddedChannel(server);
        this.clientChannel = new EmbeddedChannel(client);
        clientTls.release();
        serverTls.release();
        pump();
    }

    void pump() {
        boolean moved = true;
        while (moved) {
            moved = move(clientChannel, serverChannel) | move(serverChannel, clientChannel);
        }
    }

    private static boolean move(EmbeddedChannel from, EmbeddedChannel to) {
        boolean moved = false;
        ByteBuf data;
        while ((data = from.readOutbound()) != null) {
            if (!to.isOpen()) {
                data.release();
            } else {
                try {
                    to.writeInbound(data);
                } catch (Exception e) {
                    // the handshake's failure is read from its future
                }
            }
            moved = true;
        }
        return moved;
    }

    @Nullable
    Throwable clientFailure() {
        return client.handshakeFuture().cause();
    }

    @Nullable
    Throwable serverFailure() {
        return server.handshakeFuture().cause();
    }

    TlsHandler.Handshake.Accepted accepted(TlsHandler.Handshake handshake) {
        if (handshake instanceof TlsHandler.Handshake.Accepted accepted) {
            return accepted;
        }
        throw new AssertionError(handshake.toString());
    }

    @Override
    public void close() {
        closeQuietly(clientChannel);
        closeQuietly(serverChannel);
    }

    private static void closeQuietly(EmbeddedChannel channel) {
        try {
            channel.finishAndReleaseAll();
        } catch (Exception e) {
            // a failed handshake is reported a second time here
        }
    }
}
