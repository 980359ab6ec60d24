package dev.weft.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.route.RetryPolicy;
import dev.weft.model.route.RetryPolicy.On;
import dev.weft.proxy.cluster.CircuitBreaker;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.ResponseHead;
import dev.weft.proxy.route.RetryState.Verdict;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryStateTest {
    private final RetryState state = new RetryState();
    private final CircuitBreaker breaker = new CircuitBreaker(CircuitBreakers.DEFAULT);

    @ParameterizedTest(name = "{0}: {1} -> {2}")
    @CsvSource({
        "5xx,500,true",
        "5xx,599,true",
        "5xx,404,false",
        "5xx,200,false",
        "gateway-error,502,true",
        "gateway-error,504,true",
        "gateway-error,500,false",
        "retriable-4xx,409,true",
        "retriable-4xx,429,false",
        "retriable-status-codes,418,true",
        "retriable-status-codes,503,false",
        "reset,503,false",
        "connect-failure,503,false",
        "envoy-ratelimited,429,false",
    })
    void statusesByCondition(String condition, int status, boolean retried) {
        state.begin(RetryRules.of(policy(condition, 418)), new Headers());

        assertThat(state.isRetriable(response(status))).isEqualTo(retried);
    }

    @ParameterizedTest(name = "{0}: {1}, sent {2} -> {3}")
    @CsvSource({
        "connect-failure,CONNECT_FAILURE,false,true",
        "connect-failure,CONNECT_TIMEOUT,false,true",
        "connect-failure,LOCAL_CONNECT_FAILURE,false,true",
        "connect-failure,UPSTREAM_CLOSED,true,false",
        "reset,UPSTREAM_CLOSED,true,true",
        "reset,CONNECT_FAILURE,false,true",
        "reset,OVERFLOW,false,false",
        "reset-before-request,UPSTREAM_CLOSED,true,false",
        "reset-before-request,CONNECT_FAILURE,false,true",
        "5xx,UPSTREAM_RESET,true,true",
        "5xx,OVERFLOW,false,false",
        "gateway-error,UPSTREAM_CLOSED,true,true",
        "gateway-error,CONNECT_FAILURE,false,true",
        "refused-stream,UPSTREAM_REFUSED_STREAM,true,true",
        "refused-stream,UPSTREAM_RESET,true,false",
        "retriable-4xx,UPSTREAM_CLOSED,true,false",
        "unavailable,UPSTREAM_CLOSED,true,false",
    })
    void resetsByCondition(String condition, FailureReason reason, boolean sent, boolean retried) {
        state.begin(RetryRules.of(policy(condition)), new Headers());

        assertThat(state.isRetriable(reason, sent)).isEqualTo(retried);
    }

    @ParameterizedTest(name = "{0}: grpc-status {1} -> {2}")
    @CsvSource({
        "cancelled,1,true",
        "deadline-exceeded,4,true",
        "resource-exhausted,8,true",
        "internal,13,true",
        "unavailable,14,true",
        "unavailable,13,false",
        "cancelled,0,false",
    })
    void grpcStatusInTheHeadByCondition(String condition, int grpcStatus, boolean retried) {
        state.begin(RetryRules.of(policy(condition)), new Headers());
        ResponseHead head = response(200);
        head.headers().add(HeaderName.GRPC_STATUS, grpcStatus);

        assertThat(state.isRetriable(head)).isEqualTo(retried);
    }

    @Test
    void rateLimitedResponsesAreRetriedOnlyOnTheirOwnCondition() {
        ResponseHead limited = response(503);
        limited.headers().add(HeaderName.X_ENVOY_RATELIMITED, "true");

        state.begin(RetryRules.of(policy("5xx")), new Headers());
        assertThat(state.isRetriable(limited)).isFalse();

        state.begin(RetryRules.of(policy("envoy-ratelimited")), new Headers());
        assertThat(state.isRetriable(limited)).isTrue();
    }

    @Test
    void verdictsComeInEnvoysOrder() {
        CircuitBreaker none = new CircuitBreaker(new CircuitBreakers(1, 1, 1, 0));
        state.begin(RetryRules.of(policy("5xx")), new Headers());

        assertThat(state.decide(false, none)).isEqualTo(Verdict.GIVE_UP);
        assertThat(state.decide(true, none)).isEqualTo(Verdict.OVERFLOW);
        assertThat(state.decide(true, breaker)).isEqualTo(Verdict.RETRY);
        // the attempt that overflowed counts, as in Envoy: two were allowed
        assertThat(state.decide(true, breaker)).isEqualTo(Verdict.LIMIT_EXCEEDED);
        assertThat(breaker.retries()).isEqualTo(1);
    }

    @Test
    void callersHeadersAddConditionsAndSetTheNumber() {
        Headers request = new Headers();
        request.add(HeaderName.X_ENVOY_RETRY_ON, "gateway-error, nonsense,retriable-status-codes");
        request.add(HeaderName.X_ENVOY_RETRY_GRPC_ON, "unavailable,5xx");
        request.add(HeaderName.X_ENVOY_MAX_RETRIES, "7");
        request.add(HeaderName.X_ENVOY_RETRIABLE_STATUS_CODES, "404, x, 429");

        state.begin(null, request);

        assertThat(state.isRetriable(response(502))).isTrue();
        assertThat(state.isRetriable(response(404))).isTrue();
        assertThat(state.isRetriable(response(429))).isTrue();
        assertThat(state.isRetriable(response(500))).isFalse();
        for (int i = 0; i < 3; i++) {
            assertThat(state.decide(true, breaker)).isEqualTo(Verdict.RETRY);
        }
        assertThat(request.size()).isZero();
    }

    @Test
    void withoutPolicyAndHeadersNothingIsRetried() {
        state.begin(null, new Headers());

        assertThat(state.mayRetry()).isFalse();
        assertThat(state.isRetriable(response(503))).isFalse();
        assertThat(state.isRetriable(FailureReason.CONNECT_FAILURE, false)).isFalse();
    }

    @Test
    void oneRetryIsGivenWhereOnlyHeadersAsk() {
        Headers request = new Headers();
        request.add(HeaderName.X_ENVOY_RETRY_ON, "5xx");
        state.begin(null, request);

        assertThat(state.decide(true, breaker)).isEqualTo(Verdict.RETRY);
        assertThat(state.decide(true, breaker)).isEqualTo(Verdict.LIMIT_EXCEEDED);
    }

    @Test
    void backoffHasFullJitterBelowGrowingBounds() {
        RetryRules.Backoff backoff = RetryRules.of(policy("5xx")).backoff();
        assertThat(backoff.bound(1)).isEqualTo(25);
        assertThat(backoff.bound(2)).isEqualTo(75);
        assertThat(backoff.bound(3)).isEqualTo(175);
        assertThat(backoff.bound(4)).isEqualTo(250);
        assertThat(backoff.bound(200)).isEqualTo(250);

        state.begin(RetryRules.of(policy("5xx")), new Headers());
        state.decide(true, breaker);
        long most = 0;
        long least = Long.MAX_VALUE;
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1000; i++) {
            long wait = state.backoffNanos(random);
            most = Math.max(most, wait);
            least = Math.min(least, wait);
        }
        assertThat(most).isEqualTo(24_000_000);
        assertThat(least).isZero();
    }

    private static ResponseHead response(int status) {
        ResponseHead head = new ResponseHead();
        head.status(status);
        return head;
    }

    private static RetryPolicy policy(String condition, Integer... statuses) {
        return new RetryPolicy(
                ImmutableSet.of(On.ofToken(condition).orElseThrow()),
                2,
                Optional.empty(),
                ImmutableList.copyOf(statuses),
                true,
                5,
                Duration.ofMillis(25),
                Optional.empty());
    }
}
