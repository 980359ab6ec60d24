package dev.weft.proxy.exchange;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Questions about a range of bytes, asked without making a String.
 *
 * <p>Pure functions. "Lowercase" and "ignore case" mean ASCII.
 */
public final class ByteRanges {
    private ByteRanges() {}

    /** Whether the range holds exactly these bytes. */
    public static boolean equals(byte[] block, int start, int length, byte[] other) {
        return length == other.length && Arrays.equals(block, start, start + length, other, 0, length);
    }

    /** Whether the range holds these bytes, case aside; {@code lower} must be lowercase. */
    public static boolean equalsIgnoreCase(byte[] block, int start, int length, byte[] lower) {
        if (length != lower.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (lower(block[start + i]) != lower[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether the range starts with these bytes. */
    public static boolean startsWith(byte[] block, int start, int length, byte[] prefix) {
        return length >= prefix.length && Arrays.equals(block, start, start + prefix.length, prefix, 0, prefix.length);
    }

    /** Whether the range, a comma-separated list, has this token, case aside; {@code lower} must be lowercase. */
    public static boolean hasToken(byte[] block, int start, int length, byte[] lower) {
        int end = start + length;
        int at = start;
        while (at <= end) {
            int comma = indexOf(block, at, end, (byte) ',');
            int from = skipBlanks(block, at, comma);
            int to = trimEnd(block, from, comma);
            if (equalsIgnoreCase(block, from, to - from, lower)) {
                return true;
            }
            at = comma + 1;
        }
        return false;
    }

    /** The position of {@code wanted} in the range, {@code end} if it is not there. */
    public static int indexOf(byte[] block, int start, int end, byte wanted) {
        for (int i = start; i < end; i++) {
            if (block[i] == wanted) {
                return i;
            }
        }
        return end;
    }

    /** The first position that is neither space nor tab. */
    public static int skipBlanks(byte[] block, int start, int end) {
        int at = start;
        while (at < end && (block[at] == ' ' || block[at] == '\t')) {
            at++;
        }
        return at;
    }

    /** The end of the range without the spaces and tabs behind it. */
    public static int trimEnd(byte[] block, int start, int end) {
        int at = end;
        while (at > start && (block[at - 1] == ' ' || block[at - 1] == '\t')) {
            at--;
        }
        return at;
    }

    /** The range as a decimal number; -1 if it is empty, has anything but digits, or more than 18 of them. */
    public static long number(byte[] block, int start, int length) {
        if (length == 0 || length > 18) {
            return -1;
        }
        long value = 0;
        for (int i = start; i < start + length; i++) {
            int digit = block[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** Whether the range holds the chars of {@code text}, one byte each. */
    public static boolean equalsText(byte[] block, int start, int length, String text) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if ((block[start + i] & 0xFF) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The byte in lowercase. */
    public static byte lower(byte value) {
        return value >= 'A' && value <= 'Z' ? (byte) (value + 32) : value;
    }

    /** Writes a decimal number, not negative. */
    public static void writeNumber(ByteBuf out, long value) {
        if (value >= 10) {
            writeNumber(out, value / 10);
        }
        out.writeByte((int) ('0' + value % 10));
    }
}
