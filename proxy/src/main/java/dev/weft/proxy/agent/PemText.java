package dev.weft.proxy.agent;

import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/** Writes certificates and keys as PEM (RFC 7468). */
final class PemText {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private PemText() {}

    static String certificates(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            try {
                block(text, "CERTIFICATE", certificate.getEncoded());
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException("a certificate that was parsed cannot be written", e);
            }
        }
        return text.toString();
    }

    static String privateKey(PrivateKey key) {
        StringBuilder text = new StringBuilder();
        block(text, "PRIVATE KEY", key.getEncoded());
        return text.toString();
    }

    private static void block(StringBuilder text, String label, byte[] content) {
        text.append("-----BEGIN ").append(label).append("-----\n");
        text.append(LINES.encodeToString(content));
        text.append("\n-----END ").append(label).append("-----\n");
    }
}
