package dev.weft.proxy.identity;

import com.google.common.collect.ImmutableList;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads PEM: certificates, and private keys in PKCS#8, SEC 1 (EC) and PKCS#1 (RSA) form. Pure. The older two forms are wrapped
 * into PKCS#8, the only one the JDK takes. Messages never quote key material.
 */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    /** AlgorithmIdentifier of id-ecPublicKey with P-256, P-384, P-521 by the curve's OID. */
    private static final byte[] EC_OID = HexFormat.of().parseHex("06072a8648ce3d0201");

    private static final byte[] RSA_ALGORITHM = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] VERSION_0 = {2, 1, 0};
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int CONTEXT_0 = 0xA0;

    private Pem() {}

    static ImmutableList<X509Certificate> certificates(String pem) {
        ImmutableList.Builder<X509Certificate> found = ImmutableList.builder();
        Matcher blocks = BLOCK.matcher(pem);
        int n = 0;
        while (blocks.find()) {
            if (blocks.group(1).equals("CERTIFICATE")) {
                n++;
                found.add(certificate(decode(blocks.group(2), "certificate " + n), n));
            }
        }
        if (n == 0) {
            throw new IllegalArgumentException("no 'BEGIN CERTIFICATE' block found; expected PEM certificates");
        }
        return found.build();
    }

    private static X509Certificate certificate(byte[] der, int n) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("certificate " + n + " does not parse: " + e.getMessage(), e);
        }
    }

    static PrivateKey privateKey(String pem) {
        Matcher blocks = BLOCK.matcher(pem);
        while (blocks.find()) {
            String type = blocks.group(1);
            byte[] der = decode(blocks.group(2), "private key");
            byte @Nullable [] pkcs8 = switch (type) {
                case "PRIVATE KEY" -> der;
                case "EC PRIVATE KEY" -> fromSec1(der);
                case "RSA PRIVATE KEY" -> wrap(RSA_ALGORITHM, der);
                case "ENCRYPTED PRIVATE KEY" ->
                    throw new IllegalArgumentException("the private key is encrypted; expected an open one");
                default -> null;
            };
            if (pkcs8 != null) {
                return key(pkcs8);
            }
        }
        throw new IllegalArgumentException(
                "no private key found; expected a 'PRIVATE KEY', 'EC PRIVATE KEY' or 'RSA PRIVATE KEY' block");
    }

    private static PrivateKey key(byte[] pkcs8) {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs8);
        for (String algorithm : new String[] {"EC", "RSA", "Ed25519"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException e) {
                // the next algorithm may know it
            }
        }
        throw new IllegalArgumentException("the private key does not parse as EC, RSA or Ed25519");
    }

    private static byte[] decode(String base64, String what) {
        try {
            return Base64.getMimeDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(what + " is not base64", e);
        }
    }

    /** ECPrivateKey ::= SEQUENCE { 1, OCTET STRING, [0] curve OID, [1] public key }: the curve moves to the algorithm. */
    private static byte[] fromSec1(byte[] der) {
        int at = contentOffset(der, 0);
        while (at < der.length) {
            int content = contentOffset(der, at);
            int length = contentLength(der, at);
            if ((der[at] & 0xFF) == CONTEXT_0) {
                byte[] curve = new byte[length];
                System.arraycopy(der, content, curve, 0, length);
                return wrap(der(SEQUENCE, concat(EC_OID, curve)), der);
            }
            at = content + length;
        }
        throw new IllegalArgumentException("the EC private key names no curve");
    }

    private static byte[] wrap(byte[] algorithm, byte[] key) {
        return der(SEQUENCE, concat(VERSION_0, concat(algorithm, der(OCTET_STRING, key))));
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 4);
        out.write(tag);
        if (content.length < 128) {
            out.write(content.length);
        } else if (content.length < 256) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static int contentOffset(byte[] der, int at) {
        if (at + 2 > der.length) {
            throw new IllegalArgumentException("the EC private key is cut off");
        }
        int first = der[at + 1] & 0xFF;
        return first < 128 ? at + 2 : at + 2 + (first & 0x7F);
    }

    private static int contentLength(byte[] der, int at) {
        int first = der[at + 1] & 0xFF;
        int length = first;
        if (first >= 128) {
            length = 0;
            for (int i = 0; i < (first & 0x7F) && at + 2 + i < der.length; i++) {
                length = length << 8 | der[at + 2 + i] & 0xFF;
            }
        }
        if (length < 0 || contentOffset(der, at) + length > der.length) {
            throw new IllegalArgumentException("the EC private key is cut off");
        }
        return length;
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] all = new byte[a.length + b.length];
        System.arraycopy(a, 0, all, 0, a.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }
}
