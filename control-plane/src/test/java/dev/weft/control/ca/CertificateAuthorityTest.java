package dev.weft.control.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {
    private static final CallerIdentity REVIEWS = new CallerIdentity("shop", "reviews", "reviews-v1");
    private static final String REVIEWS_ID = "spiffe://cluster.local/ns/shop/sa/reviews";

    private static final KeyPair KEY = key();

    private static KeyPair key() {
        try {
            return Requests.key("secp256r1");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @TempDir
    Path state;

    private final SettableClock clock = new SettableClock();
    private CertificateAuthority authority;

    @BeforeEach
    void open() {
        authority = open(state.resolve("ca"));
    }

    private CertificateAuthority open(Path directory) {
        SecureRandom random = new SecureRandom();
        return new CertificateAuthority(
                SelfSignedRoot.loadOrCreate(directory, "cluster.local", clock, random), "cluster.local", clock, random);
    }

    private ImmutableList<X509Certificate> signed(String csr, Duration lifetime) {
        SigningOutcome outcome = authority.sign(REVIEWS, csr, lifetime);
        assertThat(outcome).isInstanceOf(SigningOutcome.Issued.class);
        return Pem.parseCertificates(String.join("", ((SigningOutcome.Issued) outcome).chain()), "test");
    }

    @Test
    void issuesAChainForTheCallersIdentity() throws Exception {
        KeyPair key = Requests.key("secp256r1");

        ImmutableList<X509Certificate> chain = signed(Requests.request(key), Duration.ZERO);

        X509Certificate leaf = chain.getFirst();
        assertThat(chain).hasSize(2);
        leaf.verify(chain.getLast().getPublicKey());
        chain.getLast().verify(chain.getLast().getPublicKey());
        assertThat(leaf.getPublicKey()).isEqualTo(key.getPublic());
        assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(6, REVIEWS_ID));
        assertThat(leaf.getCriticalExtensionOIDs()).contains("2.5.29.17", "2.5.29.15", "2.5.29.19");
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(leaf.getNotBefore()).isEqualTo(Date.from(clock.instant().minus(Duration.ofMinutes(2))));
        assertThat(leaf.getNotAfter()).isEqualTo(Date.from(clock.instant().plus(Duration.ofHours(24))));
        assertThat(leaf.getSerialNumber().bitLength()).isEqualTo(128);
    }

    @Test
    void takesARequestThatNamesItsOwnIdentity() throws Exception {
        assertThat(signed(Requests.request(Requests.key("secp384r1"), REVIEWS_ID), Duration.ofHours(1)))
                .hasSize(2);
    }

    @Test
    void deniesARequestForAnotherIdentity() throws Exception {
        String csr =
                Requests.request(Requests.key("secp256r1"), REVIEWS_ID, "spiffe://cluster.local/ns/shop/sa/ratings");

        assertThat(authority.sign(REVIEWS, csr, Duration.ZERO))
                .isEqualTo(new SigningOutcome.Denied("csr: asks for spiffe://cluster.local/ns/shop/sa/ratings,"
                        + " but the caller is " + REVIEWS_ID));
    }

    @Test
    void deniesAnotherIdentityHoweverItIsSpelled() throws Exception {
        String csr = Requests.request(Requests.key("secp256r1"), "SPIFFE://cluster.local/ns/shop/sa/reviews");

        assertThat(authority.sign(REVIEWS, csr, Duration.ZERO)).isInstanceOf(SigningOutcome.Denied.class);
    }

    @Test
    void refusesARequestSignedWithAnotherKey() throws Exception {
        String csr = Requests.request(Requests.key("secp256r1"), Requests.key("secp256r1"));

        assertThat(authority.sign(REVIEWS, csr, Duration.ZERO))
                .isEqualTo(new SigningOutcome.Malformed("csr: signature does not match its key"));
    }

    @Test
    void refusesAShortRsaKey() throws Exception {
        assertThat(authority.sign(REVIEWS, Requests.request(Requests.rsaKey(1024)), Duration.ZERO))
                .isEqualTo(new SigningOutcome.Malformed("csr: found an RSA key of 1024 bits, expected 2048 to 8192"));
    }

    @Test
    void refusesWhatIsNoRequest() {
        for (String csr : List.of(
                "",
                "hello",
                "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
                "x".repeat(100_000))) {
            assertThat(authority.sign(REVIEWS, csr, Duration.ZERO)).isInstanceOf(SigningOutcome.Malformed.class);
        }
    }

    @Test
    void refusesALifetimeAboveTheLimit() throws Exception {
        String csr = Requests.request(Requests.key("secp256r1"));

        assertThat(authority.sign(REVIEWS, csr, Duration.ofDays(91))).isInstanceOf(SigningOutcome.Malformed.class);
    }

    @Test
    void neverOutlivesTheIssuer() throws Exception {
        clock.pass(Duration.ofDays(3600));

        X509Certificate leaf = signed(Requests.request(Requests.key("secp256r1")), Duration.ofDays(90))
                .getFirst();

        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(authority.rootExpires());
    }

    @Test
    void readsItsRootAgainAfterARestart() {
        assertThat(open(state.resolve("ca")).trustBundle()).isEqualTo(authority.trustBundle());
    }

    @Test
    void keepsTheKeyToItsOwner() throws Exception {
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(state.resolve("ca").resolve("ca-key.pem"))))
                .isEqualTo("rw-------");
        assertThat(SigningMaterial.load(state.resolve("ca"), clock).toString()).contains("redacted");
    }

    @Test
    void saysWhichFileIsMissing() throws Exception {
        Files.delete(state.resolve("ca").resolve("root-cert.pem"));

        assertThatThrownBy(() -> open(state.resolve("ca")))
                .isInstanceOf(CaException.class)
                .hasMessageContaining("root-cert.pem is missing");
    }

    @Test
    void refusesAKeyThatIsNotTheCertificates() {
        open(state.resolve("other"));
        Path key = state.resolve("other").resolve("ca-key.pem");

        assertThatThrownBy(() -> {
                    Files.copy(
                            key,
                            state.resolve("ca").resolve("ca-key.pem"),
                            java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                    open(state.resolve("ca"));
                })
                .isInstanceOf(CaException.class)
                .hasMessageContaining("ca-key.pem is not the key of ca-cert.pem");
    }

    @Test
    void signsWithAnIntermediateAndSendsTheWholePath() throws Exception {
        Path directory = Files.createDirectory(state.resolve("cacerts"));
        KeyPair rootKey = Requests.rsaKey(2048);
        KeyPair key = Requests.key("secp256r1");
        X509Certificate root = Requests.caCertificate("root", rootKey, "root", rootKey, clock.instant());
        X509Certificate intermediate = Requests.caCertificate("middle", key, "root", rootKey, clock.instant());
        Files.writeString(directory.resolve("root-cert.pem"), Pem.certificate(root));
        Files.writeString(directory.resolve("ca-cert.pem"), Pem.certificate(intermediate));
        Files.writeString(directory.resolve("ca-key.pem"), Pem.privateKey(key.getPrivate()));
        Files.writeString(directory.resolve("cert-chain.pem"), Pem.certificates(List.of(intermediate, root)));
        authority = open(directory);

        assertThat(signed(Requests.request(Requests.key("secp256r1")), Duration.ZERO))
                .hasSize(3)
                .endsWith(intermediate, root);

        Files.writeString(
                directory.resolve("root-cert.pem"),
                Pem.certificates(List.of(Requests.caCertificate("root", key, "root", key, clock.instant()))));
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(CaException.class)
                .hasMessageContaining("ca-cert.pem does not lead to a certificate of root-cert.pem");
    }

    @Test
    void takesANewKeyUnlessWorkloadsWouldPart() throws Exception {
        KeyPair key = KEY;
        X509Certificate old = Requests.caCertificate("old", key, "old", key, clock.instant());
        X509Certificate fresh = Requests.caCertificate("fresh", key, "fresh", key, clock.instant());
        X509Certificate intermediate = Requests.caCertificate("next", key, "old", key, clock.instant());
        CertificateAuthority live =
                new CertificateAuthority(material(old, old), "cluster.local", clock, new SecureRandom());

        assertThat(live.adopt(material(old, old))).isEqualTo(CertificateAuthority.Adoption.UNCHANGED);
        assertThat(live.adopt(material(fresh, fresh))).isEqualTo(CertificateAuthority.Adoption.BREAKS_TRUST);
        assertThat(live.adopt(material(fresh, old, fresh))).isEqualTo(CertificateAuthority.Adoption.BREAKS_TRUST);
        assertThat(live.trustBundle()).isEqualTo(Pem.certificate(old));

        assertThat(live.adopt(new SigningMaterial(
                        intermediate, key.getPrivate(), ImmutableList.of(intermediate), ImmutableList.of(old))))
                .isEqualTo(CertificateAuthority.Adoption.ADOPTED);
        assertThat(live.adopt(material(old, fresh, old))).isEqualTo(CertificateAuthority.Adoption.ADOPTED);
        assertThat(live.adopt(material(fresh, fresh, old))).isEqualTo(CertificateAuthority.Adoption.ADOPTED);
        assertThat(live.adopt(material(fresh, fresh))).isEqualTo(CertificateAuthority.Adoption.ADOPTED);
        assertThat(live.trustBundle()).isEqualTo(Pem.certificate(fresh));
    }

    @Test
    void tellsWorkloadsOfEveryRootWhileOneFollowsAnother() throws Exception {
        X509Certificate old = Requests.caCertificate("old", KEY, "old", KEY, clock.instant());
        X509Certificate fresh = Requests.caCertificate("fresh", KEY, "fresh", KEY, clock.instant());
        CertificateAuthority live =
                new CertificateAuthority(material(old, old, fresh), "cluster.local", clock, new SecureRandom());

        SigningOutcome outcome = live.sign(REVIEWS, Requests.request(Requests.key("secp256r1")), Duration.ZERO);

        assertThat(((SigningOutcome.Issued) outcome).chain()).hasSize(2);
        assertThat(((SigningOutcome.Issued) outcome).chain().getLast()).isEqualTo(live.trustBundle());
    }

    /** A root that signs, in a bundle. All of these have one key. */
    private static SigningMaterial material(X509Certificate issuer, X509Certificate... roots) {
        return new SigningMaterial(issuer, KEY.getPrivate(), ImmutableList.of(), ImmutableList.copyOf(roots));
    }

    @Test
    void givesTheControlPlaneACertificateForItsNames() throws Exception {
        ServerCertificate server = new ServerCertificate(
                authority, ServerCertificate.WELL_KNOWN_NAMES, ServerCertificate.LIFETIME, new SecureRandom());
        X509Certificate before = server.getCertificateChain("xds")[0];

        server.renew();

        assertThat(before.getSubjectAlternativeNames())
                .contains(List.of(2, "istiod.istio-system.svc"), List.of(2, "localhost"), List.of(7, "127.0.0.1"));
        assertThat(server.getCertificateChain("xds")[0]).isNotEqualTo(before);
    }
}
