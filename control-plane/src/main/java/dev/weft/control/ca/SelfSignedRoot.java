package dev.weft.control.ca;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Date;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes the mesh's root on first start: EC P-256, ten years, self-signed.
 *
 * <p>The folder appears in one rename, so a start that dies half way leaves no half authority behind, and of two starts
 * at once one wins and both read the same root.
 */
public final class SelfSignedRoot {

    private static final Duration LIFETIME = Duration.ofDays(3650);

    private SelfSignedRoot() {}

    /** The material in {@code directory}, made first where the directory does not exist. */
    public static SigningMaterial loadOrCreate(
            Path directory, String trustDomain, InstantSource clock, SecureRandom random) {
        if (!Files.exists(directory)) {
            create(directory, trustDomain, clock, random);
        }
        return SigningMaterial.load(directory, clock);
    }

    private static void create(Path directory, String trustDomain, InstantSource clock, SecureRandom random) {
        Path fresh =
                directory.resolveSibling("." + directory.getFileName() + "-" + Long.toHexString(random.nextLong()));
        StateFiles.makePrivateDirectory(fresh);
        make(trustDomain, clock, random)
                .forEach((name, content) -> StateFiles.replacePrivate(fresh.resolve(name), content));
        try {
            Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            delete(fresh);
            if (!Files.isDirectory(directory)) {
                throw new UncheckedIOException(directory + ": cannot be made", e);
            }
        }
    }

    /** The four files of a new root by name, one of them its private key. */
    public static ImmutableMap<String, String> make(String trustDomain, InstantSource clock, SecureRandom random) {
        KeyPair key = KeyFiles.generate(random);
        String root = Pem.certificate(certificate(key, trustDomain, clock, random));
        return ImmutableMap.of(
                SigningMaterial.CA_KEY, Pem.privateKey(key.getPrivate()),
                SigningMaterial.ROOT_CERT, root,
                SigningMaterial.CA_CERT, root,
                SigningMaterial.CERT_CHAIN, root);
    }

    private static X509Certificate certificate(
            KeyPair key, String trustDomain, InstantSource clock, SecureRandom random) {
        Instant now = clock.instant();
        X500Name name = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, trustDomain)
                .addRDN(BCStyle.CN, "Weft root")
                .build();
        try {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    name,
                    new BigInteger(128, random).setBit(127),
                    Date.from(now.minus(CertificateAuthority.BACKDATE)),
                    Date.from(now.plus(LIFETIME)),
                    name,
                    key.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(key.getPublic()));
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA")
                            .setSecureRandom(random)
                            .build(key.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new AssertionError("a P-256 root cannot be made", e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be removed", e);
        }
    }
}
