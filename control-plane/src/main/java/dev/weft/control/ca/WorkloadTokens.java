package dev.weft.control.ca;

import static com.google.common.base.Preconditions.checkArgument;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.control.ca.CompactJws.InvalidTokenException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Credentials of standalone workloads: tokens with the claims of a Kubernetes service account token, signed with a key
 * that lives in the mesh's state folder.
 *
 * <p>Two programs open the same key file: the launcher mints a token per workload, the control plane checks it. Whoever
 * comes first makes the key. Immutable, safe for many threads.
 */
public final class WorkloadTokens implements CallerAuthenticator {

    public static final String ISSUER = "weft-standalone";

    /** The audience Istio's agents put into their projected tokens. */
    public static final String AUDIENCE = "istio-ca";

    private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);
    private static final String SUBJECT_PREFIX = "system:serviceaccount:";
    private static final JsonMapper JSON = new JsonMapper();

    private final KeyPair key;
    private final InstantSource clock;

    WorkloadTokens(KeyPair key, InstantSource clock) {
        this.key = key;
        this.clock = clock;
    }

    /** Reads the key from {@code keyFile}, or makes it, readable by its owner only. */
    public static WorkloadTokens open(Path keyFile, InstantSource clock, SecureRandom random) {
        return new WorkloadTokens(KeyFiles.loadOrCreate(keyFile, random), clock);
    }

    /** A token that says its bearer is {@code identity} for as long as {@code lifetime}. */
    public String mint(CallerIdentity identity, Duration lifetime) {
        checkArgument(lifetime.isPositive(), "lifetime: must be positive: %s", lifetime);
        Instant now = clock.instant();
        ObjectNode claims = JSON.createObjectNode();
        claims.put("iss", ISSUER);
        claims.put("sub", SUBJECT_PREFIX + identity.namespace() + ":" + identity.serviceAccount());
        claims.putArray("aud").add(AUDIENCE);
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(lifetime).getEpochSecond());
        ObjectNode kubernetes = claims.putObject("kubernetes.io");
        kubernetes.put("namespace", identity.namespace());
        kubernetes.putObject("serviceaccount").put("name", identity.serviceAccount());
        if (!identity.pod().isEmpty()) {
            kubernetes.putObject("pod").put("name", identity.pod());
        }
        try {
            return CompactJws.sign(claims.toString().getBytes(StandardCharsets.UTF_8), key.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new AssertionError("P-256 key cannot sign", e);
        }
    }

    @Override
    public Authentication authenticate(String bearerToken) {
        try {
            JsonNode claims = CompactJws.verify(bearerToken, key.getPublic());
            CallerIdentity caller = identity(claims);
            return new Authentication.Authenticated(
                    caller,
                    Instant.ofEpochSecond(claims.path("exp").longValue()).plus(CLOCK_SKEW));
        } catch (InvalidTokenException e) {
            return new Authentication.Refused(String.valueOf(e.getMessage()));
        }
    }

    private CallerIdentity identity(JsonNode claims) throws InvalidTokenException {
        if (!ISSUER.equals(claims.path("iss").textValue())) {
            throw new InvalidTokenException("token issuer is not " + ISSUER);
        }
        if (!names(claims.path("aud"), AUDIENCE)) {
            throw new InvalidTokenException("token audience is not " + AUDIENCE);
        }
        checkTimes(claims);
        JsonNode kubernetes = claims.path("kubernetes.io");
        String namespace = text(kubernetes.path("namespace"), "namespace");
        String account = text(kubernetes.path("serviceaccount").path("name"), "service account");
        if (!(SUBJECT_PREFIX + namespace + ":" + account)
                .equals(claims.path("sub").textValue())) {
            throw new InvalidTokenException("token subject and kubernetes.io claims differ");
        }
        JsonNode pod = kubernetes.path("pod").path("name");
        try {
            return new CallerIdentity(namespace, account, pod.isMissingNode() ? "" : text(pod, "pod"));
        } catch (IllegalArgumentException e) {
            throw new InvalidTokenException("token claims are not Kubernetes names", e);
        }
    }

    private void checkTimes(JsonNode claims) throws InvalidTokenException {
        Instant now = clock.instant();
        JsonNode expiry = claims.path("exp");
        if (!expiry.isIntegralNumber()) {
            throw new InvalidTokenException("token has no expiry");
        }
        if (now.getEpochSecond() - expiry.longValue() >= CLOCK_SKEW.toSeconds()) {
            throw new InvalidTokenException("token has expired");
        }
        for (String claim : new String[] {"nbf", "iat"}) {
            JsonNode time = claims.path(claim);
            if (!time.isMissingNode() && !time.isIntegralNumber()) {
                throw new InvalidTokenException("token claim " + claim + " is not a time");
            }
            if (time.longValue() - now.getEpochSecond() > CLOCK_SKEW.toSeconds()) {
                throw new InvalidTokenException("token is not valid yet");
            }
        }
    }

    private static boolean names(JsonNode audience, String wanted) {
        if (audience.isArray()) {
            for (JsonNode entry : audience) {
                if (wanted.equals(entry.textValue())) {
                    return true;
                }
            }
            return false;
        }
        return wanted.equals(audience.textValue());
    }

    private static String text(JsonNode node, String what) throws InvalidTokenException {
        String value = node.textValue();
        if (value == null) {
            throw new InvalidTokenException("token does not name a " + what);
        }
        return value;
    }
}
