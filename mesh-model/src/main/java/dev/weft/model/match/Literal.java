package dev.weft.model.match;

import com.google.errorprone.annotations.Immutable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A constant of a matcher as UTF-8 bytes, compared in place against ranges of a head. */
@Immutable
public final class Literal {
    private final String text;

    @SuppressWarnings("Immutable") // written once, never handed out for writing
    private final byte[] bytes;

    private Literal(String text) {
        this.text = text;
        this.bytes = text.getBytes(StandardCharsets.UTF_8);
    }

    public static Literal of(String text) {
        return new Literal(text);
    }

    public String text() {
        return text;
    }

    /** Shared, not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return bytes.length;
    }

    /** Whether the literal stands at {@code offset}; the caller has checked that the range is long enough. */
    public boolean isAt(byte[] block, int offset, boolean ignoreCase) {
        if (!ignoreCase) {
            return Arrays.equals(block, offset, offset + bytes.length, bytes, 0, bytes.length);
        }
        for (int i = 0; i < bytes.length; i++) {
            if (lower(block[offset + i]) != lower(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Literal other && text.equals(other.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
