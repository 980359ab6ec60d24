package dev.weft.proxy.identity;

import com.google.common.collect.ImmutableList;
import dev.weft.model.tls.SanMatch;
import dev.weft.proxy.exchange.TlsFacts;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Either end of one TLS connection. Made by {@link VersionedTls}, whose user it is until it leaves the pipeline; it keeps the
 * verifier of the version that its handshake ran with, whatever is published meanwhile.
 *
 * <p>It is the one station of a request that leaves garbage: Netty's part makes a promise for each write that it encrypts, and the JDK's
 * interface of an engine a result for each record, some 150 bytes per request and side. The rest of the path allocates nothing.
 */
public final class TlsHandler extends SslHandler {
    private final VersionedTls tls;
    private boolean released;

    TlsHandler(SSLEngine engine, VersionedTls tls) {
        super(engine);
        this.tls = tls;
    }

    /** Version of the secrets behind it. */
    public long version() {
        return tls.version();
    }

    @Override
    public void handlerRemoved0(ChannelHandlerContext context) throws Exception {
        try {
            super.handlerRemoved0(context);
        } finally {
            if (!released) {
                released = true;
                tls.release();
            }
        }
    }

    /**
     * Reads the facts of the finished handshake and checks the peer's names.
     *
     * @param sni what was asked for, for the facts
     * @param sans one of them must hold; empty accepts every name
     * @param host the name that the certificate must be for; empty asks for none
     */
    public Handshake inspect(String sni, ImmutableList<SanMatch> sans, String host) {
        SSLSession session = engine().getSession();
        PeerCertificate peer;
        try {
            peer = peer(session);
        } catch (CertificateException e) {
            return new Handshake.Refused("the peer's certificate is of no use: " + e.getMessage());
        }
        // A client that may come without a certificate has no names to check; where it must have one, the handshake has
        // failed.
        if (peer == null && !sans.isEmpty() && tls.verifier() == null) {
            return new Handshake.Refused("the peer has no verified certificate, expected one of " + describe(sans));
        }
        if (peer != null && !peer.matches(sans)) {
            return new Handshake.Refused(
                    "the peer's certificate names " + peer.names() + ", expected one of " + describe(sans));
        }
        if (!host.isEmpty() && (peer == null || !peer.isFor(host))) {
            return new Handshake.Refused("the peer's certificate names "
                    + (peer == null ? "nothing that was verified" : peer.names()) + ", expected " + host);
        }
        String alpn = applicationProtocol();
        return new Handshake.Accepted(new TlsFacts(
                session.getProtocol(),
                session.getCipherSuite(),
                sni,
                alpn == null ? "" : alpn,
                peer == null ? null : peer.identity(),
                tls.localPrincipal()));
    }

    private @Nullable PeerCertificate peer(SSLSession session) throws CertificateException {
        PeerVerifier verifier = tls.verifier();
        if (verifier == null) {
            return null;
        }
        try {
            PeerCertificate peer = verifier.accepted((X509Certificate) session.getPeerCertificates()[0]);
            if (peer == null) {
                throw new CertificateException("it was not verified by this version of the trust bundle");
            }
            return peer;
        } catch (SSLPeerUnverifiedException e) {
            return null; // the client has no certificate, and needed none
        }
    }

    private static String describe(ImmutableList<SanMatch> sans) {
        return sans.size() > 4 ? sans.subList(0, 4) + " and " + (sans.size() - 4) + " more" : sans.toString();
    }

    /** What came of a handshake. */
    public sealed interface Handshake {
        record Accepted(TlsFacts facts) implements Handshake {}

        /** The connection must be closed. */
        record Refused(String reason) implements Handshake {}
    }
}
