package dev.weft.proxy.identity;

import com.google.common.collect.ImmutableList;
import dev.weft.model.tls.SanMatch;
import dev.weft.proxy.exchange.PeerIdentity;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * A peer's certificate, parsed once: its names by type and what exchanges may know of it. Immutable; cached by {@link PeerVerifier}
 * under the certificate's digest, so that a returning peer costs one hash.
 */
record PeerCertificate(
        PeerIdentity identity, ImmutableList<String> ipSans, ImmutableList<String> emailSans, Purposes purposes) {
    private static final int EMAIL = 1;
    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int IP = 7;
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_PURPOSE = "2.5.29.37.0";

    /** What the certificate may be used for; without the extension for everything. */
    record Purposes(boolean server, boolean client) {}

    static String digest(X509Certificate certificate) throws CertificateException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("no SHA-256 on this JDK", e);
        }
    }

    static PeerCertificate parse(X509Certificate certificate, String sha256) throws CertificateException {
        ImmutableList.Builder<String> uris = ImmutableList.builder();
        ImmutableList.Builder<String> names = ImmutableList.builder();
        ImmutableList.Builder<String> addresses = ImmutableList.builder();
        ImmutableList.Builder<String> emails = ImmutableList.builder();
        Collection<List<?>> sans;
        try {
            sans = certificate.getSubjectAlternativeNames();
        } catch (GeneralSecurityException e) {
            throw new CertificateException("its subject alternative names do not parse: " + e.getMessage(), e);
        }
        if (sans != null) {
            for (List<?> san : sans) {
                if (san.get(0) instanceof Integer type && san.get(1) instanceof String value) {
                    requirePrintable(value);
                    switch (type) {
                        case URI -> uris.add(value);
                        case DNS -> names.add(value);
                        case IP -> addresses.add(value);
                        case EMAIL -> emails.add(value);
                        default -> {
                            // other kinds of names take part in nothing
                        }
                    }
                }
            }
        }
        PeerIdentity identity = new PeerIdentity(
                uris.build(),
                names.build(),
                certificate.getSubjectX500Principal().getName(X500Principal.RFC2253),
                certificate.getIssuerX500Principal().getName(X500Principal.RFC2253),
                certificate.getSerialNumber().toString(16),
                sha256,
                certificate.getNotBefore().toInstant().getEpochSecond(),
                certificate.getNotAfter().toInstant().getEpochSecond());
        return new PeerCertificate(identity, addresses.build(), emails.build(), purposes(certificate));
    }

    /** A NUL inside a name has cut names short in other programs; no honest name has a control character. */
    private static void requirePrintable(String san) throws CertificateException {
        for (int i = 0; i < san.length(); i++) {
            if (san.charAt(i) < ' ' || san.charAt(i) == 0x7F) {
                throw new CertificateException("a subject alternative name holds a control character");
            }
        }
    }

    private static Purposes purposes(X509Certificate certificate) throws CertificateException {
        List<String> usages = certificate.getExtendedKeyUsage();
        if (usages == null || usages.contains(ANY_PURPOSE)) {
            return new Purposes(true, true);
        }
        return new Purposes(usages.contains(SERVER_AUTH), usages.contains(CLIENT_AUTH));
    }

    /** Whether one of the conditions holds; no condition accepts every name. */
    boolean matches(ImmutableList<SanMatch> any) {
        for (int i = 0; i < any.size(); i++) {
            SanMatch wanted = any.get(i);
            ImmutableList<String> values = switch (wanted.type()) {
                case URI -> identity.uriSans();
                case DNS -> identity.dnsSans();
                case IP_ADDRESS -> ipSans;
                case EMAIL -> emailSans;
            };
            for (int k = 0; k < values.size(); k++) {
                if (wanted.match().matches(values.get(k))) {
                    return true;
                }
            }
        }
        return any.isEmpty();
    }

    /** Whether the certificate is for a host name: equal, or by a wildcard that stands for one whole left label. */
    boolean isFor(String host) {
        for (String san : identity.dnsSans()) {
            if (san.equalsIgnoreCase(host)) {
                return true;
            }
            int dot = host.indexOf('.');
            if (san.startsWith("*.") && dot > 0 && san.substring(1).equalsIgnoreCase(host.substring(dot))) {
                return true;
            }
        }
        return ipSans.contains(host);
    }

    String names() {
        return "uri=" + identity.uriSans() + " dns=" + identity.dnsSans() + " ip=" + ipSans;
    }
}
