package dev.weft.control.ca;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** Reads and writes the PEM blocks that keys, certificates and signing requests travel in. Pure. */
final class Pem {

    private Pem() {}

    static String certificate(X509Certificate certificate) {
        try {
            return write("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new AssertionError("certificate cannot be encoded", e);
        }
    }

    static String certificates(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        certificates.forEach(certificate -> text.append(certificate(certificate)));
        return text.toString();
    }

    static String privateKey(PrivateKey key) {
        return write("PRIVATE KEY", key.getEncoded());
    }

    private static String write(String type, byte[] content) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, content));
        } catch (IOException e) {
            throw new AssertionError("a string writer does not fail", e);
        }
        return text.toString();
    }

    /** All certificates of {@code text}, in its order. */
    static ImmutableList<X509Certificate> parseCertificates(String text, String source) {
        ImmutableList.Builder<X509Certificate> found = ImmutableList.builder();
        JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                if (!(object instanceof X509CertificateHolder holder)) {
                    throw new CaException(source + ": found "
                            + object.getClass().getSimpleName() + " where only certificates are expected");
                }
                found.add(converter.getCertificate(holder));
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new CaException(source + ": not a PEM certificate", e);
        }
        return found.build();
    }

    /** The private key in {@code text}: PKCS#8, or the traditional forms of EC and RSA keys. */
    static PrivateKey parsePrivateKey(String text, String source) {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                if (object instanceof PrivateKeyInfo info) {
                    return converter.getPrivateKey(info);
                }
                if (object instanceof PEMKeyPair pair) {
                    KeyPair keys = converter.getKeyPair(pair);
                    return keys.getPrivate();
                }
                // "EC PARAMETERS" precedes the key in files that openssl wrote; anything else is a mistake.
                if (!(object instanceof org.bouncycastle.asn1.ASN1ObjectIdentifier)) {
                    throw new CaException(source + ": found an object that is not an unencrypted private key");
                }
            }
        } catch (PEMException e) {
            throw new CaException(source + ": not a usable private key", e);
        } catch (IOException e) {
            throw new CaException(source + ": not PEM", e);
        }
        throw new CaException(source + ": holds no private key");
    }
}
