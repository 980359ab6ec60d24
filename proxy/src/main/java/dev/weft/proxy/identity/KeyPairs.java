package dev.weft.proxy.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/** Finds out whether a private key belongs to a certificate, by signing and verifying once. Pure. */
final class KeyPairs {
    private static final byte[] SAMPLE = "weft key check".getBytes(StandardCharsets.US_ASCII);

    private KeyPairs() {}

    static void requireMatch(PublicKey publicKey, PrivateKey key) {
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        };
        boolean match;
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(SAMPLE);
            byte[] signature = signer.sign();
            signer.initVerify(publicKey);
            signer.update(SAMPLE);
            match = signer.verify(signature);
        } catch (GeneralSecurityException e) {
            match = false;
        }
        if (!match) {
            throw new IllegalArgumentException("the private key (" + key.getAlgorithm()
                    + ") does not belong to the certificate (" + publicKey.getAlgorithm() + ")");
        }
    }
}
