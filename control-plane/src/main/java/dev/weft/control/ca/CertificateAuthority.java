package dev.weft.control.ca;

import com.google.common.collect.ImmutableList;
import dev.weft.control.ca.SigningRequest.MalformedException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Signs workload certificates. Stands behind {@link CertificateService}; safe for many threads; what it signs with may be
 * replaced while it runs.
 *
 * <p>The surprising rule: nothing of the request but its key reaches the certificate. The identity is the caller's; a
 * request that names another one is refused rather than corrected, because its sender is either confused or hostile.
 */
public final class CertificateAuthority {

    /** How far in the past a certificate begins, for workloads whose clock is behind ours. */
    static final Duration BACKDATE = Duration.ofMinutes(2);

    private static final Duration DEFAULT_LIFETIME = Duration.ofHours(24);
    private static final Duration MAX_LIFETIME = Duration.ofDays(90);
    private static final String SPIFFE = "spiffe:";

    private volatile SigningMaterial material;
    private final String trustDomain;
    private final InstantSource clock;
    private final SecureRandom random;

    public CertificateAuthority(
            SigningMaterial material, String trustDomain, InstantSource clock, SecureRandom random) {
        this.material = material;
        this.trustDomain = trustDomain;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Signs the key of {@code csrPem} for {@code caller}.
     *
     * @param requested the wanted lifetime; zero or less means the default of 24 hours, at most 90 days
     */
    public SigningOutcome sign(CallerIdentity caller, String csrPem, Duration requested) {
        if (requested.compareTo(MAX_LIFETIME) > 0) {
            return new SigningOutcome.Malformed("validity_duration: found " + requested.toSeconds()
                    + " s, expected at most " + MAX_LIFETIME.toSeconds() + " s");
        }
        SigningRequest request;
        try {
            request = SigningRequest.parse(csrPem);
        } catch (MalformedException e) {
            return new SigningOutcome.Malformed(String.valueOf(e.getMessage()));
        }
        String identity = caller.spiffeId(trustDomain);
        for (String uri : request.uris()) {
            if (uri.toLowerCase(Locale.ROOT).startsWith(SPIFFE) && !uri.equals(identity)) {
                return new SigningOutcome.Denied("csr: asks for " + uri + ", but the caller is " + identity);
            }
        }
        GeneralNames names = new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, identity));
        SigningMaterial signer = material;
        X509Certificate leaf =
                issue(signer, request.key(), names, requested.isPositive() ? requested : DEFAULT_LIFETIME);
        // Last comes the whole bundle, as Istio's agents expect: while one root follows another, peers of both are
        // trusted.
        ImmutableList<String> answer = ImmutableList.<String>builder()
                .add(Pem.certificate(leaf))
                .addAll(signer.chain().stream().map(Pem::certificate).toList())
                .add(Pem.certificates(signer.roots()))
                .build();
        return new SigningOutcome.Issued(answer, leaf.getNotAfter().toInstant());
    }

    /** A certificate for a server of the control plane itself, with the path to the root. */
    ImmutableList<X509Certificate> signServer(
            PublicKey key, List<String> dnsNames, List<String> addresses, Duration lifetime) {
        ImmutableList.Builder<GeneralName> names = ImmutableList.builder();
        dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
        addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address)));
        SigningMaterial signer = material;
        return chain(signer, issue(signer, key, new GeneralNames(names.build().toArray(GeneralName[]::new)), lifetime));
    }

    public String trustDomain() {
        return trustDomain;
    }

    /** What became of new material. */
    public enum Adoption {
        ADOPTED,
        UNCHANGED,
        /** The bundle lacks a root that workloads prove themselves with, or the new issuer's root that they would have to know already. */
        BREAKS_TRUST
    }

    /**
     * Signs with {@code fresh} from now on, unless that would part workloads: a root may leave only by way of a bundle that holds the old and
     * the new one, and an issuer may change only to a root that the bundle in force holds, since others learn of both at their own pace.
     */
    public synchronized Adoption adopt(SigningMaterial fresh) {
        SigningMaterial old = material;
        if (old.issuer().equals(fresh.issuer()) && old.roots().equals(fresh.roots())) {
            return Adoption.UNCHANGED;
        }
        if (!fresh.roots().contains(old.root()) || !old.roots().contains(fresh.root())) {
            return Adoption.BREAKS_TRUST;
        }
        material = fresh;
        return Adoption.ADOPTED;
    }

    /** The certificates that workloads trust, as PEM. */
    public String trustBundle() {
        return Pem.certificates(material.roots());
    }

    /** When the root that vouches for this authority ends. */
    public Instant rootExpires() {
        return material.root().getNotAfter().toInstant();
    }

    private static ImmutableList<X509Certificate> chain(SigningMaterial signer, X509Certificate leaf) {
        return ImmutableList.<X509Certificate>builder()
                .add(leaf)
                .addAll(signer.chain())
                .add(signer.root())
                .build();
    }

    private X509Certificate issue(SigningMaterial signer, PublicKey key, GeneralNames names, Duration lifetime) {
        Instant now = clock.instant();
        Instant issuerEnd = signer.issuer().getNotAfter().toInstant();
        Instant end = now.plus(lifetime);
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    signer.issuer().getSubjectX500Principal(),
                    new BigInteger(128, random).setBit(127),
                    Date.from(now.minus(BACKDATE)),
                    Date.from(end.isBefore(issuerEnd) ? end : issuerEnd),
                    new X500Principal(""),
                    key);
            int usage = KeyUsage.digitalSignature | (key instanceof RSAPublicKey ? KeyUsage.keyEncipherment : 0);
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            // RFC 5280 4.2.1.6: with an empty subject the alternative name must be critical.
            builder.addExtension(Extension.subjectAlternativeName, true, names);
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(signer.issuer()));
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(signer.signatureAlgorithm())
                            .setSecureRandom(random)
                            .build(signer.key())));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new AssertionError("a checked key cannot be certified", e);
        }
    }
}
