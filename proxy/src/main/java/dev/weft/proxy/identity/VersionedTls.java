package dev.weft.proxy.identity;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The TLS context of one version of its secrets. Shared by the loops.
 *
 * <p>Counted: one for the {@link TlsSource} as long as it is the newest version, one for each connection. When the last is gone the
 * native memory goes, key included.
 */
public final class VersionedTls {
    private static final int CLOSE_NOTIFY_MILLIS = 1000;

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
     * A handler for one connection, which counts as a user until it leaves the pipeline.
     *
     * @param sni what a client asks for; empty asks for nothing, and is what servers pass
     * @param handshakeTimeout zero sets none
     */
    public TlsHandler newHandler(ByteBufAllocator allocator, String sni, Duration handshakeTimeout) {
        if (!retain()) {
            throw new IllegalStateException("TLS context version " + version + " is gone; acquire it first");
        }
        TlsHandler handler = new TlsHandler(newEngine(allocator, sni), this);
        handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_NOTIFY_MILLIS);
        return handler;
    }

    @Nullable
    PeerVerifier verifier() {
        return verifier;
    }

    String localPrincipal() {
        return localPrincipal;
    }

    /**
     * The JDK knows no server names with underscores, such as Istio's, on either side of a connection, and Netty asks it even where
     * BoringSSL does the work; so BoringSSL is told directly. The JDK's engine sends none then, or a server of its kind would refuse
     * the connection.
     */
    private SSLEngine newEngine(ByteBufAllocator allocator, String sni) {
        SSLEngine engine = context.newEngine(allocator);
        if (sni.isEmpty()) {
            return engine;
        }
        if (engine instanceof ReferenceCountedOpenSslEngine boring) {
            SSL.setTlsExtHostName(boring.sslPointer(), sni);
        } else if (sni.indexOf('_') < 0) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(sni)));
            engine.setSSLParameters(parameters);
        }
        return engine;
    }
}
