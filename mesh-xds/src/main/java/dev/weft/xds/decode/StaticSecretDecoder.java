package dev.weft.xds.decode;

import dev.weft.model.tls.SecretRef;
import dev.weft.xds.FieldPath;
import dev.weft.xds.bootstrap.Bootstrap;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;

/** Secrets of a bootstrap: files, or inline as over SDS. */
final class StaticSecretDecoder {
    private final Reading reading;

    StaticSecretDecoder(Reading reading) {
        this.reading = reading;
    }

    Bootstrap.StaticSecret decode(Secret message, FieldPath at) {
        boolean fromFiles = isFile(message.getTlsCertificate().getCertificateChain())
                || isFile(message.getTlsCertificate().getPrivateKey())
                || isFile(message.getValidationContext().getTrustedCa());
        if (!fromFiles) {
            return new Bootstrap.StaticSecret.Inline(new SecretDecoder(reading).decode(message, at));
        }
        new ValueDecoder(reading).required(message.getName(), at.field("name"));
        if (message.hasValidationContext()) {
            return new Bootstrap.StaticSecret.FromFiles(new SecretRef.Files(
                    message.getValidationContext().getTrustedCa().getFilename(), ""));
        }
        FieldPath pair = at.field("tls_certificate");
        return new Bootstrap.StaticSecret.FromFiles(new SecretRef.Files(
                file(message.getTlsCertificate().getCertificateChain(), pair.field("certificate_chain")),
                file(message.getTlsCertificate().getPrivateKey(), pair.field("private_key"))));
    }

    private static boolean isFile(DataSource source) {
        return source.getSpecifierCase() == DataSource.SpecifierCase.FILENAME;
    }

    private String file(DataSource source, FieldPath at) {
        if (!isFile(source)) {
            reading.problem(at, "found " + source.getSpecifierCase() + ", expected filename like the other half");
        }
        return source.getFilename();
    }
}
