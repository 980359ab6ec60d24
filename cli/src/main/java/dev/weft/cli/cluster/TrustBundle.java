package dev.weft.cli.cluster;

import com.google.common.collect.ImmutableSet;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.Optional;

/** Reads PEM bundles of root certificates. Pure; a text that holds none is empty. */
final class TrustBundle {
    private TrustBundle() {}

    /** When the last of the roots ends. */
    static Optional<Instant> expires(String pem) {
        return certificates(pem.getBytes(StandardCharsets.UTF_8)).stream()
                .map(certificate ->
                        ((X509Certificate) certificate).getNotAfter().toInstant())
                .max(Comparator.naturalOrder());
    }

    /** Whether a caBundle, as an object of Kubernetes has it, holds a root of the bundle. */
    static boolean shares(String caBundle, String pem) {
        try {
            ImmutableSet<Certificate> roots = certificates(pem.getBytes(StandardCharsets.UTF_8));
            return certificates(Base64.getDecoder().decode(caBundle)).stream().anyMatch(roots::contains);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static ImmutableSet<Certificate> certificates(byte[] pem) {
        try {
            return ImmutableSet.copyOf(
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)));
        } catch (CertificateException e) {
            return ImmutableSet.of();
        }
    }
}
