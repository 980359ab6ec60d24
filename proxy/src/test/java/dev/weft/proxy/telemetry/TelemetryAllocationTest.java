package dev.weft.proxy.telemetry;

import static dev.weft.proxy.telemetry.TestExchanges.PEER;
import static dev.weft.proxy.telemetry.TestExchanges.REVIEWS;
import static dev.weft.proxy.telemetry.TestExchanges.SELF;
import static dev.weft.proxy.telemetry.TestExchanges.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.sun.management.ThreadMXBean;
import dev.weft.model.http.AccessLog;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.ExchangeObserver;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.HttpProtocol;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What observing an exchange allocates once everything was seen before: nothing. */
final class TelemetryAllocationTest {
    private static final int WARM_UP = 30_000;
    private static final int MEASURED = 20_000;
    private static final String ISTIO_TEXT = "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"
            + " %PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS%"
            + " \"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% %DURATION%"
            + " %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\""
            + " \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER_RAW%"
            + " %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME%"
            + " %ROUTE_NAME%\n";

    private final TestExchanges loop = new TestExchanges();

    @Test
    void countingARequestAllocatesNothing() {
        RequestMetrics metrics = new RequestMetrics(SELF, cluster -> Optional.empty());

        assertThat(bytesPerCall(metrics, Optional.empty())).isLessThan(0.5);
    }

    @Test
    void loggingARequestAsTextAllocatesNothing() {
        try (LogSink sink = LogSink.stream(OutputStream.nullOutputStream())) {
            AccessLogger logger =
                    new AccessLogger(AccessLogFormat.compile(new AccessLog.TextFormat(ISTIO_TEXT)), sink, false);

            assertThat(bytesPerCall(logger, Optional.of(sink))).isLessThan(1);
        }
    }

    @Test
    void loggingARequestAsJsonAllocatesNothing() {
        ImmutableMap<String, String> names = ImmutableMap.of(
                "start_time",
                "%START_TIME%",
                "method",
                "%REQ(:METHOD)%",
                "path",
                "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
                "response_code",
                "%RESPONSE_CODE%",
                "response_flags",
                "%RESPONSE_FLAGS%",
                "upstream_host",
                "%UPSTREAM_HOST%",
                "downstream_remote",
                "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
                "grpc",
                "%GRPC_STATUS%");
        try (LogSink sink = LogSink.stream(OutputStream.nullOutputStream())) {
            AccessLogger logger =
                    new AccessLogger(AccessLogFormat.compile(new AccessLog.JsonFormat(names)), sink, false);

            assertThat(bytesPerCall(logger, Optional.of(sink))).isLessThan(1);
        }
    }

    @Test
    void rememberingNoFailureAllocatesNothing() {
        assertThat(bytesPerCall(new RecentFailures(), Optional.empty())).isLessThan(0.5);
    }

    /** On average; buffers that grow or go round once in a while are in it. */
    private double bytesPerCall(ExchangeObserver observer, Optional<LogSink> sink) {
        Exchange exchange = loop.request(TestExchanges.inbound(TestExchanges.tls(REVIEWS, WEB)), x -> {});
        exchange.request().headers().add(HeaderName.USER_AGENT, "curl/8");
        exchange.downstreamPeer(PEER);
        exchange.upstream().cluster("inbound|9080||");
        exchange.upstream().host("10.0.0.2:9080", "reviews-1");
        exchange.upstream().connection(77, "10.0.0.1:555", HttpProtocol.HTTP_1_1, null);
        exchange.response().status(200);
        exchange.timings().responseEnd = exchange.timings().start + 3_000_000;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < WARM_UP; i++) {
            observer.done(exchange);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MEASURED; i++) {
            observer.done(exchange);
            // No disk is as fast as this loop is.
            while (i % 100 == 0 && sink.isPresent() && !sink.get().isCaughtUp()) {
                Thread.onSpinWait();
            }
        }
        double perCall = (threads.getCurrentThreadAllocatedBytes() - before) / (double) MEASURED;
        return perCall;
    }
}
