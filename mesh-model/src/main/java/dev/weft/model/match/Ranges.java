package dev.weft.model.match;

import java.nio.charset.StandardCharsets;

/**
 * Byte ranges packed in a {@code long}: offset in the upper half, length in the lower. A head is one flat buffer, and matching
 * looks at ranges of it without creating objects.
 */
public final class Ranges {
    /** No such value. Distinct from an empty range. */
    public static final long NONE = -1;

    private Ranges() {}

    public static long of(int offset, int length) {
        return (long) offset << 32 | length;
    }

    public static int offset(long range) {
        return (int) (range >>> 32);
    }

    public static int length(long range) {
        return (int) range;
    }

    /** The range as text (ISO-8859-1 keeps every byte). Allocates: not for the request path. */
    public static String text(byte[] block, long range) {
        return range == NONE ? "" : new String(block, offset(range), length(range), StandardCharsets.ISO_8859_1);
    }
}
