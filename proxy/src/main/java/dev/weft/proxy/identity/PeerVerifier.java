package dev.weft.proxy.identity;

import com.google.common.collect.ImmutableSet;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a peer's certificate leads to the trust bundle of one version, and remembers those that do.
 *
 * <p>Called by the TLS provider on the loop of the connection; shared by the loops. Names are not its business: they are checked by
 * {@link TlsHandler#inspect} once the handshake is done, so that all clusters of one trust version share it.
 *
 * <p>Why the cache: a P-256 signature check costs the JDK a third of a millisecond, and a workload meets the same few peers again
 * and again. An entry stands for the signatures only; validity in time is checked at every handshake. The entry is keyed by the
 * digest of the whole leaf, so another chain to the same leaf proves nothing new and loses nothing.
 */
final class PeerVerifier extends X509ExtendedTrustManager {
    private static final int MOST_ENTRIES = 4096;

    private final ImmutableSet<X509Certificate> roots;
    private final Set<TrustAnchor> anchors = new HashSet<>();
    private final InstantSource clock;
    private final Map<String, Verified> verified = new ConcurrentHashMap<>();

    PeerVerifier(KeyMaterial.TrustBundle trust, InstantSource clock) {
        this.roots = ImmutableSet.copyOf(trust.roots());
        this.clock = clock;
        for (X509Certificate root : roots) {
            anchors.add(new TrustAnchor(root, null));
        }
    }

    /** The parsed leaf of a finished handshake, or null if this verifier never accepted it. */
    @Nullable
    PeerCertificate accepted(X509Certificate leaf) throws CertificateException {
        Verified entry = verified.get(PeerCertificate.digest(leaf));
        return entry == null ? null : entry.certificate();
    }

    /** How many certificates are remembered. */
    int remembered() {
        return verified.size();
    }

    private void verify(X509Certificate[] chain, Purpose purpose) throws CertificateException {
        if (chain.length == 0) {
            throw new CertificateException("the peer presented no certificate");
        }
        String digest = PeerCertificate.digest(chain[0]);
        Verified entry = verified.get(digest);
        Instant now = clock.instant();
        if (entry == null) {
            entry = verifyChain(reparsed(chain), digest, now);
            if (verified.size() >= MOST_ENTRIES) {
                verified.clear();
            }
            verified.put(digest, entry);
        }
        requireTime(entry.certificate(), entry.notBefore(), entry.notAfter(), now);
        PeerCertificate.Purposes purposes = entry.certificate().purposes();
        if (!(purpose == Purpose.CLIENT ? purposes.client() : purposes.server())) {
            throw new CertificateException(
                    "the certificate of " + entry.certificate().names() + " is not for use as TLS "
                            + (purpose == Purpose.CLIENT ? "client" : "server"));
        }
    }

    /** The provider's certificates parse at every access; parsed ones do it once. */
    private static List<X509Certificate> reparsed(X509Certificate[] chain) throws CertificateException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> parsed = new ArrayList<>(chain.length);
        for (X509Certificate certificate : chain) {
            parsed.add(
                    (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(certificate.getEncoded())));
        }
        return parsed;
    }

    /** Time comes first: what is out of time is refused with the times in the message, and not remembered. */
    private Verified verifyChain(List<X509Certificate> chain, String digest, Instant now) throws CertificateException {
        X509Certificate leaf = chain.get(0);
        PeerCertificate parsed = PeerCertificate.parse(leaf, digest);
        Instant from = leaf.getNotBefore().toInstant();
        Instant to = leaf.getNotAfter().toInstant();
        List<X509Certificate> path = new ArrayList<>();
        for (X509Certificate certificate : chain) {
            if (roots.contains(certificate)) {
                break;
            }
            path.add(certificate);
            from = later(from, certificate.getNotBefore().toInstant());
            to = earlier(to, certificate.getNotAfter().toInstant());
        }
        requireTime(parsed, from, to, now);
        if (!path.isEmpty()) {
            requirePath(path, parsed, now);
        }
        return new Verified(parsed, from, to);
    }

    private static void requireTime(PeerCertificate peer, Instant from, Instant to, Instant now)
            throws CertificateException {
        if (now.isBefore(from)) {
            throw new CertificateNotYetValidException(
                    "the certificate of " + peer.names() + " is not valid before " + from + ", now is " + now);
        }
        if (now.isAfter(to)) {
            throw new CertificateExpiredException(
                    "the certificate of " + peer.names() + " expired at " + to + ", now is " + now);
        }
    }

    private void requirePath(List<X509Certificate> path, PeerCertificate peer, Instant now)
            throws CertificateException {
        try {
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPath certPath = CertificateFactory.getInstance("X.509").generateCertPath(path);
            CertPathValidator.getInstance("PKIX").validate(certPath, parameters);
        } catch (GeneralSecurityException e) {
            throw new CertificateException(
                    "the certificate of " + peer.names() + ", issued by '"
                            + peer.identity().issuer() + "', does not lead to one of the " + roots.size()
                            + " trusted roots: " + e.getMessage(),
                    e);
        }
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        verify(chain, Purpose.CLIENT);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        verify(chain, Purpose.SERVER);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        verify(chain, Purpose.CLIENT);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        verify(chain, Purpose.SERVER);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        verify(chain, Purpose.CLIENT);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        verify(chain, Purpose.SERVER);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return roots.toArray(X509Certificate[]::new);
    }

    private enum Purpose {
        CLIENT,
        SERVER
    }

    private record Verified(PeerCertificate certificate, Instant notBefore, Instant notAfter) {}
}
