package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import dev.weft.control.gateway.ListenerState.CertificateUse;
import dev.weft.control.registry.SecretNames;
import dev.weft.model.match.StringMatch;
import dev.weft.model.tls.DownstreamTls;
import dev.weft.model.tls.SanMatch;
import dev.weft.model.tls.SecretRef;
import dev.weft.model.tls.TlsContext;
import dev.weft.model.tls.TlsContext.Version;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.ServerTls;
import dev.weft.resources.ServerTls.Credential;
import dev.weft.resources.ServerTls.Mode;
import java.util.Optional;

/** TLS as a gateway ends it. Secrets come over the stream of the configuration itself, by Istio's names. */
final class GatewayTls {
    private static final ImmutableList<String> HTTP = ImmutableList.of("h2", "http/1.1");
    private static final SecretRef.SdsSource CONTROL_PLANE = new SecretRef.Ads();

    private GatewayTls() {}

    static DownstreamTls http(ServerTls tls, CertificateUse use, MeshConfig mesh) {
        return tls.mode() == Mode.ISTIO_MUTUAL ? MeshTls.server(mesh, true) : ended(tls, use, HTTP);
    }

    static DownstreamTls opaque(ServerTls tls, CertificateUse use, MeshConfig mesh) {
        return tls.mode() == Mode.ISTIO_MUTUAL ? MeshTls.server(mesh, false) : ended(tls, use, ImmutableList.of());
    }

    private static DownstreamTls ended(ServerTls tls, CertificateUse use, ImmutableList<String> alpn) {
        Version min = version(tls.versions().min());
        Version max = version(tls.versions().max());
        TlsContext context = new TlsContext(
                min == Version.AUTO ? Version.TLS_1_2 : min,
                max == Version.AUTO ? Version.TLS_1_3 : max,
                tls.ciphers(),
                alpn,
                Optional.of(certificate(tls.credential(), use)),
                tls.asksForCertificate() ? Optional.of(validation(tls, use)) : Optional.empty());
        return new DownstreamTls(context, tls.mode() == Mode.MUTUAL);
    }

    private static Version version(ServerTls.Version version) {
        return switch (version) {
            case AUTO -> Version.AUTO;
            case TLS_1_2 -> Version.TLS_1_2;
            case TLS_1_3 -> Version.TLS_1_3;
        };
    }

    private static SecretRef certificate(Credential credential, CertificateUse use) {
        return switch (credential) {
            case Credential.Named named -> {
                String namespace = named.namespace().orElse("");
                yield sds(
                        switch (use) {
                            case PERMITTED -> SecretNames.keyPair(namespace, named.name());
                            case REFUSED -> SecretNames.refused(namespace, named.name());
                        });
            }
            case Credential.Files files -> new SecretRef.Files(files.certificate(), files.key());
            case Credential.None ignored -> throw new AssertionError("TLS is ended with a certificate");
        };
    }

    private static TlsContext.Validation validation(ServerTls tls, CertificateUse use) {
        SecretRef trust = switch (tls.credential()) {
            case Credential.Named named -> {
                String namespace = named.namespace().orElse("");
                String name = named.roots().orElse(named.name());
                yield sds(
                        switch (use) {
                            case PERMITTED -> SecretNames.roots(namespace, name);
                            case REFUSED -> SecretNames.refused(namespace, name);
                        });
            }
            case Credential.Files files -> new SecretRef.Files(files.roots().orElse(""), "");
            case Credential.None ignored -> throw new AssertionError("clients are checked with roots");
        };
        ImmutableList.Builder<SanMatch> sans = ImmutableList.builder();
        for (String san : tls.sans()) {
            sans.add(new SanMatch(SanMatch.Type.URI, StringMatch.exact(san)));
            if (!san.contains("://")) {
                sans.add(new SanMatch(SanMatch.Type.DNS, StringMatch.exact(san)));
            }
        }
        return new TlsContext.Validation(trust, sans.build());
    }

    private static SecretRef sds(String name) {
        return new SecretRef.Sds(name, CONTROL_PLANE);
    }
}
