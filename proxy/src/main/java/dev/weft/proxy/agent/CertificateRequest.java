package dev.weft.proxy.agent;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.Base64;

/**
 * A certificate signing request (PKCS #10, RFC 2986) for one SPIFFE id, signed with the key that it is for. The name in it is a
 * courtesy: the authority takes the identity from the caller's credential.
 */
final class CertificateRequest {
    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));
    private static final byte[] EXTENSION_REQUEST = Der.oid(1, 2, 840, 113549, 1, 9, 14);
    private static final byte[] SUBJECT_ALT_NAME = Der.oid(2, 5, 29, 17);
    private static final int URI_NAME = 6;

    private CertificateRequest() {}

    static String pem(KeyPair key, String spiffeId) {
        byte[] names = Der.sequence(Der.contextText(URI_NAME, spiffeId));
        byte[] extensions = Der.sequence(Der.sequence(SUBJECT_ALT_NAME, Der.yes(), Der.octets(names)));
        byte[] attributes = Der.context(0, Der.sequence(EXTENSION_REQUEST, Der.set(extensions)));
        byte[] emptySubject = Der.sequence();
        byte[] info = Der.sequence(Der.zero(), emptySubject, key.getPublic().getEncoded(), attributes);
        byte[] request = Der.sequence(info, ECDSA_WITH_SHA256, Der.bits(sign(key, info)));
        return "-----BEGIN CERTIFICATE REQUEST-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(request)
                + "\n-----END CERTIFICATE REQUEST-----\n";
    }

    private static byte[] sign(KeyPair key, byte[] info) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key.getPrivate());
            signature.update(info);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign a certificate request with the key just made", e);
        }
    }
}
