package dev.weft.xds.encode;

import dev.weft.model.tls.DownstreamTls;
import dev.weft.model.tls.SanMatch;
import dev.weft.model.tls.SecretRef;
import dev.weft.model.tls.TlsContext;
import dev.weft.model.tls.UpstreamTls;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;

/** TLS contexts as transport sockets. */
final class TlsEncoder {
    private TlsEncoder() {}

    static TransportSocket downstream(DownstreamTls tls) {
        DownstreamTlsContext.Builder message =
                DownstreamTlsContext.newBuilder().setCommonTlsContext(common(tls.context()));
        if (tls.requireClientCertificate()) {
            message.setRequireClientCertificate(WireValues.bool(true));
        }
        return WireValues.socket(WireValues.TLS_SOCKET, ApiTypes.DOWNSTREAM_TLS.pack(message.build()));
    }

    /** What of it follows the request's host stands in the cluster's HTTP options, see {@link ClusterEncoder}. */
    static TransportSocket upstream(UpstreamTls tls) {
        UpstreamTlsContext message = UpstreamTlsContext.newBuilder()
                .setCommonTlsContext(common(tls.context()))
                .setSni(tls.sni())
                .build();
        return WireValues.socket(WireValues.TLS_SOCKET, ApiTypes.UPSTREAM_TLS.pack(message));
    }

    private static CommonTlsContext common(TlsContext tls) {
        CommonTlsContext.Builder message = CommonTlsContext.newBuilder();
        TlsParameters parameters = TlsParameters.newBuilder()
                .setTlsMinimumProtocolVersion(version(tls.minVersion()))
                .setTlsMaximumProtocolVersion(version(tls.maxVersion()))
                .addAllCipherSuites(tls.ciphers())
                .build();
        if (!parameters.equals(TlsParameters.getDefaultInstance())) {
            message.setTlsParams(parameters);
        }
        message.addAllAlpnProtocols(tls.alpn());
        tls.certificate().ifPresent(secret -> certificate(message, secret));
        tls.validation().ifPresent(validation -> validation(message, validation));
        return message.build();
    }

    private static TlsParameters.TlsProtocol version(TlsContext.Version version) {
        return switch (version) {
            case AUTO -> TlsParameters.TlsProtocol.TLS_AUTO;
            case TLS_1_2 -> TlsParameters.TlsProtocol.TLSv1_2;
            case TLS_1_3 -> TlsParameters.TlsProtocol.TLSv1_3;
        };
    }

    private static void certificate(CommonTlsContext.Builder message, SecretRef secret) {
        switch (secret) {
            case SecretRef.Files files ->
                message.addTlsCertificates(TlsCertificate.newBuilder()
                        .setCertificateChain(file(files.certificate()))
                        .setPrivateKey(file(files.privateKey())));
            case SecretRef.Sds sds -> message.addTlsCertificateSdsSecretConfigs(sds(sds));
            case SecretRef.Static named ->
                message.addTlsCertificateSdsSecretConfigs(
                        SdsSecretConfig.newBuilder().setName(named.name()));
        }
    }

    private static void validation(CommonTlsContext.Builder message, TlsContext.Validation validation) {
        CertificateValidationContext.Builder context = CertificateValidationContext.newBuilder();
        validation.sans().forEach(san -> context.addMatchTypedSubjectAltNames(san(san)));
        SdsSecretConfig trust;
        switch (validation.trust()) {
            case SecretRef.Files files -> {
                message.setValidationContext(context.setTrustedCa(file(files.certificate())));
                return;
            }
            case SecretRef.Sds sds -> trust = sds(sds);
            case SecretRef.Static named ->
                trust = SdsSecretConfig.newBuilder().setName(named.name()).build();
        }
        if (validation.sans().isEmpty()) {
            message.setValidationContextSdsSecretConfig(trust);
        } else {
            message.setCombinedValidationContext(CommonTlsContext.CombinedCertificateValidationContext.newBuilder()
                    .setDefaultValidationContext(context)
                    .setValidationContextSdsSecretConfig(trust));
        }
    }

    private static SubjectAltNameMatcher san(SanMatch san) {
        return SubjectAltNameMatcher.newBuilder()
                .setSanType(
                        switch (san.type()) {
                            case URI -> SubjectAltNameMatcher.SanType.URI;
                            case DNS -> SubjectAltNameMatcher.SanType.DNS;
                            case IP_ADDRESS -> SubjectAltNameMatcher.SanType.IP_ADDRESS;
                            case EMAIL -> SubjectAltNameMatcher.SanType.EMAIL;
                        })
                .setMatcher(MatchEncoder.string(san.match()))
                .build();
    }

    private static SdsSecretConfig sds(SecretRef.Sds sds) {
        SdsSecretConfig.Builder message = SdsSecretConfig.newBuilder().setName(sds.name());
        return switch (sds.source()) {
            case SecretRef.Ads ads -> message.setSdsConfig(WireValues.ads()).build();
            case SecretRef.GrpcCluster cluster ->
                message.setSdsConfig(ConfigSource.newBuilder()
                                .setApiConfigSource(ApiConfigSource.newBuilder()
                                        .setApiType(ApiConfigSource.ApiType.GRPC)
                                        .setTransportApiVersion(ApiVersion.V3)
                                        .setSetNodeOnFirstMessageOnly(true)
                                        .addGrpcServices(GrpcService.newBuilder()
                                                .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder()
                                                        .setClusterName(cluster.cluster()))))
                                .setInitialFetchTimeout(com.google.protobuf.Duration.getDefaultInstance())
                                .setResourceApiVersion(ApiVersion.V3))
                        .build();
        };
    }

    private static DataSource file(String path) {
        return DataSource.newBuilder().setFilename(path).build();
    }
}
