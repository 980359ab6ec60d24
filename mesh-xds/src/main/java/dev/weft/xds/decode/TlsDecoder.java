package dev.weft.xds.decode;

import com.google.common.collect.ImmutableList;
import dev.weft.model.match.StringMatch;
import dev.weft.model.tls.DownstreamTls;
import dev.weft.model.tls.SanMatch;
import dev.weft.model.tls.SecretRef;
import dev.weft.model.tls.TlsContext;
import dev.weft.model.tls.UpstreamTls;
import dev.weft.xds.FieldPath;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.Optional;

/** TLS contexts. Key material inline in a resource is refused: it belongs into a secret or a file. */
final class TlsDecoder {
    private static final TlsContext NOTHING = new TlsContext(
            TlsContext.Version.AUTO,
            TlsContext.Version.AUTO,
            ImmutableList.of(),
            ImmutableList.of(),
            Optional.empty(),
            Optional.empty());

    private final Reading reading;
    private final ValueDecoder values;
    private final MatchDecoder matches;

    TlsDecoder(Reading reading) {
        this.reading = reading;
        this.values = new ValueDecoder(reading);
        this.matches = new MatchDecoder(reading);
    }

    DownstreamTls downstream(DownstreamTlsContext message, FieldPath at) {
        TlsContext context = common(message.getCommonTlsContext(), at.field("common_tls_context"));
        boolean required = message.getRequireClientCertificate().getValue();
        if (context.certificate().isEmpty()) {
            reading.problem(at.field("common_tls_context"), "names no certificate, which a server needs");
        }
        if (required && context.validation().isEmpty()) {
            reading.problem(
                    at.field("require_client_certificate"),
                    "found true without anything to check the certificate with");
        }
        return new DownstreamTls(context, required);
    }

    UpstreamTls upstream(UpstreamTlsContext message, FieldPath at) {
        return new UpstreamTls(
                common(message.getCommonTlsContext(), at.field("common_tls_context")), message.getSni(), false, false);
    }

    private TlsContext common(CommonTlsContext message, FieldPath at) {
        TlsParameters parameters = message.getTlsParams();
        FieldPath parametersAt = at.field("tls_params");
        int certificates = message.getTlsCertificatesCount() + message.getTlsCertificateSdsSecretConfigsCount();
        if (certificates > 1) {
            reading.problem(at, "found " + certificates + " certificates, expected at most one");
            return NOTHING;
        }
        return new TlsContext(
                version(parameters.getTlsMinimumProtocolVersion(), parametersAt.field("tls_minimum_protocol_version")),
                version(parameters.getTlsMaximumProtocolVersion(), parametersAt.field("tls_maximum_protocol_version")),
                ImmutableList.copyOf(parameters.getCipherSuitesList()),
                ImmutableList.copyOf(message.getAlpnProtocolsList()),
                certificate(message, at),
                validation(message, at));
    }

    private TlsContext.Version version(TlsParameters.TlsProtocol version, FieldPath at) {
        return switch (version) {
            case TLS_AUTO -> TlsContext.Version.AUTO;
            case TLSv1_2 -> TlsContext.Version.TLS_1_2;
            case TLSv1_3 -> TlsContext.Version.TLS_1_3;
            case TLSv1_0, TLSv1_1, UNRECOGNIZED -> {
                reading.problem(at, "found " + version + ", expected TLS 1.2 or 1.3");
                yield TlsContext.Version.AUTO;
            }
        };
    }

    private Optional<SecretRef> certificate(CommonTlsContext message, FieldPath at) {
        if (message.getTlsCertificateSdsSecretConfigsCount() == 1) {
            return Optional.of(secret(
                    message.getTlsCertificateSdsSecretConfigs(0),
                    at.field("tls_certificate_sds_secret_configs").index(0)));
        }
        if (message.getTlsCertificatesCount() == 1) {
            TlsCertificate certificate = message.getTlsCertificates(0);
            FieldPath certificateAt = at.field("tls_certificates").index(0);
            return Optional.of(new SecretRef.Files(
                    file(certificate.getCertificateChain(), certificateAt.field("certificate_chain")),
                    file(certificate.getPrivateKey(), certificateAt.field("private_key"))));
        }
        return Optional.empty();
    }

    private Optional<TlsContext.Validation> validation(CommonTlsContext message, FieldPath at) {
        return switch (message.getValidationContextTypeCase()) {
            case VALIDATION_CONTEXT -> {
                FieldPath contextAt = at.field("validation_context");
                var context = message.getValidationContext();
                String roots = file(context.getTrustedCa(), contextAt.field("trusted_ca"));
                yield Optional.of(new TlsContext.Validation(new SecretRef.Files(roots, ""), sans(context, contextAt)));
            }
            case VALIDATION_CONTEXT_SDS_SECRET_CONFIG ->
                Optional.of(new TlsContext.Validation(
                        secret(
                                message.getValidationContextSdsSecretConfig(),
                                at.field("validation_context_sds_secret_config")),
                        ImmutableList.of()));
            case COMBINED_VALIDATION_CONTEXT -> {
                var combined = message.getCombinedValidationContext();
                FieldPath combinedAt = at.field("combined_validation_context");
                FieldPath contextAt = combinedAt.field("default_validation_context");
                if (combined.getDefaultValidationContext().hasTrustedCa()) {
                    reading.problem(contextAt.field("trusted_ca"), "is not supported beside a secret with roots");
                }
                yield Optional.of(new TlsContext.Validation(
                        secret(
                                combined.getValidationContextSdsSecretConfig(),
                                combinedAt.field("validation_context_sds_secret_config")),
                        sans(combined.getDefaultValidationContext(), contextAt)));
            }
            case VALIDATIONCONTEXTTYPE_NOT_SET -> Optional.empty();
            default -> {
                reading.problem(
                        at,
                        "found " + message.getValidationContextTypeCase()
                                + ", expected a validation context or the name of a secret");
                yield Optional.empty();
            }
        };
    }

    @SuppressWarnings("deprecation") // istiod still sends the names without type
    private ImmutableList<SanMatch> sans(CertificateValidationContext message, FieldPath at) {
        ImmutableList.Builder<SanMatch> sans = ImmutableList.builder();
        for (int i = 0; i < message.getMatchTypedSubjectAltNamesCount(); i++) {
            var san = message.getMatchTypedSubjectAltNames(i);
            FieldPath sanAt = at.field("match_typed_subject_alt_names").index(i);
            StringMatch match = matches.string(san.getMatcher(), sanAt.field("matcher"));
            switch (san.getSanType()) {
                case URI -> sans.add(new SanMatch(SanMatch.Type.URI, match));
                case DNS -> sans.add(new SanMatch(SanMatch.Type.DNS, match));
                case IP_ADDRESS -> sans.add(new SanMatch(SanMatch.Type.IP_ADDRESS, match));
                case EMAIL -> sans.add(new SanMatch(SanMatch.Type.EMAIL, match));
                case OTHER_NAME, SAN_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                    reading.problem(
                            sanAt.field("san_type"),
                            "found " + san.getSanType() + ", expected EMAIL, DNS, URI or IP_ADDRESS");
            }
        }
        for (int i = 0; i < message.getMatchSubjectAltNamesCount(); i++) {
            StringMatcher matcher = message.getMatchSubjectAltNames(i);
            StringMatch match =
                    matches.string(matcher, at.field("match_subject_alt_names").index(i));
            // Without a type the name is looked for among all; a SPIFFE id can only be a URI.
            sans.add(new SanMatch(SanMatch.Type.URI, match));
            if (!matcher.getExact().startsWith("spiffe://")
                    && !matcher.getPrefix().startsWith("spiffe://")) {
                sans.add(new SanMatch(SanMatch.Type.DNS, match));
            }
        }
        return sans.build();
    }

    private SecretRef secret(SdsSecretConfig message, FieldPath at) {
        String name = values.required(message.getName(), at.field("name"));
        if (!message.hasSdsConfig()) {
            return new SecretRef.Static(name);
        }
        FieldPath source = at.field("sds_config");
        return switch (message.getSdsConfig().getConfigSourceSpecifierCase()) {
            case ADS -> {
                values.version(message.getSdsConfig(), source);
                yield new SecretRef.Sds(name, new SecretRef.Ads());
            }
            case API_CONFIG_SOURCE -> {
                FieldPath api = source.field("api_config_source");
                var config = message.getSdsConfig().getApiConfigSource();
                switch (config.getApiType()) {
                    case GRPC -> {}
                    default ->
                        reading.problem(api.field("api_type"), "found " + config.getApiType() + ", expected GRPC");
                }
                values.version(message.getSdsConfig(), source);
                yield new SecretRef.Sds(name, new SecretRef.GrpcCluster(values.grpcCluster(config, api)));
            }
            case PATH, PATH_CONFIG_SOURCE, SELF, CONFIGSOURCESPECIFIER_NOT_SET -> {
                reading.problem(
                        source,
                        "found " + message.getSdsConfig().getConfigSourceSpecifierCase()
                                + ", expected ads or a gRPC service");
                yield new SecretRef.Static(name);
            }
        };
    }

    private String file(DataSource source, FieldPath at) {
        if (source.getSpecifierCase() != DataSource.SpecifierCase.FILENAME) {
            // Only the kind is named: what is inline may be a key.
            reading.problem(at, "found " + source.getSpecifierCase() + ", expected filename");
        }
        return source.getFilename();
    }
}
