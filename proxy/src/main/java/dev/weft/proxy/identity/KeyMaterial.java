package dev.weft.proxy.identity;

import com.google.common.collect.ImmutableList;
import dev.weft.xds.SecretResource;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * The content of a secret. Immutable. Made by {@code proxy.agent} (signed certificates), by {@code proxy.xds} (SDS) or from files,
 * handed to {@link SecretStore}. Texts never show a key.
 */
public sealed interface KeyMaterial {
    /**
     * Parses a certificate chain, leaf first, and its key.
     *
     * @throws IllegalArgumentException with what is wrong, when the PEM does not parse or the key is not the leaf's
     */
    static Identity identity(String chainPem, String keyPem) {
        ImmutableList<X509Certificate> chain = Pem.certificates(chainPem);
        PrivateKey key = Pem.privateKey(keyPem);
        KeyPairs.requireMatch(chain.get(0).getPublicKey(), key);
        return new Identity(chain, key);
    }

    /**
     * Reads what SDS carried.
     *
     * @throws IllegalArgumentException when it cannot be used; the message does not quote it
     */
    static KeyMaterial of(SecretResource secret) {
        return switch (secret) {
            case SecretResource.KeyPair pair -> identity(ascii(pair.chain()), ascii(pair.privateKey()));
            case SecretResource.TrustBundle trust -> trust(ascii(trust.roots()));
        };
    }

    private static String ascii(byte[] pem) {
        return new String(pem, StandardCharsets.US_ASCII);
    }

    /** @throws IllegalArgumentException when there is no certificate or one does not parse */
    static TrustBundle trust(String pem) {
        return new TrustBundle(Pem.certificates(pem));
    }

    /**
     * What we present.
     *
     * @param chain the leaf, then what stands between it and the root
     */
    record Identity(ImmutableList<X509Certificate> chain, PrivateKey key) implements KeyMaterial {
        public Identity {
            if (chain.isEmpty()) {
                throw new IllegalArgumentException("a certificate chain holds no certificate; expected the leaf first");
            }
        }

        public X509Certificate leaf() {
            return chain.get(0);
        }

        public Instant notAfter() {
            return leaf().getNotAfter().toInstant();
        }

        @Override
        public String toString() {
            return "Identity[serial=" + leaf().getSerialNumber().toString(16) + ", notAfter=" + notAfter()
                    + ", key=redacted]";
        }
    }

    /** Whom we believe: a certificate that leads to one of these is genuine. */
    record TrustBundle(ImmutableList<X509Certificate> roots) implements KeyMaterial {
        @Override
        public String toString() {
            return "TrustBundle[" + roots.size() + " roots]";
        }
    }
}
