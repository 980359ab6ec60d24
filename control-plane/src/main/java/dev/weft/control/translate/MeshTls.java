package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.model.match.StringMatch;
import dev.weft.model.tls.DownstreamTls;
import dev.weft.model.tls.SanMatch;
import dev.weft.model.tls.SecretRef;
import dev.weft.model.tls.TlsContext;
import dev.weft.model.tls.TlsContext.Version;
import dev.weft.model.tls.UpstreamTls;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Protocol;
import java.util.Optional;

/**
 * The mesh's mutual TLS as both ends configure it. Keys come from the agent beside the proxy ({@code sds-grpc}), under Istio's
 * names {@code default} and {@code ROOTCA}.
 */
final class MeshTls {
    private static final SecretRef.SdsSource AGENT = new SecretRef.GrpcCluster("sds-grpc");
    private static final SecretRef WORKLOAD = new SecretRef.Sds("default", AGENT);
    private static final SecretRef TRUST = new SecretRef.Sds("ROOTCA", AGENT);

    /** How a server tells the mesh's HTTP from an application's own TLS (istio.alpn filter). */
    static final ImmutableList<String> HTTP_ALPN = ImmutableList.of("istio-http/1.0", "istio-http/1.1", "istio-h2");

    static final ImmutableList<String> TCP_ALPN = ImmutableList.of("istio-peer-exchange", "istio");

    static final ImmutableList<String> ANY_ALPN =
            ImmutableList.<String>builder().addAll(TCP_ALPN).addAll(HTTP_ALPN).build();

    private MeshTls() {}

    static DownstreamTls server(MeshConfig mesh, boolean http) {
        ImmutableList.Builder<SanMatch> sans = ImmutableList.builder();
        for (String domain : trustDomains(mesh)) {
            sans.add(new SanMatch(SanMatch.Type.URI, StringMatch.prefix("spiffe://" + domain + "/")));
        }
        ImmutableList<String> alpn =
                http ? ImmutableList.of("h2", "http/1.1") : ImmutableList.of("istio-peer-exchange", "h2", "http/1.1");
        return new DownstreamTls(context(alpn, sans.build()), true);
    }

    /** @param peers the SPIFFE ids to accept; none accepts every identity of the mesh */
    static UpstreamTls client(ProxyFacts.Client client, Protocol protocol, ImmutableSet<String> peers, String sni) {
        ImmutableList.Builder<SanMatch> sans = ImmutableList.builder();
        for (String peer : peers) {
            sans.add(new SanMatch(SanMatch.Type.URI, StringMatch.exact(peer)));
        }
        return new UpstreamTls(context(clientAlpn(client, protocol), sans.build()), sni, false, false);
    }

    /** Where no alpn filter swaps protocols per request, the cluster offers what its one protocol needs. */
    private static ImmutableList<String> clientAlpn(ProxyFacts.Client client, Protocol protocol) {
        boolean swaps = client == ProxyFacts.Client.MESH_PROXY;
        if (protocol.isHttp2()) {
            return swaps
                    ? ImmutableList.of("istio-peer-exchange", "istio", "h2")
                    : ImmutableList.of("istio-h2", "istio", "h2");
        }
        if (protocol.isHttp() && !swaps) {
            return ImmutableList.of("istio-http/1.1", "istio", "http/1.1");
        }
        return swaps ? TCP_ALPN : ImmutableList.of("istio");
    }

    private static TlsContext context(ImmutableList<String> alpn, ImmutableList<SanMatch> sans) {
        return new TlsContext(
                Version.TLS_1_2,
                Version.TLS_1_3,
                ImmutableList.of(),
                alpn,
                Optional.of(WORKLOAD),
                Optional.of(new TlsContext.Validation(TRUST, sans)));
    }

    static ImmutableList<String> trustDomains(MeshConfig mesh) {
        return ImmutableSet.<String>builder()
                .add(mesh.trustDomain())
                .addAll(mesh.trustDomainAliases())
                .build()
                .asList();
    }
}
