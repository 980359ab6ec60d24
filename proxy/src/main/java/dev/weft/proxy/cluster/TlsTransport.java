package dev.weft.proxy.cluster;

import dev.weft.proxy.exchange.TlsFacts;
import dev.weft.proxy.identity.ClientTls;
import dev.weft.proxy.identity.TlsHandler;
import dev.weft.proxy.upstream.UpstreamTransport;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLException;

/** {@link ClientTls} as upstream connections want it. Thread safe. */
public final class TlsTransport implements UpstreamTransport {
    private final ClientTls tls;

    public TlsTransport(ClientTls tls) {
        this.tls = tls;
    }

    /** Version of the secrets that new connections use; 0 while one is missing. */
    long version() {
        return tls.version();
    }

    @Override
    public String key() {
        return tls.key();
    }

    @Override
    public SslHandler newHandler(ByteBufAllocator allocator, InetSocketAddress peer) throws SSLException {
        return tls.newHandler(allocator);
    }

    @Override
    public TlsFacts describe(SslHandler handler) throws SSLException {
        return switch (tls.inspect((TlsHandler) handler)) {
            case TlsHandler.Handshake.Accepted accepted -> accepted.facts();
            case TlsHandler.Handshake.Refused refused -> throw new SSLException(refused.reason());
        };
    }
}
