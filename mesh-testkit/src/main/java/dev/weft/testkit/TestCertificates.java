package dev.weft.testkit;

import com.google.common.collect.ImmutableList;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority for tests: P-256 roots, intermediates and leaves, valid or not. A SAN that begins with a scheme becomes
 * a URI, any other a DNS name. Thread safe.
 */
public final class TestCertificates {
    private static final AtomicLong SERIAL = new AtomicLong(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final X500Name name;
    private final KeyPair keys;
    private final X509Certificate certificate;
    /** What a leaf carries behind itself: this authority and those above, the root left out. */
    private final ImmutableList<X509Certificate> intermediates;

    private TestCertificates(
            X500Name name, KeyPair keys, X509Certificate certificate, ImmutableList<X509Certificate> intermediates) {
        this.name = name;
        this.keys = keys;
        this.certificate = certificate;
        this.intermediates = intermediates;
    }

    /** A self-signed root, valid from yesterday for ten years. */
    public static TestCertificates root(String commonName) {
        X500Name name = new X500Name("CN=" + commonName);
        KeyPair keys = newKeys();
        Instant now = Instant.now();
        Request request = new Request(name, keys, List.of(), now.minus(DAY), now.plus(Duration.ofDays(3650)), true);
        return new TestCertificates(name, keys, sign(request, name, keys.getPrivate()), ImmutableList.of());
    }

    public TestCertificates intermediate(String commonName) {
        X500Name subject = new X500Name("CN=" + commonName);
        KeyPair own = newKeys();
        Instant now = Instant.now();
        Request request = new Request(subject, own, List.of(), now.minus(DAY), now.plus(DAY.multipliedBy(365)), true);
        X509Certificate signed = sign(request, name, keys.getPrivate());
        return new TestCertificates(
                subject,
                own,
                signed,
                ImmutableList.<X509Certificate>builder()
                        .add(signed)
                        .addAll(intermediates)
                        .build());
    }

    /** A leaf valid from an hour ago for a day. */
    public Leaf leaf(String... sans) {
        Instant now = Instant.now();
        return leaf(now.minus(Duration.ofHours(1)), now.plus(DAY), sans);
    }

    public Leaf leaf(Instant notBefore, Instant notAfter, String... sans) {
        X500Name subject = new X500Name("O=weft-test");
        KeyPair own = newKeys();
        Request request = new Request(subject, own, List.of(sans), notBefore, notAfter, false);
        return new Leaf(
                ImmutableList.<X509Certificate>builder()
                        .add(sign(request, name, keys.getPrivate()))
                        .addAll(intermediates)
                        .build(),
                own.getPrivate());
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public PrivateKey privateKey() {
        return keys.getPrivate();
    }

    public String pem() {
        return pem("CERTIFICATE", encoded(certificate));
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("no P-256 keys on this JDK", e);
        }
    }

    private static X509Certificate sign(Request request, X500Name issuer, PrivateKey issuerKey) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(SERIAL.getAndIncrement()),
                    Date.from(request.notBefore()),
                    Date.from(request.notAfter()),
                    request.subject(),
                    request.keys().getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(request.authority()));
            int usage = request.authority()
                    ? KeyUsage.keyCertSign | KeyUsage.cRLSign
                    : KeyUsage.digitalSignature | KeyUsage.keyEncipherment;
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
            if (!request.authority()) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                }));
            }
            if (!request.sans().isEmpty()) {
                builder.addExtension(Extension.subjectAlternativeName, false, names(request.sans()));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey)));
        } catch (CertIOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new AssertionError("cannot sign a test certificate", e);
        }
    }

    private static GeneralNames names(List<String> sans) {
        List<GeneralName> names = new ArrayList<>();
        for (String san : sans) {
            int type = san.contains("://") ? GeneralName.uniformResourceIdentifier : GeneralName.dNSName;
            names.add(new GeneralName(type, san));
        }
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("a certificate of our own has no encoding", e);
        }
    }

    private static String pem(String type, byte[] der) {
        StringWriter out = new StringWriter();
        out.append("-----BEGIN ").append(type).append("-----\n");
        out.append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
        out.append("\n-----END ").append(type).append("-----\n");
        return out.toString();
    }

    /** A certificate with what stands between it and the root, and its key. */
    public record Leaf(ImmutableList<X509Certificate> chain, PrivateKey privateKey) {
        public X509Certificate certificate() {
            return chain.get(0);
        }

        public String chainPem() {
            StringBuilder all = new StringBuilder();
            for (X509Certificate certificate : chain) {
                all.append(pem("CERTIFICATE", encoded(certificate)));
            }
            return all.toString();
        }

        /** PKCS#8. */
        public String keyPem() {
            return pem("PRIVATE KEY", privateKey.getEncoded());
        }

        @Override
        public String toString() {
            return "Leaf[" + certificate().getSerialNumber() + "]";
        }
    }

    private record Request(
            X500Name subject,
            KeyPair keys,
            List<String> sans,
            Instant notBefore,
            Instant notAfter,
            boolean authority) {}
}
