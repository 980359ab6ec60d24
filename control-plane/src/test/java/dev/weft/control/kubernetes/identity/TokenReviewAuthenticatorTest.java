package dev.weft.control.kubernetes.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.control.ca.Authentication;
import dev.weft.control.ca.CallerIdentity;
import dev.weft.control.ca.PageAccess.Decision;
import dev.weft.control.ca.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenReviewAuthenticatorTest {
    private final SettableClock clock = new SettableClock();
    private final Instant expires = clock.instant().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
    private final Authentication reviews =
            new Authentication.Authenticated(new CallerIdentity("shop", "reviews", "reviews-v1-abc"), expires);
    private FakeApiServer cluster;
    private TokenReviewAuthenticator authenticator;
    private String token;

    @BeforeEach
    void start() {
        cluster = new FakeApiServer();
        authenticator = new TokenReviewAuthenticator(cluster.shared(), clock);
        token = cluster.token("shop", "reviews", "reviews-v1-abc", expires);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void readsAccountAndPodFromTheReviewAndAsksOnceAMinute() {
        assertThat(authenticator.authenticate(token)).isEqualTo(reviews);
        assertThat(authenticator.authenticate(token)).isEqualTo(reviews);
        assertThat(cluster.reviews()).isEqualTo(1);

        clock.pass(TokenReviewAuthenticator.BELIEVED);
        assertThat(authenticator.authenticate(token)).isEqualTo(reviews);
        assertThat(cluster.reviews()).isEqualTo(2);
    }

    @Test
    void refusesAPodThatIsGoneWithinAMinute() {
        authenticator.authenticate(token);

        cluster.forget(token);
        clock.pass(TokenReviewAuthenticator.BELIEVED);

        assertThat(authenticator.authenticate(token)).isInstanceOf(Authentication.Refused.class);
    }

    @Test
    void refusesWithoutAskingWhatCannotBeGood() {
        String elsewhere = FakeApiServer.token("other", clock.instant().plus(Duration.ofHours(1)));
        String expired = FakeApiServer.token("istio-ca", clock.instant());

        for (String bad : new String[] {"", "opaque", "a.b.c", elsewhere, expired, "x".repeat(100_000)}) {
            assertThat(authenticator.authenticate(bad)).isInstanceOf(Authentication.Refused.class);
        }
        assertThat(cluster.reviews()).isZero();
    }

    @Test
    void refusesWhatTheServerDidNotCheckForOurAudience() {
        for (String audiences : new String[] {"[]", "[\"https://kubernetes.default.svc\"]", "null"}) {
            cluster.say(token, tree("""
                    {"authenticated": true, "audiences": %s, "user": {"username": "system:serviceaccount:shop:reviews"}}
                    """.formatted(audiences)));

            assertThat(authenticator.authenticate(token)).isInstanceOf(Authentication.Refused.class);
            clock.pass(TokenReviewAuthenticator.REFUSED);
        }
    }

    @Test
    void refusesWhoIsNoServiceAccount() {
        for (String name : new String[] {
            "admin", "system:serviceaccount:shop", "system:serviceaccount:shop/evil:x", "system:serviceaccount:a:b:c"
        }) {
            cluster.say(
                    token,
                    tree("{\"authenticated\": true, \"audiences\": [\"istio-ca\"], \"user\": {\"username\": \"" + name
                            + "\"}}"));

            assertThat(authenticator.authenticate(token)).as(name).isInstanceOf(Authentication.Refused.class);
            clock.pass(TokenReviewAuthenticator.REFUSED);
        }
    }

    @Test
    void remembersARefusalForSeconds() {
        String unknown = FakeApiServer.token("istio-ca", clock.instant().plus(Duration.ofHours(1)));

        authenticator.authenticate(unknown);
        assertThat(authenticator.authenticate(unknown)).isInstanceOf(Authentication.Refused.class);
        assertThat(cluster.reviews()).isEqualTo(1);

        clock.pass(TokenReviewAuthenticator.REFUSED);
        authenticator.authenticate(unknown);
        assertThat(cluster.reviews()).isEqualTo(2);
    }

    @Test
    void goesOnWithWhomItKnowsWhileTheServerIsAwayAndAsksStrangersToComeBack() {
        String stranger =
                cluster.token("shop", "ratings", "ratings-v1", clock.instant().plus(Duration.ofHours(1)));
        authenticator.authenticate(token);

        cluster.away(true);
        clock.pass(Duration.ofMinutes(50));
        assertThat(authenticator.authenticate(token)).isEqualTo(reviews);
        assertThat(authenticator.authenticate(stranger)).isInstanceOf(Authentication.Unavailable.class);

        clock.pass(Duration.ofMinutes(10));
        assertThat(authenticator.authenticate(token)).isInstanceOf(Authentication.Refused.class);
    }

    @Test
    void saysNothingOfATokenToAnybody() {
        cluster.away(true);

        assertThat(authenticator.authenticate(token).toString()).doesNotContain(token);
    }

    @Test
    void letsThoseReadPagesWhoMayReachThemThroughTheApiServer() {
        ReviewedAccess access = new ReviewedAccess(cluster.shared(), "weft-system", "weft-control", clock);

        assertThat(access.decide(cluster.operator("admin", true))).isEqualTo(Decision.GRANTED);
        assertThat(access.decide(cluster.operator("guest", false))).isEqualTo(Decision.FORBIDDEN);
        assertThat(access.decide("nobody's")).isEqualTo(Decision.UNAUTHENTICATED);
        assertThat(access.decide("")).isEqualTo(Decision.UNAUTHENTICATED);
        cluster.away(true);
        assertThat(access.decide("somebody's")).isEqualTo(Decision.UNAVAILABLE);
        assertThat(access.decide("token-of-admin")).isEqualTo(Decision.GRANTED);
        clock.pass(Duration.ofMinutes(1));
        assertThat(access.decide("token-of-admin")).isEqualTo(Decision.UNAVAILABLE);
    }

    private static ObjectNode tree(String text) {
        try {
            return (ObjectNode) new JsonMapper().readTree(text);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }
}
