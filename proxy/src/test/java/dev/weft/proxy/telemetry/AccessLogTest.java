package dev.weft.proxy.telemetry;

import static dev.weft.proxy.telemetry.TestExchanges.REVIEWS;
import static dev.weft.proxy.telemetry.TestExchanges.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import dev.weft.model.http.AccessLog;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.ResponseFlag;
import dev.weft.xds.json.JsonReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AccessLogTest {
    private static final HeaderName USER_AGENT = HeaderName.USER_AGENT;

    private final TestExchanges loop = new TestExchanges();

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "%START_TIME%~2026-11-21T12:00:00.123Z",
                "%START_TIME(%Y/%m/%d %H:%M:%S.%3f)%~2026/11/21 12:00:00.123",
                "%START_TIME(%s)%~1795262400",
                "%START_TIME(%b %d it''s %T)%~Nov 21 it''s 12:00:00",
                "%REQ(:METHOD)%~GET",
                "%REQ(:PATH)%~/reviews/7?user=jo",
                "%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%~/reviews/7",
                "%REQ(:AUTHORITY)%~reviews:9080",
                "%REQ(:SCHEME)%~http",
                "%REQ(USER-AGENT)%~curl/8",
                "%REQ(USER-AGENT):4%~curl",
                "%REQ(X-MISSING?USER-AGENT)%~curl/8",
                "%REQ(X-MISSING)%~-",
                "%REQ(X-MISSING?X-MISSING-TOO)%~-",
                "%RESP(X-SPEED)%~fast",
                "%RESP(:STATUS)%~503",
                "%TRAILER(X-END)%~done",
                "%PROTOCOL%~HTTP/1.1",
                "%UPSTREAM_PROTOCOL%~HTTP/2",
                "%RESPONSE_CODE%~503",
                "%RESPONSE_CODE_DETAILS%~why_it_failed",
                "%RESPONSE_FLAGS%~UF,URX",
                "%RESPONSE_FLAGS_LONG%~UpstreamConnectionFailure,UpstreamRetryLimitExceeded",
                "%WEFT_REASON%~connect-failure",
                "%CONNECTION_TERMINATION_DETAILS%~-",
                "%UPSTREAM_TRANSPORT_FAILURE_REASON%~refused",
                "%BYTES_RECEIVED%~12",
                "%BYTES_SENT%~34",
                "%DURATION%~50",
                "%REQUEST_DURATION%~2",
                "%REQUEST_TX_DURATION%~3",
                "%RESPONSE_DURATION%~40",
                "%RESPONSE_TX_DURATION%~10",
                "%UPSTREAM_HOST%~10.0.0.2:9080",
                "%UPSTREAM_REMOTE_ADDRESS%~10.0.0.2:9080",
                "%UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%~10.0.0.2",
                "%UPSTREAM_REMOTE_PORT%~9080",
                "%UPSTREAM_HOST_NAME%~reviews-1",
                "%UPSTREAM_CLUSTER%~out|9080||reviews",
                "%UPSTREAM_CLUSTER_RAW%~out|9080||reviews",
                "%UPSTREAM_LOCAL_ADDRESS%~[::1]:555",
                "%UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%~::1",
                "%UPSTREAM_LOCAL_PORT%~555",
                "%UPSTREAM_REQUEST_ATTEMPT_COUNT%~3",
                "%UPSTREAM_CONNECTION_ID%~77",
                "%UPSTREAM_PEER_URI_SAN%~spiffe://cluster.local/ns/books/sa/reviews",
                "%UPSTREAM_TLS_VERSION%~TLSv1.3",
                "%DOWNSTREAM_LOCAL_ADDRESS%~10.0.0.1:9080",
                "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%~10.0.0.1",
                "%DOWNSTREAM_LOCAL_PORT%~9080",
                "%DOWNSTREAM_REMOTE_ADDRESS%~10.0.0.9:4711",
                "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%~10.0.0.9",
                "%DOWNSTREAM_REMOTE_PORT%~4711",
                "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%~10.0.0.9:4711",
                "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%~10.0.0.9",
                "%REQUESTED_SERVER_NAME%~outbound_.9080_._.web",
                "%ROUTE_NAME%~to-reviews",
                "%VIRTUAL_HOST_NAME%~reviews:9080",
                "%FILTER_CHAIN_NAME%~chain",
                "%LISTENER_NAME%~virtual",
                "%DOWNSTREAM_TLS_VERSION%~TLSv1.3",
                "%DOWNSTREAM_TLS_CIPHER%~TLS_AES_128_GCM_SHA256",
                "%DOWNSTREAM_LOCAL_URI_SAN%~spiffe://cluster.local/ns/shop/sa/web",
                "%DOWNSTREAM_PEER_URI_SAN%~spiffe://cluster.local/ns/books/sa/reviews",
                "%DOWNSTREAM_PEER_SUBJECT%~CN=peer",
                "%DOWNSTREAM_PEER_ISSUER%~CN=ca",
                "%DOWNSTREAM_PEER_SERIAL%~0a",
                "%DOWNSTREAM_PEER_FINGERPRINT_256%~ff",
                "%UNIQUE_ID%~request-1",
                "%GRPC_STATUS%~-",
                "%DYNAMIC_METADATA(istio.mixer:status)%~-",
                "%ACCESS_LOG_TYPE%~DownstreamEnd",
                "100%%~100%",
            })
    void writesEachOperator(String format, String expected) {
        assertThat(text(format.replace("''", "'"), full())).isEqualTo(expected.replace("''", "'"));
    }

    @Test
    void writesEnvoysDefaultLine() {
        assertThat(text("", full()))
                .isEqualTo("[2026-11-21T12:00:00.123Z] \"GET /reviews/7?user=jo HTTP/1.1\" 503 UF,URX 12 34 50 - \"-\""
                        + " \"curl/8\" \"-\" \"reviews:9080\" \"10.0.0.2:9080\"\n");
    }

    @Test
    void showsWhatIsAbsentAsADash() {
        Exchange exchange = loop.begin(TestExchanges.inbound(null), x -> {});

        assertThat(text(
                        "%REQ(:METHOD)% %REQ(:PATH)% %PROTOCOL% %UPSTREAM_HOST% %ROUTE_NAME% %RESPONSE_FLAGS%"
                                + " %REQUEST_DURATION% %UPSTREAM_REMOTE_PORT% %DOWNSTREAM_PEER_URI_SAN% %ACCESS_LOG_TYPE%",
                        exchange))
                .isEqualTo("- - - - - - - - - TcpConnectionEnd");
    }

    @Test
    void namesGrpcStatusesInTheFormAskedFor() {
        Exchange exchange = loop.request(TestExchanges.outbound(), x -> {});
        TestExchanges.grpc(exchange);
        exchange.responseTrailers().add(HeaderName.GRPC_STATUS, "5");

        assertThat(text("%GRPC_STATUS% %GRPC_STATUS(SNAKE_STRING)% %GRPC_STATUS_NUMBER%", exchange))
                .isEqualTo("NotFound NOT_FOUND 5");
    }

    @Test
    void givesJsonValuesTheirTypes() {
        Exchange exchange = full();

        Map<?, ?> json = json(
                ImmutableMap.<String, String>builder()
                        .put("code", "%RESPONSE_CODE%")
                        .put("duration", "%DURATION%")
                        .put("route", "%ROUTE_NAME%")
                        .put("missing", "%REQ(X-MISSING)%")
                        .put("missing number", "%GRPC_STATUS_NUMBER%")
                        .put("both", "%REQ(:METHOD)% \"%RESPONSE_CODE%\"")
                        .put("constant", "say \"hi\"\n")
                        .put("a \"name\"", "%PROTOCOL%")
                        .buildOrThrow(),
                exchange);

        assertThat(json.get("code")).isEqualTo(503L);
        assertThat(json.get("duration")).isEqualTo(50L);
        assertThat(json.get("route")).isEqualTo("to-reviews");
        assertThat(json.get("missing")).hasToString("null");
        assertThat(json.get("missing number")).hasToString("null");
        assertThat(json.get("both")).isEqualTo("GET \"503\"");
        assertThat(json.get("constant")).isEqualTo("say \"hi\"\n");
        assertThat(json.get("a \"name\"")).isEqualTo("HTTP/1.1");
    }

    @Test
    void letsNoHeaderForgeALine() {
        Exchange exchange = loop.request(TestExchanges.outbound(), x -> {});
        exchange.request().headers().add(USER_AGENT, "x\r\n[2026] \"GET /forged\"\u001b[2J\u007f\u0000\t");

        String line = text("%REQ(USER-AGENT)%\n", exchange);

        assertThat(line)
                .isEqualTo("x??[2026] \"GET /forged\"?[2J????\n".replace("????", "???"))
                .hasLineCount(1);
        Object value =
                json(ImmutableMap.of("agent", "%REQ(USER-AGENT)%"), exchange).get("agent");
        assertThat(value).isEqualTo("x\r\n[2026] \"GET /forged\"\u001b[2J\u007f\u0000\t");
    }

    @Test
    void keepsJsonValidWhateverBytesCame() {
        Exchange exchange = loop.request(TestExchanges.outbound(), x -> {});
        byte[] value = {
            'a', (byte) 0xC3, (byte) 0xA9, (byte) 0xFF, (byte) 0xC3, 'b', '\\', '"', (byte) 0xE2, (byte) 0x82
        };
        exchange.request().headers().add(USER_AGENT, value);

        Object text =
                json(ImmutableMap.of("agent", "%REQ(USER-AGENT)%"), exchange).get("agent");

        assertThat(text).isEqualTo("aé\u00ff\u00c3b\\\"\u00e2\u0082");
    }

    @Test
    void cutsNamesOfAnyAlphabetIntoUtf8() {
        loop.route(TestExchanges.routeNamed("日本-é", "x"));
        Exchange exchange = loop.request(TestExchanges.outbound(), x -> {});
        exchange.route();

        assertThat(json(ImmutableMap.of("route", "%ROUTE_NAME%"), exchange).get("route"))
                .isEqualTo("日本-é");
    }

    @Test
    void writesJustTheOperatorsThatAreLetIn() {
        assertThat(LogOperators.plain()).isEqualTo(dev.weft.model.http.LogOperators.PLAIN);
        dev.weft.model.http.LogOperators.WITH_ARGUMENT.forEach(
                operator -> AccessLogFormat.compile(new AccessLog.TextFormat("%" + operator + "%")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%NOT_AN_OPERATOR%", "%REQ(X", "%REQ(X):many%", "%START_TIME(%Q)%", "%GRPC_STATUS(WORDS)%"})
    void refusesFormatsThatItCannotWrite(String format) {
        assertThatThrownBy(() -> AccessLogFormat.compile(new AccessLog.TextFormat(format)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("access log format: ");
    }

    @Test
    void handsLinesOverAfterASecond() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogSink sink = LogSink.stream(out);
        AccessLogger logger =
                new AccessLogger(AccessLogFormat.compile(new AccessLog.TextFormat("%RESPONSE_CODE%\n")), sink, false);
        for (int i = 0; i < 3; i++) {
            loop.end(loop.request(TestExchanges.outbound(), logger), 200 + i, 1);
        }

        loop.pass(2);
        loop.end(loop.request(TestExchanges.outbound(), logger), 300, 1);
        sink.close();

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("200\n201\n202\n");
        assertThat(sink.dropped()).isZero();
    }

    @Test
    void logsOnlyWhatFoundNoRouteWhereAskedTo() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogSink sink = LogSink.stream(out);
        AccessLogger logger =
                new AccessLogger(AccessLogFormat.compile(new AccessLog.TextFormat("%RESPONSE_FLAGS%\n")), sink, true);
        loop.end(loop.request(TestExchanges.outbound(), logger), 200, 1);
        Exchange lost = loop.request(TestExchanges.outbound(), logger);
        lost.fail(FailureReason.NO_ROUTE, "route_not_found");
        loop.end(lost, 404, 1);

        loop.pass(2);
        sink.close();

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("NR\n");
    }

    /** An exchange that went through everything. */
    private Exchange full() {
        loop.route(TestExchanges.routeNamed("to-reviews", "reviews:9080"));
        Exchange exchange = loop.request(TestExchanges.inbound(TestExchanges.tls(REVIEWS, WEB)), x -> {});
        exchange.route();
        exchange.request().headers().add(USER_AGENT, "curl/8");
        exchange.requestId("request-1");
        exchange.countRequest(12);
        exchange.countResponse(34);
        exchange.upstream().cluster("out|9080||reviews");
        exchange.upstream().host("10.0.0.2:9080", "reviews-1");
        exchange.upstream().connection(77, "[::1]:555", HttpProtocol.HTTP_2, TestExchanges.tls(REVIEWS, WEB));
        exchange.upstream().attempts(3);
        exchange.upstream().failure("refused");
        exchange.response().status(503);
        exchange.response().headers().add(HeaderName.of("x-speed"), "fast");
        exchange.responseTrailers().add(HeaderName.of("x-end"), "done");
        exchange.fail(FailureReason.CONNECT_FAILURE, "why_it_failed");
        exchange.addFlags(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED.bit());
        long start = exchange.timings().start;
        exchange.timings().requestEnd = start + 2_000_000;
        exchange.timings().upstreamRequestEnd = start + 3_000_000;
        exchange.timings().upstreamResponseStart = start + 40_000_000;
        exchange.timings().responseEnd = start + 50_000_000;
        return exchange;
    }

    private static String text(String format, Exchange exchange) {
        return line(new AccessLog.TextFormat(format), exchange);
    }

    private static Map<?, ?> json(ImmutableMap<String, String> names, Exchange exchange) {
        String line = line(new AccessLog.JsonFormat(names), exchange);
        assertThat(line).endsWith("}\n").hasLineCount(1);
        return (Map<?, ?>) JsonReader.read(line.strip()).orThrow();
    }

    private static String line(AccessLog.Format format, Exchange exchange) {
        LineBuffer out = new LineBuffer();
        AccessLogFormat.compile(format).write(exchange, out);
        return new String(out.bytes(), 0, out.length(), StandardCharsets.UTF_8);
    }
}
