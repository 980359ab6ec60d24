package dev.weft.proxy.codec.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.ResponseHead;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseParserTest {
    private final ResponseHead head = new ResponseHead();
    private final ResponseParser parser = new ResponseParser(HeadLimits.RESPONSE);

    @Test
    void readsStatusAndFields() {
        assertThat(parse("HTTP/1.1 200 OK then\r\nServer: x\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n"))
                .isEqualTo(HeadProgress.DONE);

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.contentLength()).isEqualTo(5);
        assertThat(parser.body()).isEqualTo(BodyKind.LENGTH);
        assertThat(parser.keepsAlive()).isTrue();
        assertThat(head.headers().contains(HeaderName.CONNECTION)).isFalse();
    }

    @Test
    void acceptsAStatusLineWithoutAPhrase() {
        assertThat(parse("HTTP/1.1 204\r\n\r\n")).isEqualTo(HeadProgress.DONE);
        assertThat(parse("HTTP/1.1 204 \r\n\r\n")).isEqualTo(HeadProgress.DONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 099 OK\r\n\r\n",
                "HTTP/1.1 2000\r\n\r\n",
                "HTTP/1.1 200 OK\n\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n",
                "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
                "HTTP/1.1 204 No\r\ntransfer-encoding: chunked\r\n\r\n",
                "HTTP/1.1 204 No\r\ncontent-length: 3\r\n\r\n",
                "HTTP/1.1 101 Switch\r\n\r\n",
                "HTTP/1.1 200 OK\r\na b: c\r\n\r\n",
                "SSH-2.0-OpenSSH\r\n"
            })
    void refuses(String bytes) {
        assertThat(parse(bytes)).isEqualTo(HeadProgress.FAILED);
    }

    @Test
    void knowsWhichResponsesHaveNoBody() {
        parse(HttpMethod.HEAD, false, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
        assertThat(parser.body()).isEqualTo(BodyKind.NONE);
        assertThat(head.headers().contains(HeaderName.CONTENT_LENGTH)).isTrue();
        assertThat(parser.keepsAlive()).isTrue();

        parse("HTTP/1.1 304 Not\r\ncontent-length: 5\r\n\r\n");
        assertThat(parser.body()).isEqualTo(BodyKind.NONE);

        parse("HTTP/1.1 204 No\r\ncontent-length: 0\r\n\r\n");
        assertThat(parser.body()).isEqualTo(BodyKind.NONE);
        assertThat(head.headers().contains(HeaderName.CONTENT_LENGTH)).isFalse();
    }

    @Test
    void readsUntilTheEndWithoutALength() {
        parse("HTTP/1.1 200 OK\r\n\r\n");

        assertThat(parser.body()).isEqualTo(BodyKind.UNTIL_CLOSE);
        assertThat(parser.keepsAlive()).isFalse();
    }

    @Test
    void opensTunnelsThatWereAskedFor() {
        parse(HttpMethod.GET, true, "HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n");
        assertThat(parser.body()).isEqualTo(BodyKind.TUNNEL);

        parse(HttpMethod.CONNECT, false, "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n");
        assertThat(parser.body()).isEqualTo(BodyKind.TUNNEL);
        assertThat(head.headers().contains(HeaderName.CONTENT_LENGTH)).isFalse();
    }

    private HeadProgress parse(String text) {
        return parse(HttpMethod.GET, false, text);
    }

    private HeadProgress parse(HttpMethod method, boolean upgrade, String text) {
        head.clear();
        parser.begin(head, method, upgrade);
        return parser.parse(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
