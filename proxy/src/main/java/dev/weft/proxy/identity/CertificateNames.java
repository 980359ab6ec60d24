package dev.weft.proxy.identity;

import com.google.common.collect.ImmutableList;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;

/** Whom a certificate of ours names, for pages and reports. Immutable. Names that do not parse are left out. */
public record CertificateNames(
        ImmutableList<String> uris, ImmutableList<String> dnsNames, ImmutableList<String> addresses) {
    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int IP = 7;

    /** The subject alternative names. */
    public static CertificateNames of(X509Certificate certificate) {
        return new CertificateNames(names(certificate, URI), names(certificate, DNS), names(certificate, IP));
    }

    private static ImmutableList<String> names(X509Certificate certificate, int type) {
        try {
            var names = certificate.getSubjectAlternativeNames();
            if (names == null) {
                return ImmutableList.of();
            }
            ImmutableList.Builder<String> found = ImmutableList.builder();
            for (List<?> name : names) {
                if (name.get(0).equals(type)) {
                    found.add(String.valueOf(name.get(1)));
                }
            }
            return found.build();
        } catch (CertificateParsingException e) {
            return ImmutableList.of();
        }
    }
}
