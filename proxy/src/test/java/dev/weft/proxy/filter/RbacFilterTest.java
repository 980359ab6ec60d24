package dev.weft.proxy.filter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.model.match.StringMatch;
import dev.weft.model.rbac.Permission;
import dev.weft.model.rbac.Principal;
import dev.weft.model.rbac.RbacConfig;
import dev.weft.model.rbac.RbacConfig.Action;
import dev.weft.model.rbac.RbacPolicy;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.FilterAction;
import dev.weft.proxy.telemetry.TestExchanges;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RbacFilterTest {
    private static final ConnectionFacts FROM_REVIEWS =
            TestExchanges.inbound(TestExchanges.tls(TestExchanges.REVIEWS, TestExchanges.WEB));

    private final TestExchanges loop = new TestExchanges();

    @Test
    void answers403AndNamesThePolicyThatRefused() {
        RbacFilter filter =
                filter(rules(Action.DENY, "ns[shop]-policy[no reviews]-rule[0]", TestExchanges.REVIEWS), null);

        Exchange exchange = send(FROM_REVIEWS, filter);

        assertThat(exchange.response().status()).isEqualTo(403);
        assertThat(loop.client.body).hasToString("RBAC: access denied");
        assertThat(exchange.details())
                .isEqualTo("rbac_access_denied_matched_policy[ns[shop]-policy[no_reviews]-rule[0]]");
        assertThat(exchange.failure()).isEqualTo(FailureReason.RBAC_DENIED);
        assertThat(exchange.flags()).isZero();
        assertThat(filter.counts().denied()).isEqualTo(1);
    }

    @Test
    void refusesWhomNoPolicyAllows() {
        RbacFilter filter = filter(rules(Action.ALLOW, "only-web", TestExchanges.WEB), null);

        Exchange exchange = send(FROM_REVIEWS, filter);

        assertThat(exchange.response().status()).isEqualTo(403);
        assertThat(exchange.details()).isEqualTo("rbac_access_denied_matched_policy[none]");
    }

    @Test
    void letsThroughWhomAPolicyAllows() {
        RbacFilter filter = filter(rules(Action.ALLOW, "reviews", TestExchanges.REVIEWS), null);

        Exchange exchange = send(FROM_REVIEWS, filter);

        assertThat(exchange.failure()).isNull();
        assertThat(filter.counts().allowed()).isEqualTo(1);
    }

    @Test
    void takesAPeerWithoutACertificateForNobody() {
        RbacFilter filter = filter(rules(Action.ALLOW, "reviews", TestExchanges.REVIEWS), null);

        assertThat(send(TestExchanges.inbound(null), filter).response().status())
                .isEqualTo(403);
    }

    @Test
    void asksDenyBeforeAllow() {
        RbacFilter deny = filter(rules(Action.DENY, "deny", TestExchanges.REVIEWS), null);
        RbacFilter allow = filter(rules(Action.ALLOW, "allow", TestExchanges.REVIEWS), null);

        Exchange exchange = send(FROM_REVIEWS, deny, allow);

        assertThat(exchange.details()).isEqualTo("rbac_access_denied_matched_policy[deny]");
        assertThat(allow.counts().allowed()).as("it was not asked").isZero();
    }

    @Test
    void onlyCountsWhatShadowRulesSay() {
        RbacFilter filter = filter(null, rules(Action.DENY, "dry", TestExchanges.REVIEWS));

        assertThat(send(FROM_REVIEWS, filter).failure()).isNull();
        assertThat(filter.onRequestHead(loop.request(TestExchanges.inbound(null), x -> {}), true))
                .isEqualTo(FilterAction.CONTINUE);

        assertThat(filter.counts().shadowDenied()).isEqualTo(1);
        assertThat(filter.counts().shadowAllowed()).isEqualTo(1);
        assertThat(filter.counts().denied() + filter.counts().allowed()).isZero();
    }

    @Test
    void decidesAnewForEachRequestOfAConnection() {
        RbacConfig byPath = new RbacConfig(
                Action.DENY,
                ImmutableList.of(new RbacPolicy(
                        "path",
                        ImmutableList.of(new Permission.UrlPath(StringMatch.exact("/reviews/7"))),
                        ImmutableList.of(new Principal.Any()))));

        assertThat(send(FROM_REVIEWS, filter(byPath, null)).response().status()).isEqualTo(403);
        Exchange other = loop.request(FROM_REVIEWS, x -> {}, filter(byPath, null));
        other.request().path("/reviews/8");
        other.toUpstream().onRequestHead(true);
        assertThat(other.failure()).isNull();
    }

    private Exchange send(ConnectionFacts from, RbacFilter... filters) {
        Exchange exchange = loop.request(from, x -> {}, filters);
        exchange.toUpstream().onRequestHead(true);
        return exchange;
    }

    private static RbacFilter filter(@Nullable RbacConfig rules, @Nullable RbacConfig shadow) {
        return new RbacFilter("envoy.filters.http.rbac", rules, shadow);
    }

    private static RbacConfig rules(Action action, String policy, String principal) {
        return new RbacConfig(
                action,
                ImmutableList.of(new RbacPolicy(
                        policy,
                        ImmutableList.of(new Permission.Any()),
                        ImmutableList.of(new Principal.Authenticated(Optional.of(StringMatch.exact(principal)))))));
    }
}
