package dev.weft.resources;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/**
 * A Kubernetes {@code Secret} with certificate, key or roots: of type {@code kubernetes.io/tls}, or with Istio's keys. Its values
 * show themselves to nobody but those who ask for their bytes.
 *
 * @param type may be empty
 */
@Immutable
public record Secret(ResourceMeta meta, String type, ImmutableMap<String, SecretBytes> values) implements Resource {

    /** The certificate chain in PEM, leaf first. */
    public Optional<SecretBytes> certificate() {
        return first("tls.crt", "cert");
    }

    /** The private key in PEM. */
    public Optional<SecretBytes> privateKey() {
        return first("tls.key", "key");
    }

    /** The roots for the certificates of clients, in PEM. */
    public Optional<SecretBytes> roots() {
        return first("ca.crt", "cacert");
    }

    private Optional<SecretBytes> first(String name, String other) {
        SecretBytes value = values.get(name);
        return Optional.ofNullable(value == null ? values.get(other) : value);
    }
}
