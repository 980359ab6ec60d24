package dev.weft.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.listener.ClientHello.Result;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

final class ClientHelloTest {
    @Test
    void findsServerNameAndProtocols() throws Exception {
        byte[] hello = hello("Reviews.Example.com", "istio-http/1.1", "istio", "http/1.1");

        assertThat(ClientHello.parse(Unpooled.wrappedBuffer(hello)))
                .isEqualTo(new Result.Found(
                        "reviews.example.com",
                        com.google.common.collect.ImmutableList.of("istio-http/1.1", "istio", "http/1.1")));
    }

    @Test
    void needsMoreUntilTheLastByteAndConsumesNothing() throws Exception {
        byte[] hello = hello("a.b", "h2");

        for (int length = 1; length < hello.length; length++) {
            ByteBuf part = Unpooled.wrappedBuffer(hello, 0, length);
            assertThat(ClientHello.parse(part)).as("first %d bytes", length).isInstanceOf(Result.NeedMore.class);
            assertThat(part.readableBytes()).isEqualTo(length);
        }
    }

    @Test
    void joinsAMessageThatIsSplitOverRecords() throws Exception {
        byte[] hello = hello("a.b", "h2");
        for (int size : new int[] {1, 2, 3, 7, 100}) {
            byte[] split = split(hello, size);

            assertThat(ClientHello.parse(Unpooled.wrappedBuffer(split)))
                    .as("records of %d", size)
                    .isInstanceOf(Result.Found.class);
            assertThat(ClientHello.parse(Unpooled.wrappedBuffer(split, 0, split.length - 1)))
                    .isInstanceOf(Result.NeedMore.class);
        }
    }

    @Test
    void anythingElseIsNotTlsAtTheFirstByteThatShowsIt() {
        assertThat(parse("G")).isInstanceOf(Result.NotTls.class);
        assertThat(parse("\u0016X")).isInstanceOf(Result.NotTls.class);
        assertThat(parse("\u0016\u0003\u0009")).isInstanceOf(Result.NotTls.class);
        assertThat(parse("\u0016\u0003\u0001\u0000\u0000")).isInstanceOf(Result.NotTls.class);
        assertThat(parse("\u0016\u0003\u0001\u0000\u0004\u0002")).isInstanceOf(Result.NotTls.class);
    }

    @Test
    void refusesAnAnnouncedSizeBeyondTheLimitBeforeItIsThere() {
        byte[] header = {22, 3, 1, 0x10, 0, 1, 1, 0, 0};

        assertThat(ClientHello.parse(Unpooled.wrappedBuffer(header))).isInstanceOf(Result.TooLarge.class);
    }

    @Test
    void survivesAnyBytes() throws Exception {
        Random random = new Random(7);
        byte[] hello = hello("reviews.example.com", "h2", "http/1.1");
        for (int round = 0; round < 20_000; round++) {
            byte[] broken = hello.clone();
            for (int flips = random.nextInt(6) + 1; flips > 0; flips--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(broken.length) + 1;

            assertThat(ClientHello.parse(Unpooled.wrappedBuffer(broken, 0, length)))
                    .isNotNull();
        }
    }

    private static Result parse(String bytes) {
        return ClientHello.parse(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    private static byte[] split(byte[] record, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 5; at < record.length; at += size) {
            int length = Math.min(size, record.length - at);
            out.writeBytes(new byte[] {22, 3, 1, (byte) (length >> 8), (byte) length});
            out.write(record, at, length);
        }
        return out.toByteArray();
    }

    static byte[] hello(String serverName, String... protocols) throws GeneralSecurityException, SSLException {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        parameters.setApplicationProtocols(protocols);
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }
}
