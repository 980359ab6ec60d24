package dev.weft.control.ca;

import com.google.common.collect.ImmutableList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;

/**
 * What the authority signs with: the issuing certificate, its key, the certificates between it and the root, and the
 * roots that workloads trust. Read from files in the form of Istio's {@code cacerts} secret.
 *
 * @param issuer the certificate whose key signs
 * @param key the issuer's private key; not printed
 * @param chain from the issuer upwards, without the root; empty where the root itself signs
 * @param roots the trust bundle, the issuer's own root first
 */
public record SigningMaterial(
        X509Certificate issuer,
        PrivateKey key,
        ImmutableList<X509Certificate> chain,
        ImmutableList<X509Certificate> roots) {

    static final String ROOT_CERT = "root-cert.pem";
    static final String CA_CERT = "ca-cert.pem";
    static final String CA_KEY = "ca-key.pem";
    static final String CERT_CHAIN = "cert-chain.pem";

    /** Reads the four files of {@code directory} and checks that they belong together and are in force. */
    public static SigningMaterial load(Path directory, InstantSource clock) {
        for (String name : new String[] {ROOT_CERT, CA_CERT, CA_KEY}) {
            if (!Files.isRegularFile(directory.resolve(name))) {
                throw new CaException(directory + ": " + name + " is missing; expected " + ROOT_CERT + ", " + CA_CERT
                        + ", " + CA_KEY + " and, for an intermediate, " + CERT_CHAIN);
            }
        }
        ImmutableList<X509Certificate> roots = certificates(directory.resolve(ROOT_CERT));
        X509Certificate issuer = certificates(directory.resolve(CA_CERT)).getFirst();
        PrivateKey key = Pem.parsePrivateKey(
                StateFiles.read(directory.resolve(CA_KEY)),
                directory.resolve(CA_KEY).toString());
        Path chainFile = directory.resolve(CERT_CHAIN);
        ImmutableList<X509Certificate> chain =
                Files.exists(chainFile) && !StateFiles.read(chainFile).isBlank()
                        ? certificates(chainFile)
                        : ImmutableList.of();
        SigningMaterial material = new SigningMaterial(issuer, key, path(issuer, chain, roots), roots);
        material.check(directory, clock);
        return material;
    }

    private static ImmutableList<X509Certificate> certificates(Path file) {
        ImmutableList<X509Certificate> found = Pem.parseCertificates(StateFiles.read(file), file.toString());
        if (found.isEmpty()) {
            throw new CaException(file + ": holds no certificate");
        }
        return found;
    }

    /** The issuer and what stands above it below the root: the chain file may hold the issuer and the root or not. */
    private static ImmutableList<X509Certificate> path(
            X509Certificate issuer, ImmutableList<X509Certificate> chain, ImmutableList<X509Certificate> roots) {
        if (roots.contains(issuer)) {
            return ImmutableList.of();
        }
        ImmutableList.Builder<X509Certificate> path = ImmutableList.builder();
        path.add(issuer);
        chain.stream()
                .filter(link -> !link.equals(issuer) && !roots.contains(link))
                .forEach(path::add);
        return path.build();
    }

    private void check(Path directory, InstantSource clock) {
        if (issuer.getBasicConstraints() < 0) {
            throw new CaException(directory + ": " + CA_CERT + " is not a CA certificate");
        }
        if (issuer.getNotAfter().before(Date.from(clock.instant()))) {
            throw new CaException(directory + ": " + CA_CERT + " expired at " + issuer.getNotAfter());
        }
        if (!keyFits()) {
            throw new CaException(directory + ": " + CA_KEY + " is not the key of " + CA_CERT);
        }
        X509Certificate top = chain.isEmpty() ? issuer : chain.getLast();
        for (int i = 0; i + 1 < chain.size(); i++) {
            if (!signedBy(chain.get(i), chain.get(i + 1))) {
                throw new CaException(directory + ": " + CERT_CHAIN + ": certificate " + (i + 1)
                        + " is not signed by the one after it");
            }
        }
        if (roots.stream().noneMatch(root -> signedBy(top, root))) {
            throw new CaException(directory + ": " + CA_CERT + " does not lead to a certificate of " + ROOT_CERT);
        }
    }

    private boolean keyFits() {
        byte[] probe = {1, 2, 3};
        try {
            Signature signer = Signature.getInstance(signatureAlgorithm());
            signer.initSign(key);
            signer.update(probe);
            byte[] signature = signer.sign();
            Signature verifier = Signature.getInstance(signatureAlgorithm());
            verifier.initVerify(issuer.getPublicKey());
            verifier.update(probe);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean signedBy(X509Certificate certificate, X509Certificate issuer) {
        try {
            certificate.verify(issuer.getPublicKey());
            return certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    String signatureAlgorithm() {
        return key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    }

    @Override
    public String toString() {
        return "SigningMaterial[issuer=" + issuer.getSubjectX500Principal() + ", serial=" + issuer.getSerialNumber()
                + ", key=redacted]";
    }
}
