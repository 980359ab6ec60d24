package dev.weft.control.ca;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadTokensTest {
    private static final CallerIdentity REVIEWS = new CallerIdentity("shop", "reviews", "reviews-v1");
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    @TempDir
    Path state;

    private final SettableClock clock = new SettableClock();
    private final KeyPair key = KeyFiles.generate(new SecureRandom());
    private WorkloadTokens tokens;

    @BeforeEach
    void open() {
        tokens = new WorkloadTokens(key, clock);
    }

    private String reason(String token) {
        Authentication result = tokens.authenticate(token);
        assertThat(result).isInstanceOf(Authentication.Refused.class);
        return ((Authentication.Refused) result).reason();
    }

    /** A token that is ours in everything but what {@code edit} does to its claims. */
    private String withClaims(UnaryOperator<String> edit) throws Exception {
        String payload = new String(
                Base64.getUrlDecoder()
                        .decode(tokens.mint(REVIEWS, Duration.ofHours(1)).split("\\.")[1]),
                UTF_8);
        String edited = edit.apply(payload);
        assertThat(edited).isNotEqualTo(payload);
        return CompactJws.sign(edited.getBytes(UTF_8), key.getPrivate());
    }

    @Test
    void knowsTheBearerOfItsOwnToken() {
        assertThat(tokens.authenticate(tokens.mint(REVIEWS, Duration.ofHours(1))))
                .isInstanceOfSatisfying(
                        Authentication.Authenticated.class,
                        good -> assertThat(good.caller()).isEqualTo(REVIEWS));
    }

    @Test
    void sharesItsKeyThroughAFileOfTheOwner() throws Exception {
        Path file = state.resolve("token-key.pem");
        WorkloadTokens launcher = WorkloadTokens.open(file, clock, new SecureRandom());
        WorkloadTokens controlPlane = WorkloadTokens.open(file, clock, new SecureRandom());

        assertThat(controlPlane.authenticate(launcher.mint(REVIEWS, Duration.ofHours(1))))
                .isInstanceOfSatisfying(
                        Authentication.Authenticated.class,
                        good -> assertThat(good.caller()).isEqualTo(REVIEWS));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(state.toFile().list()).containsExactly("token-key.pem");
    }

    @Test
    void refusesAnExpiredToken() {
        String token = tokens.mint(REVIEWS, Duration.ofHours(1));

        clock.pass(Duration.ofHours(1).plusSeconds(29));
        assertThat(tokens.authenticate(token))
                .isInstanceOfSatisfying(
                        Authentication.Authenticated.class,
                        good -> assertThat(good.expires())
                                .isBetween(clock.instant(), clock.instant().plusSeconds(1)));
        clock.pass(Duration.ofSeconds(1));
        assertThat(reason(token)).isEqualTo("token has expired");
    }

    @Test
    void refusesATokenOfTheFuture() throws Exception {
        long later = clock.instant().getEpochSecond() + 60;

        assertThat(reason(withClaims(claims -> claims.replace("{\"iss\"", "{\"nbf\":" + later + ",\"iss\""))))
                .isEqualTo("token is not valid yet");
    }

    @Test
    void refusesAnotherAudience() throws Exception {
        assertThat(reason(withClaims(claims -> claims.replace("istio-ca", "vault"))))
                .isEqualTo("token audience is not istio-ca");
    }

    @Test
    void refusesAnotherIssuer() throws Exception {
        assertThat(reason(withClaims(claims -> claims.replace("weft-standalone", "kubernetes"))))
                .isEqualTo("token issuer is not weft-standalone");
    }

    @Test
    void refusesATokenWithoutExpiry() throws Exception {
        assertThat(reason(withClaims(claims -> claims.replaceAll("\"exp\":\\d+", "\"exp\":null"))))
                .isEqualTo("token has no expiry");
    }

    @Test
    void refusesASubjectThatIsNotTheAccount() throws Exception {
        assertThat(reason(withClaims(claims -> claims.replace("serviceaccount:shop:reviews", "serviceaccount:shop:x"))))
                .isEqualTo("token subject and kubernetes.io claims differ");
    }

    @Test
    void refusesAnAccountThatWouldSpellAnotherIdentity() throws Exception {
        assertThat(reason(withClaims(
                        claims -> claims.replace("shop:reviews", "shop:a/sa/b").replace("\"reviews\"", "\"a/sa/b\""))))
                .isEqualTo("token claims are not Kubernetes names");
    }

    @Test
    void refusesAClaimThatStandsTwice() throws Exception {
        assertThat(reason(withClaims(claims -> claims.replace("{\"iss\"", "{\"exp\":1,\"iss\""))))
                .isEqualTo("token payload is not JSON");
    }

    @Test
    void refusesATokenWithoutAlgorithm() {
        String payload = tokens.mint(REVIEWS, Duration.ofHours(1)).split("\\.")[1];
        String header = BASE64.encodeToString("{\"alg\":\"none\"}".getBytes(UTF_8));

        assertThat(reason(header + "." + payload + ".")).isEqualTo("token algorithm is not ES256");
    }

    @Test
    void refusesAMacMadeWithThePublicKey() throws Exception {
        String payload = tokens.mint(REVIEWS, Duration.ofHours(1)).split("\\.")[1];
        String signed = BASE64.encodeToString("{\"alg\":\"HS256\"}".getBytes(UTF_8)) + "." + payload;
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getPublic().getEncoded(), "HmacSHA256"));

        assertThat(reason(signed + "." + BASE64.encodeToString(mac.doFinal(signed.getBytes(UTF_8)))))
                .isEqualTo("token algorithm is not ES256");
    }

    @Test
    void refusesAChangedPayloadAndAForeignKey() {
        String[] mine = tokens.mint(REVIEWS, Duration.ofHours(1)).split("\\.");
        String[] other = tokens.mint(new CallerIdentity("shop", "ratings", ""), Duration.ofHours(1))
                .split("\\.");
        WorkloadTokens stranger = new WorkloadTokens(KeyFiles.generate(new SecureRandom()), clock);

        assertThat(reason(mine[0] + "." + other[1] + "." + mine[2])).isEqualTo("token signature does not match");
        assertThat(reason(stranger.mint(REVIEWS, Duration.ofHours(1)))).isEqualTo("token signature does not match");
    }

    @Test
    void refusesASignatureOfZeros() {
        String[] parts = tokens.mint(REVIEWS, Duration.ofHours(1)).split("\\.");

        assertThat(reason(parts[0] + "." + parts[1] + "." + BASE64.encodeToString(new byte[64])))
                .isEqualTo("token signature does not match");
    }

    @Test
    void refusesAnotherSpellingOfTheSameToken() {
        String token = tokens.mint(REVIEWS, Duration.ofHours(1));

        assertThat(reason(token + "==")).isEqualTo("token is not canonical base64url");
        assertThat(reason(token + ".x")).isEqualTo("token does not have three parts");
    }

    @Test
    void refusesWhatIsNoToken() {
        for (String token :
                new String[] {"", ".", "..", "a.b.c", "{}.{}.{}", "\u00e9.\u00e9.\u00e9", "x".repeat(20_000)}) {
            assertThat(tokens.authenticate(token)).isInstanceOf(Authentication.Refused.class);
        }
    }
}
