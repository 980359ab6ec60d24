package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.codec.http2.FramePeer;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.RequestSink;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which heads of HTTP/2 requests are taken, which are repaired, and what becomes of a stream with another. */
@Timeout(30)
class Http2RequestHeadTest {
    @RegisterExtension
    private final Http2TestServer server = new Http2TestServer();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "x-Upper|a",
                "connection|close",
                "keep-alive|1",
                "proxy-connection|x",
                "transfer-encoding|chunked",
                "upgrade|h2c",
                "te|gzip",
                "bad name|x",
                "x:y|x",
                "x-lead|' a'",
                "x-trail|'a '",
                ":path|/second",
                ":unknown|x",
                ":status|200",
                "content-length|-5",
                "content-length|1x"
            })
    void resetsStreamsWithBadFields(String name, String value) {
        try (FramePeer client = server.client()) {
            client.request(1, "GET", "/", true, name, Objects.requireNonNull(value));

            assertThat(client.response(1)).containsExactly("reset PROTOCOL_ERROR");

            client.request(3, "GET", "/", true);
            assertThat(client.response(3)).contains(":status: 200");
        }
        assertThat(server.awaitDone(2).getFirst()).endsWith("http2.violation.of.messaging.rule");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, http, '', test",
        "GET, http, no-slash, test",
        "GET, http, /a b, test",
        "GET, ftp, /, test",
        "G T, http, /, test",
        "GET, http, *, test",
        "GET, http, /, user@test",
        "GET, http, /, a b",
        "CONNECT, http, /, test"
    })
    void resetsStreamsWithBadPseudoHeaders(String method, String scheme, String path, String authority) {
        try (FramePeer client = server.client()) {
            client.headers(1, true, ":method", method, ":scheme", scheme, ":path", path, ":authority", authority);

            assertThat(client.response(1)).containsExactly("reset PROTOCOL_ERROR");
        }
    }

    @Test
    void refusesControlBytesInValues() {
        for (char bad : new char[] {0, '\r', '\n', 0x1F, 0x7F}) {
            for (int place = 1; place < 20; place++) {
                StringBuilder value = new StringBuilder("abcdefghijklmnopqrstuvwxyz\tä");
                value.setCharAt(place, bad);
                try (FramePeer client = server.client()) {
                    client.request(1, "GET", "/", true, "x", value.toString());

                    assertThat(client.response(1)).containsExactly("reset PROTOCOL_ERROR");
                }
            }
        }
    }

    @Test
    void takesHostWhereThereIsNoAuthorityAndRefusesWithoutBoth() {
        try (FramePeer client = server.client()) {
            client.headers(1, true, ":method", "GET", ":scheme", "http", ":path", "/", "host", "h");
            assertThat(client.response(1)).contains(":status: 200");
            client.headers(3, true, ":method", "GET", ":scheme", "http", ":path", "/");

            assertThat(client.response(3)).contains(":status: 400");
        }
    }

    @Test
    void answers431ToTooManyAndTooLargeFields() {
        String[] many = new String[2 * 97];
        Arrays.fill(many, "x");
        try (FramePeer client = server.client()) {
            client.request(1, "GET", "/", true, many);
            assertThat(client.response(1)).contains(":status: 431");
            byte[] large = client.block(
                    ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "t", "x", "y".repeat(62_000));
            for (int at = 0; at < large.length; at += 16_000) {
                byte[] part = Arrays.copyOfRange(large, at, Math.min(large.length, at + 16_000));
                int type = at == 0 ? FramePeer.HEADERS : FramePeer.CONTINUATION;
                boolean last = at + 16_000 >= large.length;
                client.send(type, (last ? FramePeer.END_HEADERS : 0) | (at == 0 ? 1 : 0), 3, part);
            }
            assertThat(client.response(3)).contains(":status: 431");

            client.request(5, "GET", "/", true);
            assertThat(client.response(5)).contains(":status: 200");
        }
        assertThat(server.awaitDone(3))
                .anyMatch(line -> line.endsWith("431 http2.too_many_headers"))
                .anyMatch(line -> line.endsWith("431 http2.header_list_size_too_large"));
    }

    @Test
    void joinsCookieCrumbs() {
        server.restart((exchange, end) -> {
            String cookie = exchange.request().headers().text(HeaderName.COOKIE);
            exchange.response().status(200);
            exchange.response().headers().add(HeaderName.ETAG, cookie == null ? "" : cookie);
            exchange.toClient().onResponseHead(true);
            return RequestSink.IGNORE;
        });
        try (FramePeer client = server.client()) {
            client.request(1, "GET", "/", true, "cookie", "a=b", "cookie", "c=d", "x", "y", "cookie", "e=f");

            assertThat(client.response(1)).contains("etag: a=b; c=d; e=f");
        }
    }
}
