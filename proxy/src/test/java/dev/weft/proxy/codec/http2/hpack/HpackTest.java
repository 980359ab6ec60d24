package dev.weft.proxy.codec.http2.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.exchange.HeaderId;
import dev.weft.proxy.exchange.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HpackTest {
    private final HpackScratch scratch = new HpackScratch();
    private final List<String> fields = new ArrayList<>();

    /** RFC 7541 appendix C.2: one representation each. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400a637573746f6d2d6b65790d637573746f6d2d686561646572 | custom-key: custom-header | 55",
                "040c2f73616d706c652f70617468 | :path: /sample/path | 0",
                "100870617373776f726406736563726574 | password: secret | 0",
                "82 | :method: GET | 0"
            })
    void decodesEveryRepresentation(String hex, String field, int tableSize) {
        HpackDecoder decoder = new HpackDecoder(4096, scratch);

        assertThat(decode(decoder, hex)).isTrue();

        assertThat(fields).containsExactly(field);
        assertThat(decoder.tableSize()).isEqualTo(tableSize);
    }

    @Test
    void decodesRequestsWithoutHuffmanOfAppendixC3() {
        HpackDecoder decoder = new HpackDecoder(4096, scratch);

        decode(decoder, "828684410f7777772e6578616d706c652e636f6d");
        assertThat(fields).containsExactly(":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com");
        decode(decoder, "828684be58086e6f2d6361636865");
        assertThat(fields).endsWith(":authority: www.example.com", "cache-control: no-cache");
        decode(decoder, "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565");

        assertThat(fields)
                .containsExactly(
                        ":method: GET",
                        ":scheme: https",
                        ":path: /index.html",
                        ":authority: www.example.com",
                        "custom-key: custom-value");
        assertThat(decoder.tableSize()).isEqualTo(164);
        assertThat(decoder.entryText(0)).isEqualTo("custom-key: custom-value");
        assertThat(decoder.entryText(1)).isEqualTo("cache-control: no-cache");
        assertThat(decoder.entryText(2)).isEqualTo(":authority: www.example.com");
    }

    @Test
    void decodesRequestsWithHuffmanOfAppendixC4() {
        HpackDecoder decoder = new HpackDecoder(4096, scratch);

        decode(decoder, "828684418cf1e3c2e5f23a6ba0ab90f4ff");
        decode(decoder, "828684be5886a8eb10649cbf");
        decode(decoder, "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf");

        assertThat(fields).endsWith(":authority: www.example.com", "custom-key: custom-value");
        assertThat(decoder.tableSize()).isEqualTo(164);
    }

    @Test
    void evictsAsInResponsesOfAppendixC5() {
        HpackDecoder decoder = new HpackDecoder(256, scratch);

        decode(
                decoder,
                "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e17"
                        + "68747470733a2f2f7777772e6578616d706c652e636f6d");
        assertThat(decoder.tableSize()).isEqualTo(222);
        decode(decoder, "4803333037c1c0bf");
        assertThat(fields).startsWith(":status: 307", "cache-control: private");
        assertThat(decoder.tableSize()).isEqualTo(222);
        decode(
                decoder,
                "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48"
                        + "514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31");

        assertThat(fields)
                .containsExactly(
                        ":status: 200",
                        "cache-control: private",
                        "date: Mon, 21 Oct 2013 20:13:22 GMT",
                        "location: https://www.example.com",
                        "content-encoding: gzip",
                        "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");
        assertThat(decoder.tableSize()).isEqualTo(215);
    }

    @Test
    void evictsAsInHuffmanResponsesOfAppendixC6() {
        HpackDecoder decoder = new HpackDecoder(256, scratch);

        decode(
                decoder,
                "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82"
                        + "ae43d3");
        decode(decoder, "4883640effc1c0bf");
        decode(
                decoder,
                "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5"
                        + "af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007");

        assertThat(fields)
                .endsWith(
                        "content-encoding: gzip",
                        "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");
        assertThat(decoder.tableSize()).isEqualTo(215);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "80 | index 0",
                "be | an index beyond the table",
                "ff | an index cut off",
                "ffffffffff7f | an index that overflows",
                "ff8080808080808080 | an integer without end",
                "40 | no name",
                "4005 | a name cut off",
                "400161 | no value",
                "40016105 | a value cut off",
                "7f | a name index cut off",
                "3fe21f | a table larger than announced",
                "823f00 | a size change behind a field",
                "0f2f8100 | Huffman padding of zeros",
                "0f2f81ff | Huffman padding of eight bits",
                "0f2f84ffffffff | the EOS symbol"
            })
    void refusesBadBlocks(String hex, String why) {
        HpackDecoder decoder = new HpackDecoder(4096, scratch);

        assertThat(decode(decoder, hex)).as(why).isFalse();
    }

    @Test
    void takesSizeChangesAtTheStartOfABlock() {
        HpackDecoder decoder = new HpackDecoder(4096, scratch);
        decode(decoder, "400a637573746f6d2d6b65790d637573746f6d2d686561646572");

        assertThat(decode(decoder, "203fe11f82")).isTrue();

        assertThat(decoder.tableSize()).isZero();
        assertThat(fields).containsExactly(":method: GET");
    }

    @Test
    void namesKeepTheirMeaningWhenTheFieldEvictsTheirEntry() {
        HpackDecoder decoder = new HpackDecoder(64, scratch);
        decode(decoder, "4003616263" + "03646566"); // abc: def, 38 bytes

        assertThat(decode(decoder, "7e" + "14" + "78".repeat(20))).isTrue(); // its name, 55 bytes: evicts it

        assertThat(fields).containsExactly("abc: " + "x".repeat(20));
        assertThat(decoder.entryText(0)).isEqualTo("abc: " + "x".repeat(20));
    }

    @Test
    void decodesWhatItEncoded() {
        Random random = new Random(7);
        HpackEncoder encoder = new HpackEncoder(new HpackScratch());
        HpackDecoder decoder = new HpackDecoder(4096, scratch);
        String[] names = {":path", "x-request-id", "user-agent", "x-custom-one", "x-custom-two", "cookie", "a"};
        List<String> values = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            values.add(text(random, random.nextInt(i < 50 ? 40 : 3000)));
        }

        for (int block = 0; block < 3000; block++) {
            if (random.nextInt(100) == 0) {
                encoder.peerTableSize(random.nextInt(5000));
            }
            List<String> sent = new ArrayList<>();
            encoder.begin();
            for (int i = random.nextInt(12); i >= 0; i--) {
                String name = names[random.nextInt(names.length)];
                String value = values.get(random.nextInt(random.nextInt(values.size()) + 1));
                boolean sensitive = random.nextInt(20) == 0;
                encode(encoder, name, value, sensitive);
                sent.add(name + ": " + value + (sensitive || name.equals("cookie") ? " (never indexed)" : ""));
            }
            fields.clear();

            assertThat(decoder.decode(
                            encoder.bytes(),
                            0,
                            encoder.length(),
                            field -> fields.add(text(field) + (field.isSensitive() ? " (never indexed)" : ""))))
                    .isTrue();

            assertThat(fields).isEqualTo(sent);
        }
    }

    @Test
    void sendsARepeatedHeadInAFewBytes() {
        HpackEncoder encoder = new HpackEncoder(scratch);

        int[] lengths = new int[3];
        for (int i = 0; i < 3; i++) {
            encoder.begin();
            encode(encoder, ":method", "POST", false);
            encode(encoder, ":scheme", "http", false);
            encode(encoder, ":path", "/bookstore.Catalog/List", false);
            encode(encoder, "content-type", "application/grpc", false);
            encode(encoder, "x-custom", "some value", false);
            lengths[i] = encoder.length();
        }

        assertThat(lengths[2]).isEqualTo(5);
    }

    @Test
    void entersEveryStableFieldSoonerOrLater() {
        for (int seed = 0; seed < 50; seed++) {
            HpackEncoder encoder = new HpackEncoder(new HpackScratch());
            for (int block = 0; block < 10; block++) {
                encoder.begin();
                for (int i = 0; i < 25; i++) {
                    encode(encoder, "x-name-" + i, "value-" + seed + "-" + i, false);
                }
            }

            assertThat(encoder.length()).isEqualTo(25);
        }
    }

    @Test
    void entersTheNameOfAFieldThatAlwaysChanges() {
        HpackEncoder encoder = new HpackEncoder(scratch);

        for (int i = 0; i < 5; i++) {
            encoder.begin();
            encode(encoder, "x-request-id", "0000-" + i * 31, false);
        }

        assertThat(encoder.length()).isLessThan(12);
    }

    @Test
    void doesNotLetValuesThatChangeEvictOthers() {
        HpackEncoder encoder = new HpackEncoder(scratch);
        for (int i = 0; i < 2; i++) {
            encoder.begin();
            encode(encoder, "user-agent", "stable", false);
        }

        for (int i = 0; i < 1000; i++) {
            encoder.begin();
            encode(encoder, "x-request-id", "0000-" + i * 31, false);
        }
        encoder.begin();
        encode(encoder, "user-agent", "stable", false);

        assertThat(encoder.length()).isEqualTo(1);
    }

    @Test
    void neverIndexesSecrets() {
        HpackEncoder encoder = new HpackEncoder(scratch);

        for (int i = 0; i < 3; i++) {
            encoder.begin();
            encode(encoder, "authorization", "Bearer x", false);

            assertThat(encoder.bytes()[0] & 0xF0).isEqualTo(0x10);
        }
    }

    @Test
    void huffmanCodesEveryByte() {
        byte[] all = new byte[256];
        for (int i = 0; i < 256; i++) {
            all[i] = (byte) i;
        }
        byte[] encoded = new byte[1024];
        int length = Huffman.encode(all, 0, 256, encoded, 0);
        byte[] decoded = new byte[Huffman.decodedBound(length)];

        assertThat(length).isEqualTo(Huffman.encodedLength(all, 0, 256));
        assertThat(Huffman.decode(encoded, 0, length, decoded, 0)).isEqualTo(256);
        assertThat(decoded).startsWith(all);
    }

    @Test
    void survivesRandomBlocks() {
        Random random = new Random(11);
        byte[] block = new byte[300];

        for (int i = 0; i < 50_000; i++) {
            HpackDecoder decoder = new HpackDecoder(4096, scratch);
            random.nextBytes(block);
            decoder.decode(
                    block,
                    0,
                    random.nextInt(block.length),
                    field -> assertThat(field.nameLength()).isGreaterThanOrEqualTo(0));
        }
    }

    @Test
    void tellsWellKnownNamesByTheirNumber() {
        HpackDecoder decoder = new HpackDecoder(4096, scratch);
        List<Integer> ids = new ArrayList<>();

        byte[] block = HexFormat.of().parseHex("82" + "40" + "08" + "677270632d796573" + "0130" + "0f0d" + "0130");
        decoder.decode(block, 0, block.length, field -> ids.add(field.nameId()));

        assertThat(ids).containsExactly(HeaderId.PSEUDO_METHOD, HeaderId.UNKNOWN, HeaderId.CONTENT_LENGTH);
    }

    private boolean decode(HpackDecoder decoder, String hex) {
        byte[] block = HexFormat.of().parseHex(hex);
        fields.clear();
        return decoder.decode(block, 0, block.length, field -> fields.add(text(field)));
    }

    private static void encode(HpackEncoder encoder, String name, String value, boolean sensitive) {
        byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
        encoder.field(new HpackField()
                .name(HeaderName.of(name))
                .value(bytes, 0, bytes.length)
                .sensitive(sensitive));
    }

    private static String text(HpackField field) {
        return new String(field.name(), field.nameAt(), field.nameLength(), StandardCharsets.ISO_8859_1) + ": "
                + new String(field.value(), field.valueAt(), field.valueLength(), StandardCharsets.ISO_8859_1);
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) (random.nextInt(10) == 0 ? random.nextInt(256) : 'a' + random.nextInt(26)));
        }
        return text.toString();
    }
}
