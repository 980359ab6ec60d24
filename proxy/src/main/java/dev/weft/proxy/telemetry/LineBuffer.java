package dev.weft.proxy.telemetry;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes of log lines of one loop. In a quoted value everything that JSON forbids is escaped. Loop-confined. */
final class LineBuffer {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private byte[] bytes = new byte[8 * 1024];
    private int length;
    private boolean quoted;

    /** Whether a JSON string is being written. */
    void quoted(boolean value) {
        quoted = value;
    }

    void text(String value) {
        reserve(value.length() * 6);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c > 0xFF) {
                utf8(value, i);
                return;
            }
            put((byte) c);
        }
    }

    private void utf8(String value, int from) {
        byte[] rest = value.substring(from).getBytes(StandardCharsets.UTF_8);
        range(rest, 0, rest.length);
    }

    void range(byte[] block, int start, int count) {
        reserve(count * 6);
        for (int i = start; i < start + count; i++) {
            put(block[i]);
        }
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

    /** A control character would forge a line, so none gets through. */
    private void put(byte b) {
        if (quoted && (b == '"' || b == '\\')) {
            bytes[length++] = '\\';
            bytes[length++] = b;
        } else if (b >= 0 && b < 0x20) {
            if (quoted) {
                raw(new byte[] {'\\', 'u', '0', '0', HEX[b >> 4], HEX[b & 0xF]});
            } else {
                bytes[length++] = b == '\n' || b == '\t' ? (byte) ' ' : (byte) '?';
            }
        } else {
            bytes[length++] = b;
        }
    }

    int length() {
        return length;
    }

    /** The bytes so far; the buffer is empty then. */
    byte[] take() {
        byte[] taken = Arrays.copyOf(bytes, length);
        length = 0;
        return taken;
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
