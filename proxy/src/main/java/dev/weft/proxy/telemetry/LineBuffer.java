package dev.weft.proxy.telemetry;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes of log lines of one loop. In a quoted value everything that JSON forbids is escaped; elsewhere no control character gets
 * through, since one would forge a line. Loop-confined.
 */
final class LineBuffer {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int FIRST_SIZE = 20 * 1024;
    /** A byte is written as six at most: {@code \}{@code u00ff}. */
    private static final int MOST_PER_BYTE = 6;

    private byte[] bytes;
    private int length;
    private boolean quoted;

    LineBuffer() {
        this(new byte[FIRST_SIZE]);
    }

    /** @param bytes memory to write to; the buffer's own from now on */
    LineBuffer(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Whether a JSON string is being written. */
    void quoted(boolean value) {
        quoted = value;
    }

    /** A text, or one that holds a byte per character as texts from the wire do. */
    void text(String value) {
        text(value, 0, value.length());
    }

    void text(String value, int start, int end) {
        reserve((end - start) * MOST_PER_BYTE);
        for (int i = start; i < end; i++) {
            char c = value.charAt(i);
            if (c > 0x7E) {
                rest(value.substring(i, end));
                return;
            }
            plain((byte) c);
        }
    }

    private void rest(String value) {
        boolean bytesOfTheWire = value.chars().allMatch(c -> c <= 0xFF);
        byte[] encoded = value.getBytes(bytesOfTheWire ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        range(encoded, 0, encoded.length);
    }

    void range(byte[] block, int start, int count) {
        reserve(count * MOST_PER_BYTE);
        int end = start + count;
        int i = start;
        while (i < end) {
            byte b = block[i];
            if (b >= 0) {
                plain(b);
                i++;
                continue;
            }
            int sequence = utf8(block, i, end);
            if (sequence > 0 || !quoted) {
                int raw = Math.max(1, sequence);
                System.arraycopy(block, i, bytes, length, raw);
                length += raw;
                i += raw;
            } else {
                escape(b);
                i++;
            }
        }
    }

    /** A number of this many digits, with leading zeros. */
    void digits(int value, int count) {
        reserve(count);
        for (int i = length + count - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + value % 10);
            value /= 10;
        }
        length += count;
    }

    void number(long value) {
        reserve(20);
        if (value < 0) {
            bytes[length++] = '-';
            value = -value;
        }
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + value % 10);
            value /= 10;
        }
        length += digits;
    }

    /** As it is, whatever is being written. */
    void raw(byte[] value) {
        reserve(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    /** A text of the format itself: may hold the end of a line, but not of a JSON string. */
    void literal(byte[] value) {
        if (quoted) {
            range(value, 0, value.length);
        } else {
            raw(value);
        }
    }

    private void plain(byte b) {
        if (b >= 0x20 && b != 0x7F) {
            if (quoted && (b == '"' || b == '\\')) {
                bytes[length++] = '\\';
            }
            bytes[length++] = b;
        } else if (quoted) {
            escape(b);
        } else {
            bytes[length++] = (byte) '?';
        }
    }

    private void escape(byte b) {
        bytes[length++] = '\\';
        bytes[length++] = 'u';
        bytes[length++] = '0';
        bytes[length++] = '0';
        bytes[length++] = HEX[b >> 4 & 0xF];
        bytes[length++] = HEX[b & 0xF];
    }

    /** How many bytes the UTF-8 sequence has that begins here; 0 where none does. */
    private static int utf8(byte[] block, int at, int end) {
        int first = block[at] & 0xFF;
        int size = first >= 0xC2 && first <= 0xDF
                ? 2
                : first >= 0xE0 && first <= 0xEF ? 3 : first >= 0xF0 && first <= 0xF4 ? 4 : 0;
        if (size == 0 || at + size > end) {
            return 0;
        }
        for (int i = at + 1; i < at + size; i++) {
            if ((block[i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        // Not the shortest form, half of a surrogate pair, or beyond the last character.
        int second = block[at + 1] & 0xFF;
        boolean wrong = first == 0xE0 && second < 0xA0
                || first == 0xED && second > 0x9F
                || first == 0xF0 && second < 0x90
                || first == 0xF4 && second > 0x8F;
        return wrong ? 0 : size;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
