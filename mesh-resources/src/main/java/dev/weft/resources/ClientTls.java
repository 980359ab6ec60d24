package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/**
 * How a client's proxy connects. Certificates are named by file; {@link Mode#ISTIO_MUTUAL} uses the workload's own identity and none of them.
 *
 * @param subjectAltNames empty: those that the mesh knows, or the SNI
 */
@Immutable
public record ClientTls(
        Mode mode,
        Optional<String> clientCertificate,
        Optional<String> privateKey,
        Optional<String> caCertificates,
        Optional<String> credentialName,
        ImmutableList<String> subjectAltNames,
        Optional<String> sni,
        ServerVerification serverVerification) {

    /** {@code tls.mode}. */
    public enum Mode {
        DISABLE,
        SIMPLE,
        MUTUAL,
        ISTIO_MUTUAL
    }

    /** Whether the server's certificate is checked ({@code insecureSkipVerify}). */
    public enum ServerVerification {
        VERIFY,
        SKIP
    }
}
