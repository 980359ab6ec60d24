package dev.weft.xds;

import java.util.Arrays;

/**
 * Key material on its way over SDS. Never part of the model, and never printed: {@code toString} shows the name alone. PEM as bytes, so
 * that the receiver can wipe it.
 */
public sealed interface SecretResource {
    String name();

    /**
     * @param chain certificates, leaf first
     * @param privateKey PKCS #8
     */
    record KeyPair(String name, byte[] chain, byte[] privateKey) implements SecretResource {
        @Override
        public boolean equals(Object o) {
            return o instanceof KeyPair other
                    && name.equals(other.name)
                    && Arrays.equals(chain, other.chain)
                    && Arrays.equals(privateKey, other.privateKey);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }

        @Override
        public String toString() {
            return "KeyPair[" + name + "]";
        }
    }

    /** @param roots certificates that are trusted */
    record TrustBundle(String name, byte[] roots) implements SecretResource {
        @Override
        public boolean equals(Object o) {
            return o instanceof TrustBundle other && name.equals(other.name) && Arrays.equals(roots, other.roots);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }

        @Override
        public String toString() {
            return "TrustBundle[" + name + "]";
        }
    }
}
