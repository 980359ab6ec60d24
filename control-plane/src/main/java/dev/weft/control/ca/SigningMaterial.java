package dev.weft.control.ca;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import java.util.Map;
import java.util.Optional;

/**
 * What the authority signs with: the issuing certificate, its key, the certificates between it and the root, and the
 * roots that workloads trust. Read from four files in the form of Istio's {@code cacerts} secret, in a folder or in a Secret.
 *
 * @param issuer the certificate whose key signs
 * @param key the issuer's private key; not printed
 * @param chain from the issuer upwards, without the root; empty where the root itself signs
 * @param roots the trust bundle, which holds the issuer's own root
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
    private static final ImmutableList<String> FILES = ImmutableList.of(ROOT_CERT, CA_CERT, CA_KEY, CERT_CHAIN);

    /** Reads the four files of {@code directory} and checks that they belong together and are in force. */
    public static SigningMaterial load(Path directory, InstantSource clock) {
        ImmutableMap.Builder<String, String> texts = ImmutableMap.builder();
        for (String name : FILES) {
            if (Files.isRegularFile(directory.resolve(name))) {
                texts.put(name, StateFiles.read(directory.resolve(name)));
            }
        }
        return parse(texts.buildOrThrow(), directory.toString(), clock);
    }

    /**
     * Reads the four files from their {@code texts} by name and checks that they belong together and are in force.
     *
     * @param source where they came from, for messages
     */
    public static SigningMaterial parse(Map<String, String> texts, String source, InstantSource clock) {
        ImmutableList<X509Certificate> roots = certificates(texts, ROOT_CERT, source);
        X509Certificate issuer = certificates(texts, CA_CERT, source).getFirst();
        PrivateKey key = Pem.parsePrivateKey(text(texts, CA_KEY, source), source + ": " + CA_KEY);
        ImmutableList<X509Certificate> chain =
                texts.getOrDefault(CERT_CHAIN, "").isBlank()
                        ? ImmutableList.of()
                        : certificates(texts, CERT_CHAIN, source);
        SigningMaterial material = new SigningMaterial(issuer, key, path(issuer, chain, roots), roots);
        material.check(source, clock);
        return material;
    }

    private static String text(Map<String, String> texts, String name, String source) {
        String text = texts.get(name);
        if (text == null) {
            throw new CaException(source + ": " + name + " is missing; expected " + ROOT_CERT + ", " + CA_CERT + ", "
                    + CA_KEY + " and, for an intermediate, " + CERT_CHAIN);
        }
        return text;
    }

    private static ImmutableList<X509Certificate> certificates(Map<String, String> texts, String name, String source) {
        ImmutableList<X509Certificate> found = Pem.parseCertificates(text(texts, name, source), source + ": " + name);
        if (found.isEmpty()) {
            throw new CaException(source + ": " + name + " holds no certificate");
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

    private void check(String source, InstantSource clock) {
        if (issuer.getBasicConstraints() < 0) {
            throw new CaException(source + ": " + CA_CERT + " is not a CA certificate");
        }
        if (issuer.getNotAfter().before(Date.from(clock.instant()))) {
            throw new CaException(source + ": " + CA_CERT + " expired at " + issuer.getNotAfter());
        }
        if (!keyFits()) {
            throw new CaException(source + ": " + CA_KEY + " is not the key of " + CA_CERT);
        }
        X509Certificate top = chain.isEmpty() ? issuer : chain.getLast();
        for (int i = 0; i + 1 < chain.size(); i++) {
            if (!signedBy(chain.get(i), chain.get(i + 1))) {
                throw new CaException(
                        source + ": " + CERT_CHAIN + ": certificate " + (i + 1) + " is not signed by the one after it");
            }
        }
        if (rootOf(top, roots).isEmpty()) {
            throw new CaException(source + ": " + CA_CERT + " does not lead to a certificate of " + ROOT_CERT);
        }
    }

    /** The certificate of the bundle that the issuer's path ends at. */
    X509Certificate root() {
        return rootOf(chain.isEmpty() ? issuer : chain.getLast(), roots)
                .orElseThrow(() -> new AssertionError("unchecked material of " + issuer.getSubjectX500Principal()));
    }

    private static Optional<X509Certificate> rootOf(X509Certificate top, ImmutableList<X509Certificate> roots) {
        return roots.stream().filter(root -> signedBy(top, root)).findFirst();
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
