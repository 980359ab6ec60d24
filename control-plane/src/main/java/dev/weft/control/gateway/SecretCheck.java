package dev.weft.control.gateway;

import dev.weft.resources.Secret;
import dev.weft.resources.SecretBytes;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** Whether a gateway can use a Secret, found out before it is sent. Messages never quote what the Secret holds. */
public final class SecretCheck {
    private SecretCheck() {}

    /** What is wrong with the Secret, as the rest of a sentence about it; empty where all is well. */
    public static Optional<String> problem(Secret secret, boolean needsRoots) {
        if (secret.certificate().isEmpty() || secret.privateKey().isEmpty()) {
            return Optional.of("has no " + (secret.certificate().isEmpty() ? "tls.crt" : "tls.key"));
        }
        if (needsRoots && secret.roots().isEmpty()) {
            return Optional.of("has no ca.crt, which clients' certificates are checked with");
        }
        Optional<X509Certificate> leaf = certificate(secret.certificate().get());
        if (leaf.isEmpty()) {
            return Optional.of("has a tls.crt that is no certificate in PEM");
        }
        Optional<PrivateKey> key = privateKey(secret.privateKey().get());
        if (key.isEmpty()) {
            return Optional.of("has a tls.key that is no open private key in PEM");
        }
        if (!pair(leaf.get().getPublicKey(), key.get())) {
            return Optional.of("has a tls.key that does not belong to its tls.crt");
        }
        return needsRoots ? rootsProblem(secret.roots().get()) : Optional.empty();
    }

    /** What is wrong with roots for clients' certificates. */
    public static Optional<String> rootsProblem(SecretBytes roots) {
        return certificate(roots).isPresent()
                ? Optional.empty()
                : Optional.of("has a ca.crt that is no certificate in PEM");
    }

    private static Optional<X509Certificate> certificate(SecretBytes pem) {
        try (PEMParser parser = parser(pem)) {
            return parser.readObject() instanceof X509CertificateHolder holder
                    ? Optional.of(new JcaX509CertificateConverter().getCertificate(holder))
                    : Optional.empty();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<PrivateKey> privateKey(SecretBytes pem) {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        try (PEMParser parser = parser(pem)) {
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                if (object instanceof PrivateKeyInfo info) {
                    return Optional.of(converter.getPrivateKey(info));
                }
                if (object instanceof PEMKeyPair keys) {
                    return Optional.of(converter.getKeyPair(keys).getPrivate());
                }
            }
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static PEMParser parser(SecretBytes pem) {
        return new PEMParser(new StringReader(new String(pem.bytes(), StandardCharsets.US_ASCII)));
    }

    /** Compared by what both halves show; kinds of keys that show nothing count as a pair. */
    private static boolean pair(PublicKey publicKey, PrivateKey privateKey) {
        if (publicKey instanceof RSAKey mine && privateKey instanceof RSAKey other) {
            return mine.getModulus().equals(other.getModulus());
        }
        if (publicKey instanceof ECKey mine && privateKey instanceof ECKey other) {
            return mine.getParams().getOrder().equals(other.getParams().getOrder());
        }
        return publicKey.getAlgorithm().equals(privateKey.getAlgorithm());
    }
}
