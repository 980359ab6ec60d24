package dev.weft.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeadersTest {
    private final Headers headers = new Headers();

    @Test
    void hasABitForEveryWellKnownName() {
        assertThat(HeaderId.COUNT).as("Headers keeps two words of 64 bits").isLessThanOrEqualTo(128);
    }

    @Test
    void recognisesEveryWellKnownNameFromItsBytes() {
        for (int id = 1; id < HeaderId.COUNT; id++) {
            byte[] bytes = HeaderName.byId(id).bytes();
            byte[] block = new byte[bytes.length + 9];
            System.arraycopy(bytes, 0, block, 9, bytes.length);

            assertThat(HeaderName.recognize(block, 9, bytes.length))
                    .as(HeaderName.byId(id).text())
                    .isEqualTo(id);
        }
    }

    @Test
    void doesNotTakeASimilarNameForAWellKnownOne() {
        for (String text :
                List.of("hosts", "x-envoy-upstream-rq_timeout-ms", "content-lengt", "a", "", "x-request-ie")) {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);

            assertThat(HeaderName.recognize(bytes, 0, bytes.length)).as(text).isEqualTo(HeaderId.UNKNOWN);
        }
    }

    @Test
    void findsFieldsByWellKnownAndByOwnNames() {
        HeaderName own = HeaderName.of("X-Tenant");
        headers.add(HeaderName.ACCEPT, "*/*");
        headers.add(own, "blue");
        headers.add(HeaderName.of("x-tenanu"), "red");
        headers.add(own, "green");

        assertThat(headers.text(HeaderName.of("ACCEPT"))).isEqualTo("*/*");
        assertThat(headers.text(own)).isEqualTo("blue");
        assertThat(headers.valueText(headers.findFrom(own, headers.find(own) + 1)))
                .isEqualTo("green");
        assertThat(headers.text(HeaderName.of("x-absent"))).isNull();
        assertThat(headers.contains(HeaderName.COOKIE)).isFalse();
    }

    @Test
    void removesAllFieldsOfANameAndKeepsTheIndexesOfTheOthers() {
        headers.add(HeaderName.COOKIE, "a=1");
        headers.add(HeaderName.ACCEPT, "*/*");
        headers.add(HeaderName.COOKIE, "b=2");

        assertThat(headers.remove(HeaderName.COOKIE)).isTrue();

        assertThat(headers.remove(HeaderName.COOKIE)).isFalse();
        assertThat(headers.size()).isEqualTo(1);
        assertThat(headers.valueText(1)).isEqualTo("*/*");
        assertThat(written()).isEqualTo("accept: */*\r\n");
    }

    @Test
    void writesUntouchedAndEditedFieldsInOrder() {
        byte[] received =
                "GET / HTTP/1.1\r\na: 1\r\nb:2\r\nc: 3  \r\nd: 4\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
        headers.append(received, 0, received.length);
        headers.addReceived(0, 16, 1, 19, 1, Headers.LineForm.EXACT);
        headers.addReceived(0, 22, 1, 24, 1, Headers.LineForm.EXACT);
        headers.addReceived(0, 27, 1, 30, 1, Headers.LineForm.LOOSE);
        headers.addReceived(0, 35, 1, 38, 1, Headers.LineForm.EXACT);
        headers.removeAt(1);
        headers.add(HeaderName.CONTENT_LENGTH, 1207);

        assertThat(written()).isEqualTo("a: 1\r\nc: 3\r\nd: 4\r\ncontent-length: 1207\r\n");
        assertThat(headers.number(HeaderName.CONTENT_LENGTH)).isEqualTo(1207);
    }

    @Test
    void parsesOnlyPlainNumbers() {
        for (String bad : List.of("", "+1", "-1", " 1", "1 ", "0x1", "1234567890123456789", "1,1")) {
            headers.clear();
            headers.add(HeaderName.CONTENT_LENGTH, bad);

            assertThat(headers.number(HeaderName.CONTENT_LENGTH))
                    .as("[%s]", bad)
                    .isEqualTo(-1);
        }
    }

    @Test
    void findsTokensInLists() {
        headers.add(HeaderName.CONNECTION, "Keep-Alive ,\tUpgrade");

        assertThat(headers.valueHasToken(0, bytes("upgrade"))).isTrue();
        assertThat(headers.valueHasToken(0, bytes("keep-alive"))).isTrue();
        assertThat(headers.valueHasToken(0, bytes("keep"))).isFalse();
        assertThat(headers.valueHasToken(0, bytes("close"))).isFalse();
    }

    @Test
    void behavesAsAListOfPairsUnderRandomEdits() {
        Random random = new Random(7);
        String[] names = {"accept", "cookie", "x-request-id", "x-own", "x-other"};
        for (int round = 0; round < 500; round++) {
            headers.clear();
            List<String[]> model = new ArrayList<>();
            for (int step = 0; step < 60; step++) {
                HeaderName name = HeaderName.of(names[random.nextInt(names.length)]);
                String value = "v".repeat(random.nextInt(80)) + step;
                switch (random.nextInt(4)) {
                    case 0 -> {
                        headers.remove(name);
                        model.removeIf(pair -> pair[0].equals(name.text()));
                    }
                    case 1 -> {
                        headers.set(name, value);
                        model.removeIf(pair -> pair[0].equals(name.text()));
                        model.add(new String[] {name.text(), value});
                    }
                    default -> {
                        headers.add(name, value);
                        model.add(new String[] {name.text(), value});
                    }
                }
            }

            StringBuilder expected = new StringBuilder();
            model.forEach(pair ->
                    expected.append(pair[0]).append(": ").append(pair[1]).append("\r\n"));
            assertThat(written()).isEqualTo(expected.toString());
            assertThat(headers.size()).isEqualTo(model.size());
        }
    }

    @Test
    void showsNoValuesInItsText() {
        headers.add(HeaderName.AUTHORIZATION, "Bearer secret");

        assertThat(headers.toString()).contains("authorization").doesNotContain("secret");
    }

    private String written() {
        ByteBuf out = Unpooled.buffer();
        headers.writeLines(out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
