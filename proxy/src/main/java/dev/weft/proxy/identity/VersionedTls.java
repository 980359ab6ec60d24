package dev.weft.proxy.identity;

import com.google.common.collect.ImmutableList;
import dev.weft.model.tls.SanMatch;
import dev.weft.proxy.exchange.TlsFacts;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The TLS context of one version of its secrets. Shared by the loops.
 *
 * <p>Counted: one for the {@link TlsSource} as long as it is the newest version, one for each connection. When the last is gone the
 * native memory goes, key included.
 */
public final class VersionedTls {
    private final SslContext context;
    private final @Nullable PeerVerifier verifier;
    private final long version;
    private final String localPrincipal;
    private final AtomicInteger users = new AtomicInteger(1);

    VersionedTls(SslContext context, @Nullable PeerVerifier verifier, long version, String localPrincipal) {
        this.context = context;
        this.verifier = verifier;
        this.version = version;
        this.localPrincipal = localPrincipal;
    }

    /** Grows with each change of a secret; unique among the versions of all sources of one process. */
    public long version() {
        return version;
    }

    /** Connections that use it, and one while it is the newest. */
    int users() {
        return users.get();
    }

    /** Counts one user more, unless the last has gone. */
    boolean retain() {
        int now = users.get();
        while (now > 0) {
            if (users.compareAndSet(now, now + 1)) {
                return true;
            }
            now = users.get();
        }
        return false;
    }

    /** Called once by each that acquired it, when its connection is closed. */
    public void release() {
        int left = users.decrementAndGet();
        if (left == 0) {
            ReferenceCountUtil.release(context);
        } else if (left < 0) {
            throw new AssertionError("TLS context version " + version + " was released more often than acquired");
        }
    }

    /**
     * A handler for one connection.
     *
     * @param sni what a client asks for; empty asks for nothing, and is what servers pass
     */
    public SslHandler newHandler(ByteBufAllocator allocator, String sni, Duration handshakeTimeout) {
        SSLEngine engine = newEngine(allocator, sni);
        SslHandler handler = new SslHandler(engine);
        handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
        handler.setCloseNotifyFlushTimeoutMillis(1000);
        return handler;
    }

    /**
     * The JDK knows no server names with underscores, such as Istio's, on either side of a connection. BoringSSL gets them as the
     * engine's host; the JDK's engine sends none then, or a server of its kind would refuse the connection.
     */
    private SSLEngine newEngine(ByteBufAllocator allocator, String sni) {
        if (sni.indexOf('.') > 0 && context instanceof ReferenceCountedOpenSslContext) {
            return context.newEngine(allocator, sni, 0);
        }
        SSLEngine engine = context.newEngine(allocator);
        if (!sni.isEmpty() && sni.indexOf('_') < 0) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(sni)));
            engine.setSSLParameters(parameters);
        }
        return engine;
    }

    /**
     * Reads the facts of a finished handshake and checks the peer's names.
     *
     * @param sni what was asked for, for the facts
     * @param sans one of them must hold; empty accepts every name
     * @param host the name that the certificate must be for; empty asks for none
     */
    public Handshake inspect(SslHandler handler, String sni, ImmutableList<SanMatch> sans, String host) {
        SSLSession session = handler.engine().getSession();
        PeerCertificate peer;
        try {
            peer = verifier == null ? null : verifier.accepted((X509Certificate) session.getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException e) {
            peer = null; // the client has no certificate, and needed none
        } catch (CertificateException e) {
            return new Handshake.Refused("the peer's certificate does not parse: " + e.getMessage());
        }
        if (peer == null && !sans.isEmpty()) {
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
        String alpn = handler.applicationProtocol();
        return new Handshake.Accepted(new TlsFacts(
                session.getProtocol(),
                session.getCipherSuite(),
                sni,
                alpn == null ? "" : alpn,
                peer == null ? null : peer.identity(),
                localPrincipal));
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
