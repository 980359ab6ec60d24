package dev.weft.proxy.identity;

import com.google.common.collect.ImmutableList;
import dev.weft.model.tls.SanMatch;
import dev.weft.model.tls.TlsContext;
import dev.weft.model.tls.UpstreamTls;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import javax.net.ssl.SSLException;

/**
 * TLS towards the endpoints of one cluster, with one ALPN list and one server name. Immutable but for the secrets behind it, whose
 * newest version is used for each new connection; shared by the loops.
 */
public final class ClientTls {
    private final TlsSource source;
    private final String sni;
    private final String verifiedHost;
    private final ImmutableList<SanMatch> sans;
    private final String name;

    /**
     * @param alpn what to offer, where a filter decided it; empty offers the configured list
     * @param requestHost the request's host without its port, for {@code auto_sni}; empty where there is none
     */
    public ClientTls(TlsContexts contexts, UpstreamTls tls, ImmutableList<String> alpn, String requestHost) {
        this.source = contexts.client(tls.context(), alpn);
        this.sni = tls.autoSni() && !requestHost.isEmpty() ? requestHost : tls.sni();
        this.verifiedHost = tls.autoSanValidation() ? sni : "";
        this.sans = tls.context().validation().map(TlsContext.Validation::sans).orElse(ImmutableList.of());
        this.name = "alpn=" + String.join(",", alpn.isEmpty() ? tls.context().alpn() : alpn) + " sni=" + sni;
    }

    /** Connections of equal keys are interchangeable: same secret version, ALPN and server name. */
    public String key() {
        return "tls/" + source.version() + " " + name;
    }

    /** Version of the newest secrets, 0 while they are missing: a cheap way to see whether {@link #key} is still the same. */
    public long version() {
        return source.version();
    }

    /**
     * The client's side of a handshake.
     *
     * @throws SSLException when a secret is missing
     */
    public TlsHandler newHandler(ByteBufAllocator allocator) throws SSLException {
        VersionedTls tls = source.acquire();
        if (tls == null) {
            throw new SSLException("TLS_error: " + source.problem());
        }
        try {
            // The whole connect has a timeout of its own.
            return tls.newHandler(allocator, sni, Duration.ZERO);
        } finally {
            tls.release();
        }
    }

    /** Reads the facts of a finished handshake and checks the server's names. */
    public TlsHandler.Handshake inspect(TlsHandler handler) {
        return handler.inspect(sni, sans, verifiedHost);
    }
}
