package dev.weft.model.tls;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/**
 * What both ends of a TLS connection have in common ({@code CommonTlsContext}).
 *
 * @param ciphers TLS 1.2 suites by OpenSSL name, empty for the defaults
 * @param alpn protocols offered or accepted, in order of preference
 * @param certificate what to present
 * @param validation what to demand of the peer; absent means that its certificate is not checked
 */
@Immutable
public record TlsContext(
        Version minVersion,
        Version maxVersion,
        ImmutableList<String> ciphers,
        ImmutableList<String> alpn,
        Optional<SecretRef> certificate,
        Optional<Validation> validation) {
    /** Protocol versions. {@code AUTO} is the side's default: 1.2 to 1.3, and 1.2 as maximum of an Envoy client. */
    public enum Version {
        AUTO,
        TLS_1_2,
        TLS_1_3
    }

    /**
     * @param trust the roots
     * @param sans the peer must have one of them; empty accepts every name
     */
    @Immutable
    public record Validation(SecretRef trust, ImmutableList<SanMatch> sans) {}
}
