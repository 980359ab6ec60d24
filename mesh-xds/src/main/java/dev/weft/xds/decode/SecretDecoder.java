package dev.weft.xds.decode;

import com.google.protobuf.ByteString;
import dev.weft.xds.FieldPath;
import dev.weft.xds.SecretResource;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;

/** Secrets as SDS carries them: the material is inline. Problems never quote it. */
final class SecretDecoder {
    private final Reading reading;

    SecretDecoder(Reading reading) {
        this.reading = reading;
    }

    SecretResource decode(Secret message, FieldPath at) {
        String name = new ValueDecoder(reading).required(message.getName(), at.field("name"));
        return switch (message.getTypeCase()) {
            case TLS_CERTIFICATE -> {
                FieldPath pair = at.field("tls_certificate");
                yield new SecretResource.KeyPair(
                        name,
                        inline(message.getTlsCertificate().getCertificateChain(), pair.field("certificate_chain")),
                        inline(message.getTlsCertificate().getPrivateKey(), pair.field("private_key")));
            }
            case VALIDATION_CONTEXT -> {
                var context = message.getValidationContext();
                FieldPath contextAt = at.field("validation_context");
                if (context.getMatchTypedSubjectAltNamesCount() > 0) {
                    reading.problem(
                            contextAt.field("match_typed_subject_alt_names"),
                            "is not supported in a secret, only beside the name of one");
                }
                yield new SecretResource.TrustBundle(
                        name, inline(context.getTrustedCa(), contextAt.field("trusted_ca")));
            }
            case SESSION_TICKET_KEYS, GENERIC_SECRET, TYPE_NOT_SET -> {
                reading.problem(
                        at, "found " + message.getTypeCase() + ", expected a certificate or a validation context");
                yield new SecretResource.TrustBundle(name, new byte[0]);
            }
        };
    }

    private byte[] inline(DataSource source, FieldPath at) {
        return switch (source.getSpecifierCase()) {
            case INLINE_BYTES -> source.getInlineBytes().toByteArray();
            case INLINE_STRING ->
                ByteString.copyFromUtf8(source.getInlineString()).toByteArray();
            case FILENAME, ENVIRONMENT_VARIABLE, SPECIFIER_NOT_SET -> {
                reading.problem(at, "found " + source.getSpecifierCase() + ", expected inline PEM");
                yield new byte[0];
            }
        };
    }
}
