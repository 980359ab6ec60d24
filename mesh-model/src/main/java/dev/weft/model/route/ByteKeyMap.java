package dev.weft.model.route;

import dev.weft.model.match.HeaderKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An immutable hash map from names to values that is looked up by a byte range, without creating a string. */
final class ByteKeyMap<V> {
    private final byte[][] keys;
    private final Object[] values;
    private final int mask;

    ByteKeyMap(Map<String, V> entries) {
        int size = Integer.highestOneBit(Math.max(1, entries.size())) * 4;
        this.keys = new byte[size][];
        this.values = new Object[size];
        this.mask = size - 1;
        entries.forEach((name, value) -> {
            byte[] key = name.getBytes(StandardCharsets.ISO_8859_1);
            int at = spread(HeaderKey.hash(key, 0, key.length));
            while (keys[at] != null) {
                at = (at + 1) & mask;
            }
            keys[at] = key;
            values[at] = value;
        });
    }

    private int spread(int hash) {
        return (hash ^ hash >>> 15) & mask;
    }

    @SuppressWarnings("unchecked") // values holds V only
    @Nullable
    V find(byte[] block, int offset, int length) {
        int at = spread(HeaderKey.hash(block, offset, length));
        while (keys[at] != null) {
            byte[] key = keys[at];
            if (key.length == length && Arrays.equals(key, 0, length, block, offset, offset + length)) {
                return (V) values[at];
            }
            at = (at + 1) & mask;
        }
        return null;
    }
}
