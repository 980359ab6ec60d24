package dev.weft.proxy.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import dev.weft.model.http.HttpOptions;
import dev.weft.model.http.HttpOptions.ClientCert;
import dev.weft.model.http.HttpOptions.ClientCertDetails;
import dev.weft.model.http.HttpOptions.EscapedSlashes;
import dev.weft.model.http.HttpOptions.ForwardedHeaders;
import dev.weft.model.http.HttpOptions.Paths;
import dev.weft.model.http.HttpOptions.ServerHeader;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.Listener;
import dev.weft.testkit.TestCertificates;
import java.io.IOException;
import java.net.Socket;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ConnectionManagerTest {
    private static final TestCertificates AUTHORITY = TestCertificates.root("mesh root");
    private static final String SERVER = "spiffe://cluster.local/ns/default/sa/server";
    private static final String CLIENT = "spiffe://cluster.local/ns/default/sa/client";
    private static final Pattern UUID =
            Pattern.compile("x-request-id: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n");

    private final ProxyUnderTest proxy = new ProxyUnderTest();

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    void asASidecarItBelievesForwardingHeadersAndAddsWhatIsMissing() throws IOException {
        serve(HttpOptions.DEFAULT);
        try (Socket socket = proxy.connect("in")) {
            String plain = Http.get(socket, "/a");
            assertThat(plain)
                    .containsPattern(UUID)
                    .contains("x-forwarded-proto: http\n")
                    .contains("client=127.0.0.1:");
            assertThat(plain).contains("\r\nserver: envoy\r\n").containsPattern("\r\ndate: [A-Z][a-z]{2}, ");

            String forwarded = Http.get(
                    socket,
                    "/a",
                    "x-forwarded-for: 10.1.1.1, 10.2.2.2",
                    "x-forwarded-proto: https",
                    "x-request-id: mine",
                    "x-envoy-retry-on: 5xx",
                    "x-envoy-internal: true");
            assertThat(forwarded)
                    .contains("client=10.2.2.2:0")
                    .contains("x-forwarded-for: 10.1.1.1, 10.2.2.2\n")
                    .contains("scheme=https")
                    .contains("x-request-id: mine\n")
                    .doesNotContain("x-envoy-retry-on")
                    .doesNotContain("x-envoy-internal");
        }
    }

    @Test
    void asAnEdgeItBelievesNobody() throws IOException {
        serve(options(
                Paths.DEFAULT, new ForwardedHeaders(true, 0, false, ClientCert.SANITIZE, ClientCertDetails.NONE)));
        try (Socket socket = proxy.connect("in")) {
            String answer = Http.get(
                    socket, "/a", "x-forwarded-for: 10.1.1.1", "x-forwarded-proto: https", "x-request-id: mine");

            assertThat(answer)
                    .contains("client=127.0.0.1:")
                    .contains("x-forwarded-for: 10.1.1.1,127.0.0.1\n")
                    .contains("x-forwarded-proto: http\n")
                    .contains("x-envoy-external-address: 127.0.0.1\n")
                    .containsPattern(UUID)
                    .doesNotContain("x-request-id: mine");
        }
    }

    @Test
    void withTrustedHopsTheClientIsTheOneInFrontOfThem() throws IOException {
        serve(options(Paths.DEFAULT, new ForwardedHeaders(true, 2, true, ClientCert.SANITIZE, ClientCertDetails.NONE)));
        try (Socket socket = proxy.connect("in")) {
            assertThat(Http.get(socket, "/", "x-forwarded-for: 10.1.1.1, 10.2.2.2, 10.3.3.3"))
                    .contains("client=10.2.2.2:0");
            assertThat(Http.get(socket, "/", "x-forwarded-for: 10.3.3.3")).contains("client=127.0.0.1:");
        }
    }

    @Test
    void everyRequestGetsAnIdOfItsOwn() throws IOException {
        serve(HttpOptions.DEFAULT);
        try (Socket socket = proxy.connect("in")) {
            assertThat(id(Http.get(socket, "/"))).isNotEqualTo(id(Http.get(socket, "/")));
        }
    }

    @Test
    void refusesWhatIsMissing() throws IOException {
        serve(HttpOptions.DEFAULT);
        try (Socket socket = proxy.connect("in")) {
            assertThat(Http.send(socket, "OPTIONS * HTTP/1.1\r\nhost: a.b\r\n\r\n"))
                    .startsWith("HTTP/1.1 404");
        }
        try (Socket socket = proxy.connect("in")) {
            assertThat(Http.send(socket, "GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void normalisesPathsBeforeAnythingLooksAtThem() throws IOException {
        serve(options(new Paths(true, true, EscapedSlashes.UNESCAPE_AND_FORWARD), ForwardedHeaders.DEFAULT));
        try (Socket socket = proxy.connect("in")) {
            assertThat(Http.get(socket, "/public/..%2fadmin//x?a=%2F..")).contains("path=/admin/x?a=%2F..\n");
            assertThat(Http.get(socket, "/a%00b")).startsWith("HTTP/1.1 400");
        }
        serve(options(new Paths(true, false, EscapedSlashes.UNESCAPE_AND_REDIRECT), ForwardedHeaders.DEFAULT));
        try (Socket socket = proxy.connect("in")) {
            assertThat(Http.get(socket, "/a%2Fb")).startsWith("HTTP/1.1 307").contains("\r\nlocation: /a/b\r\n");
            assertThat(Http.get(socket, "/a%2Fb", "content-type: application/grpc"))
                    .doesNotContain("location:");
        }
    }

    @Test
    void tellsTheNextHopWhoTheClientProvedToBe() throws IOException {
        proxy.identity(AUTHORITY, SERVER);
        serve(
                true,
                options(
                        Paths.DEFAULT,
                        new ForwardedHeaders(
                                false,
                                0,
                                false,
                                ClientCert.APPEND_FORWARD,
                                new ClientCertDetails(true, false, false, true, true))));
        try (SSLSocket socket = TestTls.connect(proxy.port("in"), AUTHORITY.leaf(CLIENT), "http/1.1")) {
            String element = "By=" + SERVER + ";Hash=[0-9a-f]{64};Subject=\"O=weft-test\";URI=" + CLIENT;
            assertThat(Http.get(socket, "/")).containsPattern("x-forwarded-client-cert: " + element + "\n");
            assertThat(Http.get(socket, "/", "x-forwarded-client-cert: By=other"))
                    .containsPattern("x-forwarded-client-cert: By=other," + element + "\n");
        }
    }

    @Test
    void nobodySpeaksForOthersWithoutACertificate() throws IOException {
        serve(options(
                Paths.DEFAULT,
                new ForwardedHeaders(
                        false,
                        0,
                        false,
                        ClientCert.APPEND_FORWARD,
                        new ClientCertDetails(true, false, false, true, true))));
        try (Socket socket = proxy.connect("in")) {
            assertThat(Http.get(socket, "/", "x-forwarded-client-cert: By=forged"))
                    .doesNotContain("x-forwarded-client-cert");
        }
    }

    private static String id(String answer) {
        Matcher matcher = UUID.matcher(answer);
        assertThat(matcher.find()).isTrue();
        return matcher.group();
    }

    private void serve(HttpOptions options) {
        serve(false, options);
    }

    private void serve(boolean tls, HttpOptions options) {
        proxy.apply(Models.listener(
                "in",
                Listener.Inspection.NONE,
                tls
                        ? Models.chain("a", FilterChainMatch.ANY, Models.mutual("http/1.1"), Models.http(options))
                        : Models.chain("a", FilterChainMatch.ANY, Models.http(options))));
    }

    private static HttpOptions options(Paths paths, ForwardedHeaders forwarded) {
        return new HttpOptions(
                paths,
                new ServerHeader(ServerHeader.Mode.OVERWRITE, "envoy"),
                forwarded,
                HttpOptions.HttpTimeouts.DEFAULT,
                HttpOptions.HttpLimits.DEFAULT,
                ImmutableSet.of(),
                true,
                false,
                false);
    }
}
