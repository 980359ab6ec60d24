package dev.weft.proxy.upstream;

import dev.weft.proxy.exchange.TlsFacts;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * How bytes travel to an endpoint: in the clear, or by TLS with one version of the secrets and one ALPN list.
 *
 * <p>Implemented by {@code proxy.cluster} over {@code proxy.identity}; shared by the loops. Each new connection takes the newest
 * version of the secrets; {@link #key} changes with it, and the pools' owner drains the connections of the old.
 */
public interface UpstreamTransport {
    /** In the clear. */
    UpstreamTransport PLAINTEXT = new UpstreamTransport() {
        @Override
        public String key() {
            return "";
        }

        @Override
        public @Nullable SslHandler newHandler(ByteBufAllocator allocator, InetSocketAddress peer) {
            return null;
        }

        @Override
        public TlsFacts describe(SslHandler handler) {
            throw new IllegalStateException("a plaintext transport has no handshake");
        }
    };

    /** Connections of transports with the same key are interchangeable. */
    String key();

    /**
     * The client side of a new connection's handshake; null in the clear.
     *
     * @throws SSLException when a secret is missing
     */
    @Nullable
    SslHandler newHandler(ByteBufAllocator allocator, InetSocketAddress peer) throws SSLException;

    /**
     * What the finished handshake agreed on.
     *
     * @throws SSLException when the peer is not who it must be
     */
    TlsFacts describe(SslHandler handler) throws SSLException;
}
