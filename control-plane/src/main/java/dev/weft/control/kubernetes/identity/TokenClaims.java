package dev.weft.control.kubernetes.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.errorprone.annotations.Immutable;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * What a service account token says of itself, unverified: enough to turn away what cannot be good before anybody asks the API server,
 * and to know until when a token that the API server vouched for may be believed. Never a reason to believe one.
 */
@Immutable
record TokenClaims(Instant expires, boolean forAudience) {

    /** Longer than any service account token seen. */
    private static final int MAX_CHARS = 16 * 1024;

    private static final JsonMapper JSON = new JsonMapper();

    /** Empty where {@code token} is no token of a service account. */
    static Optional<TokenClaims> read(String token, String audience) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (token.length() > MAX_CHARS || first <= 0 || second < 0 || token.indexOf('.', second + 1) >= 0) {
            return Optional.empty();
        }
        try {
            JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(token.substring(first + 1, second)));
            JsonNode expiry = claims.path("exp");
            if (!expiry.isIntegralNumber() || !expiry.canConvertToLong()) {
                return Optional.empty();
            }
            return Optional.of(new TokenClaims(
                    Instant.ofEpochSecond(Math.min(expiry.longValue(), Integer.MAX_VALUE)),
                    names(claims.path("aud"), audience)));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean names(JsonNode audience, String wanted) {
        return audience.isArray()
                ? audience.valueStream().anyMatch(entry -> wanted.equals(entry.textValue()))
                : wanted.equals(audience.textValue());
    }
}
