package dev.weft.cli.bootstrap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.cli.output.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;

/**
 * Makes the credential of a standalone workload: a token with the claims of a Kubernetes service account token, signed (ES256) with the
 * key in the control plane's state folder, which only this user can read. Immutable, safe for many threads.
 */
public final class TokenMint {
    /** Life of a token; a launcher renews it well before. */
    public static final Duration LIFETIME = Duration.ofHours(1);

    private static final String ISSUER = "weft-standalone";
    private static final String AUDIENCE = "istio-ca";
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final PrivateKey key;
    private final InstantSource clock;

    private TokenMint(PrivateKey key, InstantSource clock) {
        this.key = key;
        this.clock = clock;
    }

    /** @param keyFile PKCS #8 in PEM, as the control plane writes it */
    public static TokenMint open(Path keyFile, InstantSource clock) {
        try {
            String pem = Files.readString(keyFile, StandardCharsets.US_ASCII);
            byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
            return new TokenMint(KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der)), clock);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw Failure.noAnswer(
                            "cannot read the key for tokens in " + keyFile,
                            e.toString(),
                            "run as the user that started the control plane, or name its state folder with --state")
                    .causedBy(e);
        }
    }

    public String mint(Workload workload) {
        long now = clock.instant().getEpochSecond();
        ObjectNode claims = JsonNodeFactory.instance
                .objectNode()
                .put("iss", ISSUER)
                .put("sub", "system:serviceaccount:" + workload.namespace() + ":" + workload.serviceAccount())
                .put("iat", now)
                .put("exp", now + LIFETIME.toSeconds());
        claims.putArray("aud").add(AUDIENCE);
        ObjectNode kubernetes = claims.putObject("kubernetes.io").put("namespace", workload.namespace());
        kubernetes.putObject("serviceaccount").put("name", workload.serviceAccount());
        kubernetes.putObject("pod").put("name", workload.name());
        String signed = encode("{\"alg\":\"ES256\",\"typ\":\"JWT\"}") + "." + encode(claims.toString());
        try {
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(key);
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + BASE64.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw Failure.noAnswer("cannot sign a token", e.toString(), "the key must be EC P-256")
                    .causedBy(e);
        }
    }

    private static String encode(String json) {
        return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
