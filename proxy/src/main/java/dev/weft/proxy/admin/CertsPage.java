package dev.weft.proxy.admin;

import dev.weft.proxy.identity.CertificateNames;
import dev.weft.proxy.identity.KeyMaterial;
import dev.weft.proxy.identity.SecretStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code /certs}: Envoy's {@code envoy.admin.v3.Certificates}, one entry per secret. Immutable. Shows no key. */
final class CertsPage {
    private final SecretStore secrets;
    private final InstantSource clock;

    CertsPage(SecretStore secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    Answer answer() {
        List<Object> certificates = new ArrayList<>();
        secrets.all().forEach((name, secret) -> {
            List<Object> ca = new ArrayList<>();
            List<Object> chain = new ArrayList<>();
            switch (secret.material()) {
                case KeyMaterial.Identity identity -> identity.chain().forEach(c -> chain.add(details(name, c)));
                case KeyMaterial.TrustBundle trust -> trust.roots().forEach(c -> ca.add(details(name, c)));
            }
            certificates.add(Answer.object("ca_cert", ca, "cert_chain", chain));
        });
        return Answer.tree(Answer.object("certificates", certificates));
    }

    private Map<String, Object> details(String secret, X509Certificate certificate) {
        Instant end = certificate.getNotAfter().toInstant();
        CertificateNames names = CertificateNames.of(certificate);
        List<Object> sans = new ArrayList<>();
        names.uris().forEach(uri -> sans.add(Answer.object("uri", uri)));
        names.dnsNames().forEach(dns -> sans.add(Answer.object("dns", dns)));
        names.addresses().forEach(address -> sans.add(Answer.object("ip_address", address)));
        return Answer.object(
                "path",
                secret.startsWith("file:") ? secret.substring("file:".length()) : "<inline>",
                "serial_number",
                certificate.getSerialNumber().toString(16),
                "subject_alt_names",
                sans,
                "days_until_expiration",
                String.valueOf(days(clock.instant(), end)),
                "valid_from",
                certificate.getNotBefore().toInstant().toString(),
                "expiration_time",
                end.toString());
    }

    /** Whole days; 0 when it is over. */
    static long days(Instant now, Instant end) {
        return Math.max(0, Duration.between(now, end).toDays());
    }
}
