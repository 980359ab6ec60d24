package dev.weft.proxy.codec.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyReaderTest {
    private final BodyReader reader = new BodyReader(HeadLimits.REQUEST);
    private final Headers trailers = new Headers();
    private final StringBuilder body = new StringBuilder();

    @Test
    void readsChunksWhateverWayTheyAreSplit() {
        String wire = "5\r\nhello\r\n00A;ext=\"v\"\r\n, chunked \r\n1 ;x\r\n!\r\n0\r\nX-Sum: 9\r\nHost: b\r\n\r\n";
        Random random = new Random(2);
        for (int round = 0; round < 1000; round++) {
            body.setLength(0);
            trailers.clear();
            reader.begin(BodyKind.CHUNKED, 0);
            BodyReader.Part part = BodyReader.Part.MORE;
            int at = 0;
            while (at < wire.length()) {
                int next = Math.min(wire.length(), at + 1 + random.nextInt(9));
                part = read(wire.substring(at, next));
                at = next;
            }

            assertThat(part).isEqualTo(BodyReader.Part.TRAILERS);
            assertThat(body.toString()).isEqualTo("hello, chunked !");
            assertThat(trailers.text(HeaderName.of("x-sum"))).isEqualTo("9");
            assertThat(trailers.contains(HeaderName.HOST)).isFalse();
        }
    }

    @Test
    void leavesWhatFollowsTheBody() {
        reader.begin(BodyKind.CHUNKED, 0);
        ByteBuf in = bytes("1\r\na\r\n0\r\n\r\nGET");

        assertThat(drain(in)).isEqualTo(BodyReader.Part.END);

        assertThat(in.toString(StandardCharsets.ISO_8859_1)).isEqualTo("GET");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                "g\r\n",
                "0x1\r\na\r\n",
                "-1\r\n",
                "1\na\r\n0\r\n\r\n",
                "1\r\nab\r\n",
                "1\r\na\n0\r\n\r\n",
                "1 \r\na\r\n",
                "1;a\nb\r\n",
                "1;\0\r\n",
                "1000000000000000\r\n",
                "0\r\nbad name: x\r\n\r\n",
                "0\r\n\n\n"
            })
    void refusesBrokenChunks(String wire) {
        reader.begin(BodyKind.CHUNKED, 0);

        assertThat(read(wire)).isEqualTo(BodyReader.Part.FAILED);
    }

    @Test
    void boundsChunkExtensions() {
        reader.begin(BodyKind.CHUNKED, 0);
        assertThat(read("1;" + "x".repeat(1025))).isEqualTo(BodyReader.Part.FAILED);

        reader.begin(BodyKind.CHUNKED, 0);
        assertThat(read(("1;" + "x".repeat(1000) + "\r\na\r\n").repeat(17))).isEqualTo(BodyReader.Part.FAILED);
    }

    @Test
    void tellsTheLastBytesOfAKnownLength() {
        reader.begin(BodyKind.LENGTH, 5);
        ByteBuf in = bytes("helloGET");

        assertThat(reader.next(in, trailers)).isEqualTo(BodyReader.Part.DATA);

        assertThat(reader.available()).isEqualTo(5);
        assertThat(reader.isLastData()).isTrue();
    }

    private BodyReader.Part read(String text) {
        return drain(bytes(text));
    }

    private BodyReader.Part drain(ByteBuf in) {
        while (true) {
            BodyReader.Part part = reader.next(in, trailers);
            if (part != BodyReader.Part.DATA) {
                return part;
            }
            body.append(in.readCharSequence(reader.available(), StandardCharsets.ISO_8859_1));
        }
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
