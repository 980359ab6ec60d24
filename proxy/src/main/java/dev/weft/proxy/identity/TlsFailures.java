package dev.weft.proxy.identity;

import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Finds the words for a handshake that failed: for access logs, never for the other side. Pure. */
public final class TlsFailures {
    private static final int MOST_CAUSES = 8;

    private TlsFailures() {}

    /** One line; our own reason where we refused the peer, the alert where it refused us. */
    public static String reason(Throwable failure) {
        @Nullable Throwable cause = failure;
        String alert = "";
        for (int i = 0; cause != null && i < MOST_CAUSES; i++, cause = cause.getCause()) {
            if (cause instanceof CertificateException refused) {
                return "TLS_error: CERTIFICATE_VERIFY_FAILED: " + refused.getMessage();
            }
            if (cause instanceof SslHandshakeTimeoutException) {
                return "TLS_error: handshake timed out";
            }
            if (cause instanceof SSLException && cause.getMessage() != null) {
                alert = cause.getMessage();
            }
        }
        if (!alert.isEmpty()) {
            return "TLS_error: " + alert;
        }
        if (failure instanceof ClosedChannelException) {
            return "TLS_error: the peer closed the connection during the handshake";
        }
        return "TLS_error: " + failure;
    }
}
