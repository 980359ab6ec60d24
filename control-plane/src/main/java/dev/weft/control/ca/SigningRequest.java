package dev.weft.control.ca;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * A parsed PKCS#10 request whose sender has proved that it holds the key: the self-signature is checked here, so no
 * unchecked request exists as a value.
 *
 * @param key the key to certify; EC P-256, P-384 or P-521, or RSA of 2048 to 8192 bits
 * @param uris the URI names it asks for; used to refuse, never to grant
 */
record SigningRequest(PublicKey key, ImmutableList<String> uris) {

    private static final int MAX_CHARS = 64 * 1024;
    private static final Set<Integer> EC_BITS = Set.of(256, 384, 521);
    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 8192;

    static SigningRequest parse(String pem) throws MalformedException {
        if (pem.length() > MAX_CHARS) {
            throw new MalformedException("csr: longer than " + MAX_CHARS + " characters");
        }
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            if (!(parser.readObject() instanceof PKCS10CertificationRequest request)) {
                throw new MalformedException("csr: not a PEM certificate request");
            }
            PublicKey key = new JcaPKCS10CertificationRequest(request).getPublicKey();
            checkKey(key);
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw new MalformedException("csr: signature does not match its key");
            }
            return new SigningRequest(key, uris(request));
        } catch (IOException
                | GeneralSecurityException
                | OperatorCreationException
                | PKCSException
                | IllegalArgumentException
                | ClassCastException
                | IllegalStateException e) {
            // The ASN.1 classes throw unchecked exceptions on malformed input; all mean the same to the sender.
            throw new MalformedException("csr: cannot be read", e);
        }
    }

    private static void checkKey(PublicKey key) throws MalformedException {
        switch (key) {
            case ECPublicKey ec -> {
                int bits = ec.getParams().getCurve().getField().getFieldSize();
                if (!EC_BITS.contains(bits)) {
                    throw new MalformedException(
                            "csr: found an EC key of " + bits + " bits, expected P-256, P-384 or P-521");
                }
            }
            case RSAPublicKey rsa -> {
                int bits = rsa.getModulus().bitLength();
                if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
                    throw new MalformedException("csr: found an RSA key of " + bits + " bits, expected " + MIN_RSA_BITS
                            + " to " + MAX_RSA_BITS);
                }
            }
            default ->
                throw new MalformedException("csr: found a key of type " + key.getAlgorithm() + ", expected EC or RSA");
        }
    }

    private static ImmutableList<String> uris(PKCS10CertificationRequest request) {
        ImmutableList.Builder<String> uris = ImmutableList.builder();
        for (Attribute attribute : request.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)) {
            for (var value : attribute.getAttrValues()) {
                GeneralNames names =
                        GeneralNames.fromExtensions(Extensions.getInstance(value), Extension.subjectAlternativeName);
                if (names != null) {
                    for (GeneralName name : names.getNames()) {
                        if (name.getTagNo() == GeneralName.uniformResourceIdentifier) {
                            uris.add(name.getName().toString());
                        }
                    }
                }
            }
        }
        return uris.build();
    }

    /** The request cannot be signed as it stands. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }

        MalformedException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
