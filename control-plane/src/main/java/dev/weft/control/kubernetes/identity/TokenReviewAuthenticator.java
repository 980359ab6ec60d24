package dev.weft.control.kubernetes.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.collect.ImmutableList;
import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import dev.weft.control.ca.Authentication;
import dev.weft.control.ca.CallerAuthenticator;
import dev.weft.control.ca.CallerIdentity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who a workload is, by its projected token: the API server's word, believed for a minute, a refusal for some seconds. Stands where
 * {@link dev.weft.control.ca.WorkloadTokens} stands without a cluster; safe for many threads; blocks for as long as a review takes.
 *
 * <p>The surprising rule: while the API server is away a token that it once accepted is good until it expires, so that neither
 * reconnecting streams nor rotations fail with it; a token that nobody vouched for gets "try again", never a no. Tokens are remembered by
 * digest only.
 */
public final class TokenReviewAuthenticator implements CallerAuthenticator {

    /** The audience of the projected tokens, Istio's. */
    public static final String AUDIENCE = "istio-ca";

    static final Duration BELIEVED = Duration.ofMinutes(1);
    static final Duration REFUSED = Duration.ofSeconds(10);

    private static final int REMEMBERED = 50_000;
    private static final String ACCOUNT_PREFIX = "system:serviceaccount:";
    private static final String POD_NAME = "authentication.kubernetes.io/pod-name";

    private final TokenReviews reviews;
    private final InstantSource clock;
    private final Cache<HashCode, Verdict> verdicts =
            CacheBuilder.newBuilder().maximumSize(REMEMBERED).build();
    private final ConcurrentHashMap<HashCode, CompletableFuture<Authentication>> running = new ConcurrentHashMap<>();

    public TokenReviewAuthenticator(KubernetesClient client, InstantSource clock) {
        this.reviews = new TokenReviews(client);
        this.clock = clock;
    }

    /** What was said of a token, and until when that need not be asked again. */
    private record Verdict(Authentication authentication, Instant freshUntil, Instant goodUntil) {}

    @Override
    public Authentication authenticate(String bearerToken) {
        Optional<TokenClaims> read = TokenClaims.read(bearerToken, AUDIENCE);
        if (read.isEmpty()) {
            return new Authentication.Refused("not a service account token with an expiry");
        }
        TokenClaims claims = read.get();
        Instant now = clock.instant();
        if (!claims.expires().isAfter(now)) {
            return new Authentication.Refused("token has expired");
        }
        if (!claims.forAudience()) {
            return new Authentication.Refused("token audience is not " + AUDIENCE);
        }
        HashCode digest = Hashing.sha256().hashString(bearerToken, UTF_8);
        Verdict known = verdicts.getIfPresent(digest);
        if (known != null && now.isBefore(known.freshUntil())) {
            return known.authentication();
        }
        return once(digest, bearerToken, claims);
    }

    /** A proxy starts with several calls at once: one review answers them all. */
    private Authentication once(HashCode digest, String token, TokenClaims claims) {
        CompletableFuture<Authentication> mine = new CompletableFuture<>();
        CompletableFuture<Authentication> first = running.putIfAbsent(digest, mine);
        if (first != null) {
            return first.join();
        }
        Authentication result = new Authentication.Unavailable("token review failed");
        try {
            result = review(digest, token, claims);
        } finally {
            running.remove(digest);
            mine.complete(result);
        }
        return result;
    }

    private Authentication review(HashCode digest, String token, TokenClaims claims) {
        List<String> audiences = ImmutableList.of(AUDIENCE);
        return switch (reviews.review(token, audiences)) {
            case TokenReviews.Review.Good(TokenReviews.User user) ->
                remember(digest, identity(user, claims.expires()), claims.expires());
            case TokenReviews.Review.Bad(String reason) ->
                remember(digest, new Authentication.Refused(reason), claims.expires());
            case TokenReviews.Review.Away() -> away(digest);
        };
    }

    private Authentication remember(HashCode digest, Authentication authentication, Instant expires) {
        Instant fresh =
                clock.instant().plus(authentication instanceof Authentication.Authenticated ? BELIEVED : REFUSED);
        verdicts.put(digest, new Verdict(authentication, fresh.isBefore(expires) ? fresh : expires, expires));
        return authentication;
    }

    private Authentication away(HashCode digest) {
        Verdict known = verdicts.getIfPresent(digest);
        return known != null
                        && known.authentication() instanceof Authentication.Authenticated
                        && clock.instant().isBefore(known.goodUntil())
                ? known.authentication()
                : new Authentication.Unavailable("the API server, which vouches for tokens, does not answer");
    }

    private static Authentication identity(TokenReviews.User user, Instant expires) {
        String name = user.name();
        int colon = name.indexOf(':', ACCOUNT_PREFIX.length());
        if (!name.startsWith(ACCOUNT_PREFIX) || colon < 0) {
            return new Authentication.Refused("the token is not of a service account");
        }
        try {
            return new Authentication.Authenticated(
                    new CallerIdentity(
                            name.substring(ACCOUNT_PREFIX.length(), colon),
                            name.substring(colon + 1),
                            user.extra(POD_NAME)),
                    expires);
        } catch (IllegalArgumentException e) {
            return new Authentication.Refused("the token names no service account");
        }
    }
}
