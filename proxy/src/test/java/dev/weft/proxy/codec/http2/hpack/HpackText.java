package dev.weft.proxy.codec.http2.hpack;

import dev.weft.proxy.exchange.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Both directions of HPACK on text, for tests that speak HTTP/2 themselves. */
public final class HpackText {
    private final HpackEncoder encoder = new HpackEncoder(new HpackScratch());
    private final HpackDecoder decoder = new HpackDecoder(4096, new HpackScratch());

    /** A block of alternating names and values, as they are. */
    public byte[] encode(String... namesAndValues) {
        encoder.begin();
        HpackField field = new HpackField();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            byte[] name = namesAndValues[i].getBytes(StandardCharsets.ISO_8859_1);
            byte[] value = namesAndValues[i + 1].getBytes(StandardCharsets.ISO_8859_1);
            encoder.field(field.name(HeaderName.recognize(name, 0, name.length), name, 0, name.length)
                    .value(value, 0, value.length));
        }
        return Arrays.copyOf(encoder.bytes(), encoder.length());
    }

    /** The fields of a block as {@code name: value}. */
    public List<String> decode(byte[] block) {
        List<String> fields = new ArrayList<>();
        boolean sound = decoder.decode(
                block,
                0,
                block.length,
                field -> fields.add(new String(
                                field.name(), field.nameAt(), field.nameLength(), StandardCharsets.ISO_8859_1)
                        + ": "
                        + new String(
                                field.value(), field.valueAt(), field.valueLength(), StandardCharsets.ISO_8859_1)));
        if (!sound) {
            throw new AssertionError("a block that cannot be decoded");
        }
        return fields;
    }
}
