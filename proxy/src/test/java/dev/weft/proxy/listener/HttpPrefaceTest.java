package dev.weft.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.listener.HttpPreface.Found;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HttpPrefaceTest {
    @ParameterizedTest
    @CsvSource({
        "'GET / HTTP/1.1\r\n', HTTP_11",
        "'POST /a?b HTTP/1.0\r\n', HTTP_10",
        "'PROPFIND /a HTTP/1.1\r\n', HTTP_11",
        "'PUT /a HTTP/1.1\r\n', HTTP_11",
        "'CONNECT a.b:80 HTTP/1.1\r\n', HTTP_11",
        "'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', H2C",
        "'PRI * HTTP/2.0\r\n\r\nXX', NOT_HTTP",
        "'GET  / HTTP/1.1\r\n', NOT_HTTP",
        "'GET /\r\n', NOT_HTTP",
        "'GET / HTTP/1.2\r\n', NOT_HTTP",
        "'GET / HTTQ', NOT_HTTP",
        "'EHLO', NOT_HTTP",
        "'get / HTTP/1.1', NOT_HTTP",
        "'PING', NOT_HTTP",
        "'GET / HTTP/1.', NEED_MORE",
        "'P', NEED_MORE",
        "'PRI * HTTP/2.0', NEED_MORE",
    })
    void tellsTheSameOfOneLumpAndOfSingleBytes(String text, Found expected) {
        ByteBuf all = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);

        assertThat(new HttpPreface().feed(all)).isEqualTo(expected);

        HttpPreface bytewise = new HttpPreface();
        Found found = Found.NEED_MORE;
        for (int length = 1; length <= all.readableBytes() && found == Found.NEED_MORE; length++) {
            found = bytewise.feed(all.slice(0, length));
        }
        assertThat(found).isEqualTo(expected);
    }
}
