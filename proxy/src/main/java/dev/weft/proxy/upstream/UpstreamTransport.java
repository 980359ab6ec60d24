package dev.weft.proxy.upstream;

import dev.weft.proxy.exchange.TlsFacts;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How bytes travel to an endpoint: in the clear, or by TLS with one version of the secrets and one ALPN list.
 *
 * <p>Implemented by {@code proxy.identity}; immutable, shared by the loops. A rotation makes a new one with another {@link
 * #key}; a pool that is given it drains the connections of the old.
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

    /** The client side of a new connection's handshake; null in the clear. */
    @Nullable
    SslHandler newHandler(ByteBufAllocator allocator, InetSocketAddress peer);

    /** What the finished handshake agreed on. */
    TlsFacts describe(SslHandler handler);
}
