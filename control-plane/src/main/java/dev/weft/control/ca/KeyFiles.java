package dev.weft.control.ca;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;

/** P-256 keys: made, and kept in files of their owner. */
final class KeyFiles {

    private static final String CURVE = "secp256r1";

    private KeyFiles() {}

    static KeyPair generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has P-256", e);
        }
    }

    static KeyPair loadOrCreate(Path file, SecureRandom random) {
        if (!Files.exists(file)) {
            StateFiles.createPrivate(file, Pem.privateKey(generate(random).getPrivate()));
        }
        PrivateKey key = Pem.parsePrivateKey(StateFiles.read(file), file.toString());
        if (!(key instanceof ECPrivateKey ec)
                || ec.getParams().getCurve().getField().getFieldSize() != 256) {
            throw new CaException(file + ": found a " + key.getAlgorithm() + " key, expected EC P-256");
        }
        return new KeyPair(publicKey(ec), key);
    }

    /** A private key file need not hold the public half, so it is computed: the private scalar times the base point. */
    private static PublicKey publicKey(ECPrivateKey key) {
        X9ECParameters curve = CustomNamedCurves.getByName(CURVE);
        org.bouncycastle.math.ec.ECPoint point =
                curve.getG().multiply(key.getS()).normalize();
        ECParameterSpec parameters = key.getParams();
        ECPoint affine = new ECPoint(
                point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger());
        try {
            return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(affine, parameters));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("P-256 point was refused", e);
        }
    }
}
