package dev.weft.proxy.codec.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestParserTest {
    private static final String HOST = "Host: a\r\n";

    private final RequestHead head = new RequestHead();
    private final RequestParser parser = new RequestParser(HeadLimits.REQUEST);

    @Test
    void takesAUsualRequestApart() {
        HeadProgress progress = parse("GET /reviews/1?a=b HTTP/1.1\r\nHost: reviews:9080\r\nUser-Agent: curl/8\r\n"
                + "X-Request-ID:\t 12 \r\nAccept: */*\r\n\r\n");

        assertThat(progress).isEqualTo(HeadProgress.DONE);
        assertThat(head.method()).isEqualTo(HttpMethod.GET);
        assertThat(head.path()).isEqualTo("/reviews/1?a=b");
        assertThat(head.authority()).isEqualTo("reviews:9080");
        assertThat(head.protocol()).isEqualTo(HttpProtocol.HTTP_1_1);
        assertThat(head.headers().text(HeaderName.X_REQUEST_ID)).isEqualTo("12");
        assertThat(head.headers().contains(HeaderName.HOST)).isFalse();
        assertThat(parser.body()).isEqualTo(BodyKind.NONE);
        assertThat(parser.keepsAlive()).isTrue();
        assertThat(lines()).isEqualTo("user-agent: curl/8\r\nx-request-id: 12\r\naccept: */*\r\n");
    }

    @Test
    void leavesWhatFollowsTheHeadInTheBuffer() {
        ByteBuf in = bytes("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabcGET /next");
        parser.begin(head);

        assertThat(parser.parse(in)).isEqualTo(HeadProgress.DONE);

        assertThat(in.toString(StandardCharsets.ISO_8859_1)).isEqualTo("abcGET /next");
        assertThat(parser.body()).isEqualTo(BodyKind.LENGTH);
        assertThat(head.contentLength()).isEqualTo(3);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                refuse("a blank before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", FailureReason.HTTP1_CODEC),
                refuse("a folded line", "GET / HTTP/1.1\r\nHost: a\r\nb: c\r\n d\r\n\r\n", FailureReason.HTTP1_CODEC),
                refuse("a bare line feed", "GET / HTTP/1.1\nHost: a\n\n", FailureReason.HTTP1_CODEC),
                refuse("a bare line feed in fields", "GET / HTTP/1.1\r\nHost: a\n\r\n", FailureReason.HTTP1_CODEC),
                refuse(
                        "NUL in a value",
                        "GET / HTTP/1.1\r\nHost: a\r\nb: x\0y\r\n\r\n",
                        FailureReason.HTTP1_INVALID_CHARACTERS),
                refuse(
                        "CR in a value",
                        "GET / HTTP/1.1\r\nHost: a\r\nb: x\ry\r\n\r\n",
                        FailureReason.HTTP1_INVALID_CHARACTERS),
                refuse(
                        "DEL in a value",
                        "GET / HTTP/1.1\r\nHost: a\r\nb: x\u007fy\r\n\r\n",
                        FailureReason.HTTP1_INVALID_CHARACTERS),
                refuse("an empty name", "GET / HTTP/1.1\r\nHost: a\r\n: c\r\n\r\n", FailureReason.HTTP1_CODEC),
                refuse(
                        "a line without a colon",
                        "GET / HTTP/1.1\r\nHost: a\r\nbroken\r\n\r\n",
                        FailureReason.HTTP1_CODEC),
                refuse("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", FailureReason.HTTP1_CODEC),
                refuse("a host list", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", FailureReason.HTTP1_CODEC),
                refuse("user info in the host", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", FailureReason.HTTP1_CODEC),
                refuse(
                        "length and chunked",
                        "POST / HTTP/1.1\r\n" + HOST + "content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n",
                        FailureReason.HTTP1_LENGTH_AND_CHUNKED),
                refuse(
                        "a coding before chunked",
                        "POST / HTTP/1.1\r\n" + HOST + "transfer-encoding: gzip, chunked\r\n\r\n",
                        FailureReason.HTTP1_TRANSFER_ENCODING),
                refuse(
                        "chunked twice",
                        "POST / HTTP/1.1\r\n" + HOST
                                + "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n",
                        FailureReason.HTTP1_TRANSFER_ENCODING),
                refuse(
                        "chunked not last",
                        "POST / HTTP/1.1\r\n" + HOST + "transfer-encoding: chunked, x\r\n\r\n",
                        FailureReason.HTTP1_TRANSFER_ENCODING),
                refuse(
                        "chunked in quotes",
                        "POST / HTTP/1.1\r\n" + HOST + "transfer-encoding: \"chunked\"\r\n\r\n",
                        FailureReason.HTTP1_TRANSFER_ENCODING),
                refuse(
                        "lengths that differ",
                        "POST / HTTP/1.1\r\n" + HOST + "content-length: 3\r\ncontent-length: 4\r\n\r\n",
                        FailureReason.HTTP1_CODEC),
                refuse(
                        "a list of lengths",
                        "POST / HTTP/1.1\r\n" + HOST + "content-length: 3, 3\r\n\r\n",
                        FailureReason.HTTP1_CODEC),
                refuse(
                        "a signed length",
                        "POST / HTTP/1.1\r\n" + HOST + "content-length: +3\r\n\r\n",
                        FailureReason.HTTP1_CODEC),
                refuse(
                        "a hex length",
                        "POST / HTTP/1.1\r\n" + HOST + "content-length: 0x3\r\n\r\n",
                        FailureReason.HTTP1_CODEC),
                refuse(
                        "CONNECT with a body",
                        "CONNECT a:1 HTTP/1.1\r\n" + HOST + "content-length: 3\r\n\r\n",
                        FailureReason.HTTP1_LENGTH_NOT_ALLOWED),
                refuse(
                        "CONNECT without a port",
                        "CONNECT a HTTP/1.1\r\n" + HOST + "\r\n",
                        FailureReason.HTTP1_INVALID_URL),
                refuse(
                        "a relative target",
                        "GET reviews HTTP/1.1\r\n" + HOST + "\r\n",
                        FailureReason.HTTP1_INVALID_URL),
                refuse("a star for GET", "GET * HTTP/1.1\r\n" + HOST + "\r\n", FailureReason.HTTP1_INVALID_URL),
                refuse("another scheme", "GET ftp://a/ HTTP/1.1\r\n" + HOST + "\r\n", FailureReason.HTTP1_INVALID_URL),
                refuse(
                        "not ASCII in the target",
                        "GET /\u00e4 HTTP/1.1\r\n" + HOST + "\r\n",
                        FailureReason.HTTP1_INVALID_URL),
                refuse("a tab in the request line", "GET\t/ HTTP/1.1\r\n" + HOST + "\r\n", FailureReason.HTTP1_CODEC),
                refuse("two blanks", "GET  / HTTP/1.1\r\n" + HOST + "\r\n", FailureReason.HTTP1_CODEC),
                refuse("another version", "GET / HTTP/1.2\r\n" + HOST + "\r\n", FailureReason.HTTP1_CODEC),
                refuse("HTTP/0.9", "GET /\r\n", FailureReason.HTTP1_INVALID_URL),
                refuse("a TLS hello", "\u0016\u0003\u0001\u0002\u0000\u0001", FailureReason.HTTP1_CODEC),
                refuse(
                        "a nominated x-forwarded-for",
                        "GET / HTTP/1.1\r\n" + HOST + "connection: x-forwarded-for\r\nx-forwarded-for: 1.1.1.1\r\n\r\n",
                        FailureReason.HTTP1_CONNECTION_HEADER),
                refuse(
                        "chunked by an old client",
                        "POST / HTTP/1.0\r\n" + HOST + "transfer-encoding: chunked\r\n\r\n",
                        FailureReason.HTTP1_BODY_DISALLOWED),
                refuse(
                        "101 fields",
                        "GET / HTTP/1.1\r\n" + HOST + "a: b\r\n".repeat(100) + "\r\n",
                        FailureReason.HTTP1_TOO_MANY_HEADERS),
                refuse(
                        "a head of 61 KiB",
                        "GET / HTTP/1.1\r\n" + HOST + "a: " + "b".repeat(61 * 1024) + "\r\n\r\n",
                        FailureReason.HTTP1_HEADERS_TOO_LARGE),
                refuse("an endless target", "GET /" + "b".repeat(62 * 1024), FailureReason.HTTP1_HEADERS_TOO_LARGE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void refuses(String what, String bytes, FailureReason reason) {
        assertThat(parse(bytes)).as(what).isEqualTo(HeadProgress.FAILED);
        assertThat(parser.failure()).as(what).isEqualTo(reason);
    }

    static Stream<Arguments> targets() {
        return Stream.of(
                Arguments.of("GET /a?b HTTP/1.1", "/a?b", "a"),
                Arguments.of("OPTIONS * HTTP/1.1", "*", "a"),
                Arguments.of("GET http://other:80/p?q HTTP/1.1", "/p?q", "other:80"),
                Arguments.of("GET HTTP://other HTTP/1.1", "/", "other"),
                Arguments.of("GET https://other?q=1 HTTP/1.1", "/?q=1", "other"),
                Arguments.of("CONNECT other:443 HTTP/1.1", "", "other:443"),
                Arguments.of("\r\nGET / HTTP/1.1", "/", "a"),
                Arguments.of("SPECIAL /x HTTP/1.1", "/x", "a"));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void acceptsAllFormsOfTargets(String line, String path, String authority) {
        assertThat(parse(line + "\r\n" + HOST + "b: c\r\n\r\n")).isEqualTo(HeadProgress.DONE);

        assertThat(head.path()).isEqualTo(path);
        assertThat(head.authority()).isEqualTo(authority);
        assertThat(head.methodText()).isEqualTo(line.strip().split(" ")[0]);
        assertThat(lines()).isEqualTo("b: c\r\n");
    }

    @Test
    void takesHopByHopFieldsOut() {
        parse("GET / HTTP/1.1\r\n" + HOST + "Connection: close, X-Mine, te\r\nX-Mine: 1\r\nKeep-Alive: 5\r\n"
                + "Proxy-Connection: x\r\nTE: gzip, trailers\r\nUpgrade: h2c\r\nHTTP2-Settings: z\r\nb: c\r\n\r\n");

        assertThat(parser.keepsAlive()).isFalse();
        assertThat(head.upgrade()).isNull();
        assertThat(lines()).isEqualTo("b: c\r\nte: trailers\r\n");
    }

    @Test
    void keepsAnUpgradeThatTheConnectionNames() {
        parse("GET / HTTP/1.1\r\n" + HOST + "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\n");

        assertThat(head.upgrade()).isEqualTo("websocket");
        assertThat(parser.body()).isEqualTo(BodyKind.TUNNEL);
    }

    @Test
    void ignoresAnUpgradeThatTheConnectionDoesNotName() {
        parse("GET / HTTP/1.1\r\n" + HOST + "Upgrade: websocket\r\n\r\n");

        assertThat(head.upgrade()).isNull();
        assertThat(parser.body()).isEqualTo(BodyKind.NONE);
    }

    @Test
    void keepsOldConnectionsOnlyWhenAsked() {
        parse("GET / HTTP/1.0\r\n" + HOST + "\r\n");
        assertThat(parser.keepsAlive()).isFalse();

        parse("GET / HTTP/1.0\r\n" + HOST + "connection: keep-alive\r\n\r\n");
        assertThat(parser.keepsAlive()).isTrue();
    }

    @Test
    void givesTheSameResultHoweverTheBytesAreSplit() {
        String request = "POST http://other/p HTTP/1.1\r\nHost: a\r\nCookie: x=1;\ty=\u00fc\r\nA:b\r\n"
                + "X-Request-Id: 77 \r\nTransfer-Encoding: Chunked\r\nConnection: c\r\nC: d\r\n\r\n";
        assertThat(parse(request)).isEqualTo(HeadProgress.DONE);
        String expected = head.path() + head.authority() + lines() + parser.body();
        Random random = new Random(11);
        for (int round = 0; round < 2000; round++) {
            head.clear();
            parser.begin(head);
            HeadProgress progress = HeadProgress.MORE;
            int at = 0;
            while (at < request.length()) {
                int next = Math.min(request.length(), at + 1 + random.nextInt(round % 2 == 0 ? 4 : 60));
                progress = parser.parse(bytes(request.substring(at, next)));
                at = next;
                assertThat(progress).isEqualTo(at == request.length() ? HeadProgress.DONE : HeadProgress.MORE);
            }
            assertThat(head.path() + head.authority() + lines() + parser.body()).isEqualTo(expected);
        }
    }

    @Test
    void failsOnGarbageAndNeverThrows() {
        Random random = new Random(5);
        String seed = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTE: trailers\r\nUpgrade: x\r\n"
                + "Connection: upgrade, b\r\nB: c\r\n\r\n";
        for (int round = 0; round < 20000; round++) {
            byte[] mutated = seed.getBytes(StandardCharsets.ISO_8859_1);
            for (int i = random.nextInt(6); i >= 0; i--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            head.clear();
            parser.begin(head);
            ByteBuf in = Unpooled.wrappedBuffer(mutated);
            int cut = random.nextInt(mutated.length);

            HeadProgress progress = parser.parse(in.readSlice(cut));
            if (progress == HeadProgress.MORE) {
                progress = parser.parse(in);
            }

            if (progress == HeadProgress.DONE) {
                assertThat(lines()).doesNotContain("\0").matches("(?s)([^\\r\\n:]+: [^\\r\\n]*\\r\\n)*");
            }
        }
    }

    private HeadProgress parse(String text) {
        head.clear();
        parser.begin(head);
        return parser.parse(bytes(text));
    }

    private String lines() {
        ByteBuf out = Unpooled.buffer();
        head.headers().writeLines(out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static Arguments refuse(String what, String bytes, FailureReason reason) {
        return Arguments.of(what, bytes, reason);
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
