package dev.weft.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.RequestHead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadlinesTest {
    private static final long MS = 1_000_000;

    private final RequestHead request = new RequestHead();
    private final Deadlines deadlines = new Deadlines();

    @ParameterizedTest(name = "route {0} try {1}, asked {2} and {3} -> {4} and {5}, told {6}")
    @CsvSource(
            nullValues = "-",
            value = {
                "100, 0,  -,  -,  100, 0,  100",
                "0,   0,  -,  -,  0,   0,  -",
                "100, 30, -,  -,  100, 30, 30",
                "100, 100, -, -,  100, 0,  100",
                "0,   30, -,  -,  0,   30, 30",
                "100, 30, 50, -,  50,  30, 30",
                "100, 30, 20, -,  20,  0,  20",
                "100, 30, -,  10, 100, 10, 10",
                "100, 0,  0,  -,  0,   0,  -",
                "100, 0,  x,  -,  100, 0,  100",
            })
    void routeAndTry(
            long route, long perTry, String asked, String askedPerTry, long wantedRoute, long wantedTry, String told) {
        if (asked != null) {
            request.headers().add(HeaderName.X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS, asked);
        }
        if (askedPerTry != null) {
            request.headers().add(HeaderName.X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS, askedPerTry);
        }

        deadlines.compute(new Limits(route * MS, -1, -1, -1), rules(perTry), request, RouterOptions.DEFAULT);

        assertThat(deadlines.route()).isEqualTo(wantedRoute * MS);
        assertThat(deadlines.perTry()).isEqualTo(wantedTry * MS);
        assertThat(request.headers().text(HeaderName.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS))
                .isEqualTo(told);
        assertThat(request.headers().contains(HeaderName.X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS))
                .isFalse();
        assertThat(request.headers().contains(HeaderName.X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS))
                .isFalse();
    }

    @ParameterizedTest(name = "max {0}, cap {1}, grpc-timeout {2} -> {3} ns")
    @CsvSource({
        "-1, 0,         5S,   5000000000",
        "-1, 2000000000, 5S,  2000000000",
        "-1, 2000000000, 1S,  1000000000",
        "-1, -1,        5S,   0",
        "7,  0,         100u, 100000",
        "7,  0,         bad,  7",
        "7,  0,         123456789S, 7",
        "-1, 0,         1H,   3600000000000",
        "-1, 0,         2M,   120000000000",
        "-1, 0,         3m,   3000000",
        "-1, 0,         9n,   9",
    })
    void grpcTimeout(long maxStream, long cap, String header, long wanted) {
        request.headers().add(HeaderName.CONTENT_TYPE, "application/grpc+proto");
        request.headers().add(HeaderName.GRPC_TIMEOUT, header);

        deadlines.compute(new Limits(0, -1, maxStream, cap), null, request, RouterOptions.DEFAULT);

        assertThat(deadlines.stream()).isEqualTo(wanted);
    }

    @Test
    void grpcTimeoutOfOtherRequestsMeansNothing() {
        request.headers().add(HeaderName.GRPC_TIMEOUT, "5S");

        deadlines.compute(new Limits(0, -1, -1, 0), null, request, RouterOptions.DEFAULT);

        assertThat(deadlines.stream()).isZero();
    }

    @Test
    void suppressedHeadersAreNotAdded() {
        RouterOptions quiet = new RouterOptions(RouterOptions.EnvoyHeaders.SUPPRESSED, ImmutableSet.of(), 1);

        deadlines.compute(new Limits(100 * MS, -1, -1, -1), null, request, quiet);

        assertThat(request.headers().size()).isZero();
    }

    private static RetryRules rules(long perTryMillis) {
        return new RetryRules(
                0,
                1,
                new int[0],
                perTryMillis * MS,
                new RetryRules.HostSelection(0, false),
                new RetryRules.Backoff(25, 250));
    }
}
