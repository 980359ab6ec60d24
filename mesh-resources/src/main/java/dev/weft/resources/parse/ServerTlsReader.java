package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.resources.ServerTls;
import dev.weft.resources.ServerTls.Credential;
import dev.weft.resources.ServerTls.Mode;
import dev.weft.resources.ServerTls.PlainRequests;
import dev.weft.resources.ServerTls.Version;
import dev.weft.resources.ServerTls.Versions;
import java.util.List;
import java.util.Optional;

/** Reads the TLS settings of an Istio Gateway's server. */
final class ServerTlsReader {
    /** Of TLS 1.2, by OpenSSL's names. */
    private static final ImmutableSet<String> CIPHERS = ImmutableSet.of(
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
            "ECDHE-RSA-CHACHA20-POLY1305",
            "ECDHE-ECDSA-AES128-SHA",
            "ECDHE-RSA-AES128-SHA",
            "ECDHE-ECDSA-AES256-SHA",
            "ECDHE-RSA-AES256-SHA",
            "AES128-GCM-SHA256",
            "AES256-GCM-SHA384",
            "AES128-SHA",
            "AES256-SHA");

    private ServerTlsReader() {}

    static ServerTls read(Fields fields) {
        return new ServerTls(
                fields.choice("mode", Mode.class).orElse(Mode.PASSTHROUGH),
                fields.flag("httpsRedirect") ? PlainRequests.REDIRECTED : PlainRequests.SERVED,
                credential(fields),
                fields.texts("subjectAltNames"),
                new Versions(version(fields, "minProtocolVersion"), version(fields, "maxProtocolVersion")),
                ciphers(fields));
    }

    private static Credential credential(Fields fields) {
        Optional<String> name = fields.text("credentialName");
        boolean files = List.of("serverCertificate", "privateKey", "caCertificates").stream()
                .anyMatch(fields::isSet);
        if (name.isPresent()) {
            if (files) {
                fields.checks().conflict(fields.at("credentialName"), "found both a Secret and files");
            }
            if (!Formats.isObjectName(name.get())) {
                fields.checks()
                        .invalid(
                                fields.at("credentialName"),
                                "found \"" + name.get()
                                        + "\", expected the name of a Secret in the gateway's namespace");
            }
            return new Credential.Named(Optional.empty(), name.get(), fields.text("caCertCredentialName"));
        }
        if (fields.isSet("caCertCredentialName")) {
            fields.checks().missing(fields.at("credentialName"), "must be set beside caCertCredentialName");
        }
        return files
                ? new Credential.Files(
                        fields.text("serverCertificate").orElse(""),
                        fields.text("privateKey").orElse(""),
                        fields.text("caCertificates"))
                : new Credential.None();
    }

    /** What a port that speaks TLS needs for its mode. */
    static void checkCredential(Fields fields, ServerTls tls) {
        Credential credential = tls.credential();
        switch (tls.mode()) {
            case PASSTHROUGH -> {
                if (!(credential instanceof Credential.None)) {
                    fields.checks().ineffective(fields.path(), "PASSTHROUGH decrypts nothing and needs no certificate");
                }
            }
            case ISTIO_MUTUAL -> {
                if (!(credential instanceof Credential.None)) {
                    fields.checks().conflict(fields.path(), "ISTIO_MUTUAL uses the certificate of the mesh");
                }
            }
            case SIMPLE, MUTUAL, OPTIONAL_MUTUAL -> {
                switch (credential) {
                    case Credential.Named ignored -> {}
                    case Credential.None ignored ->
                        fields.checks()
                                .missing(
                                        fields.at("credentialName"),
                                        "expected credentialName, or serverCertificate and privateKey");
                    case Credential.Files files -> {
                        if (files.certificate().isEmpty() || files.key().isEmpty()) {
                            fields.checks().missing(fields.path(), "expected both serverCertificate and privateKey");
                        }
                        if (tls.asksForCertificate() && files.roots().isEmpty()) {
                            fields.checks()
                                    .missing(fields.at("caCertificates"), "must be set for the mode " + tls.mode());
                        }
                    }
                }
            }
        }
        if (!tls.sans().isEmpty() && !tls.asksForCertificate()) {
            fields.checks().ineffective(fields.at("subjectAltNames"), "clients show certificates in mode MUTUAL only");
        }
    }

    private static Version version(Fields fields, String field) {
        return fields.text(field)
                .map(text -> switch (text) {
                    case "TLSV1_2" -> Version.TLS_1_2;
                    case "TLSV1_3" -> Version.TLS_1_3;
                    default -> Version.AUTO;
                })
                .orElse(Version.AUTO);
    }

    private static ImmutableList<String> ciphers(Fields fields) {
        ImmutableList<String> written = fields.texts("cipherSuites");
        ImmutableSet.Builder<String> known = ImmutableSet.builder();
        for (int i = 0; i < written.size(); i++) {
            if (CIPHERS.contains(written.get(i))) {
                known.add(written.get(i));
            } else {
                fields.checks()
                        .ineffective(
                                fields.at("cipherSuites").index(i),
                                "found \"" + written.get(i) + "\", expected some of " + String.join(", ", CIPHERS));
            }
        }
        return known.build().asList();
    }
}
