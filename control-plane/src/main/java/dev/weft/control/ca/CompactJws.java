package dev.weft.control.ca;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;

/**
 * JSON Web Signature in compact form (RFC 7515), restricted to what we mint: one algorithm, ES256, chosen here and never
 * by the token's header. Pure; used by {@link WorkloadTokens}.
 *
 * <p>Stricter than the RFC on purpose: base64url must be canonical and unpadded, JSON members may not repeat, {@code
 * crit} is refused, and nothing of the payload is parsed before the signature holds.
 */
final class CompactJws {

    /** Longer than any service account token seen, short enough to bound the work of a hostile caller. */
    private static final int MAX_CHARS = 16 * 1024;

    private static final String ALGORITHM = "ES256";
    private static final String JCA_ALGORITHM = "SHA256withECDSAinP1363Format";
    private static final int SIGNATURE_BYTES = 64;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonParser.Feature.ALLOW_COMMENTS)
            .build();

    private CompactJws() {}

    /** Signs {@code payload}, which must be JSON. */
    static String sign(byte[] payload, PrivateKey key) throws GeneralSecurityException {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        byte[] header = "{\"alg\":\"ES256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.US_ASCII);
        String signed = base64.encodeToString(header) + "." + base64.encodeToString(payload);
        Signature signature = Signature.getInstance(JCA_ALGORITHM);
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + base64.encodeToString(signature.sign());
    }

    /** The payload of a token signed by {@code key}'s owner. */
    static JsonNode verify(String token, PublicKey key) throws InvalidTokenException {
        if (token.length() > MAX_CHARS) {
            throw new InvalidTokenException("token is longer than " + MAX_CHARS + " characters");
        }
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first <= 0 || second < 0 || token.indexOf('.', second + 1) >= 0) {
            throw new InvalidTokenException("token does not have three parts");
        }
        checkHeader(json(decode(token.substring(0, first)), "header"));
        byte[] signature = decode(token.substring(second + 1));
        if (signature.length != SIGNATURE_BYTES || !matches(token.substring(0, second), signature, key)) {
            throw new InvalidTokenException("token signature does not match");
        }
        return json(decode(token.substring(first + 1, second)), "payload");
    }

    private static void checkHeader(JsonNode header) throws InvalidTokenException {
        JsonNode algorithm = header.path("alg");
        if (!algorithm.isTextual() || !algorithm.textValue().equals(ALGORITHM)) {
            throw new InvalidTokenException("token algorithm is not " + ALGORITHM);
        }
        if (header.has("crit") || header.has("b64")) {
            throw new InvalidTokenException("token header has critical extensions");
        }
        JsonNode type = header.path("typ");
        if (!type.isMissingNode() && !"JWT".equalsIgnoreCase(type.textValue())) {
            throw new InvalidTokenException("token type is not JWT");
        }
    }

    private static boolean matches(String signed, byte[] signature, PublicKey key) throws InvalidTokenException {
        try {
            Signature verifier = Signature.getInstance(JCA_ALGORITHM);
            verifier.initVerify(key);
            verifier.update(signed.getBytes(StandardCharsets.US_ASCII));
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            throw new InvalidTokenException("token signature cannot be checked", e);
        }
    }

    private static byte[] decode(String part) throws InvalidTokenException {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw new InvalidTokenException("token is not base64url", e);
        }
        // The decoder also takes padding and stray low bits, so that one token would have several spellings.
        if (!Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) {
            throw new InvalidTokenException("token is not canonical base64url");
        }
        return bytes;
    }

    private static JsonNode json(byte[] bytes, String part) throws InvalidTokenException {
        try {
            JsonNode node = JSON.readTree(bytes);
            if (!node.isObject()) {
                throw new InvalidTokenException("token " + part + " is not a JSON object");
            }
            return node;
        } catch (IOException e) {
            throw new InvalidTokenException("token " + part + " is not JSON", e);
        }
    }

    /** The token is not one of ours. The message never quotes the token. */
    static final class InvalidTokenException extends Exception {
        private static final long serialVersionUID = 1L;

        InvalidTokenException(String message) {
            super(message);
        }

        InvalidTokenException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
