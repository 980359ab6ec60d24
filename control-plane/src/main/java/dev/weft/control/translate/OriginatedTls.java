package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import dev.weft.control.registry.MeshService;
import dev.weft.model.match.StringMatch;
import dev.weft.model.tls.SanMatch;
import dev.weft.model.tls.SecretRef;
import dev.weft.model.tls.TlsContext;
import dev.weft.model.tls.UpstreamTls;
import dev.weft.resources.ClientTls;
import dev.weft.resources.Protocol;
import java.util.Optional;

/** TLS towards servers that are not of the mesh: {@code tls.mode} SIMPLE and MUTUAL of a DestinationRule. */
final class OriginatedTls {
    /** Debian's bundle; what Istio calls the system roots. */
    private static final String SYSTEM_ROOTS = "/etc/ssl/certs/ca-certificates.crt";

    private OriginatedTls() {}

    static UpstreamTls translate(ClientTls tls, MeshService service, Protocol protocol) {
        boolean verify = tls.serverVerification() == ClientTls.ServerVerification.VERIFY;
        boolean wildcard = service.hostname().startsWith("*");
        String sni = tls.sni().orElse(wildcard ? "" : service.hostname());
        ImmutableList.Builder<SanMatch> sans = ImmutableList.builder();
        if (tls.subjectAltNames().isEmpty() && !sni.isEmpty()) {
            sans.add(new SanMatch(SanMatch.Type.DNS, StringMatch.exact(sni)));
        }
        for (String name : tls.subjectAltNames()) {
            SanMatch.Type type = name.contains("://") ? SanMatch.Type.URI : SanMatch.Type.DNS;
            sans.add(new SanMatch(type, StringMatch.exact(name)));
        }
        Optional<TlsContext.Validation> validation = verify
                ? Optional.of(new TlsContext.Validation(
                        new SecretRef.Files(tls.caCertificates().orElse(SYSTEM_ROOTS), ""), sans.build()))
                : Optional.empty();
        Optional<SecretRef> certificate = tls.mode() == ClientTls.Mode.MUTUAL
                ? Optional.of(new SecretRef.Files(
                        tls.clientCertificate().orElse(""), tls.privateKey().orElse("")))
                : Optional.empty();
        ImmutableList<String> alpn = protocol.isHttp2() ? ImmutableList.of("h2") : ImmutableList.of();
        TlsContext context = new TlsContext(
                TlsContext.Version.TLS_1_2,
                TlsContext.Version.TLS_1_3,
                ImmutableList.of(),
                alpn,
                certificate,
                validation);
        return new UpstreamTls(context, sni, wildcard && tls.sni().isEmpty(), false);
    }
}
