package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/**
 * What a gateway does with the TLS of its clients. Names key material, never holds it.
 *
 * @param plain what happens to requests that come without TLS
 * @param sans the client's certificate must have one of them; empty: none in particular
 * @param ciphers of TLS 1.2, by OpenSSL's names; empty: the defaults
 */
@Immutable
public record ServerTls(
        Mode mode,
        PlainRequests plain,
        Credential credential,
        ImmutableList<String> sans,
        Versions versions,
        ImmutableList<String> ciphers) {

    /** Who ends the TLS connection, and whether the client shows a certificate. */
    public enum Mode {
        /** The destination does; the server name alone says which that is. */
        PASSTHROUGH,
        /** The gateway does. */
        SIMPLE,
        /** The client must show a certificate. */
        MUTUAL,
        /** The client may show a certificate. */
        OPTIONAL_MUTUAL,
        /** Mutual TLS with the identities of the mesh. */
        ISTIO_MUTUAL
    }

    /** Whether plain requests are served or sent to the HTTPS port. */
    public enum PlainRequests {
        SERVED,
        REDIRECTED
    }

    /** Where certificate, key and roots come from. */
    @Immutable
    public sealed interface Credential {
        /** Nowhere: nothing is decrypted here, or the mesh's own certificate is used. */
        @Immutable
        record None() implements Credential {}

        /**
         * A Secret.
         *
         * @param namespace absent: that of the gateway workload
         * @param roots name of another Secret in the same namespace with the roots for clients' certificates
         */
        @Immutable
        record Named(Optional<String> namespace, String name, Optional<String> roots) implements Credential {}

        /** Files of the gateway workload; {@code roots} only where clients show certificates. */
        @Immutable
        record Files(String certificate, String key, Optional<String> roots) implements Credential {}
    }

    /** The versions of TLS that are spoken. */
    @Immutable
    public record Versions(Version min, Version max) {
        public static final Versions DEFAULT = new Versions(Version.AUTO, Version.AUTO);
    }

    /** A version of TLS; {@link #AUTO} is 1.2 as the oldest and 1.3 as the newest. */
    public enum Version {
        AUTO,
        TLS_1_2,
        TLS_1_3
    }

    /** Whether the gateway asks its clients for a certificate of their own. */
    public boolean asksForCertificate() {
        return mode == Mode.MUTUAL || mode == Mode.OPTIONAL_MUTUAL;
    }
}
