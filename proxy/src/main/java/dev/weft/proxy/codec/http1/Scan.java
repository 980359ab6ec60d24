package dev.weft.proxy.codec.http1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds the bytes that end or spoil a part of a head, eight at a time. Pure functions. */
final class Scan {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long TOPS = 0x8080_8080_8080_8080L;

    /** The lowercase of each token char (RFC 9110), 0 for all other bytes. */
    private static final byte[] TOKENS = tokens();

    private Scan() {}

    /** The byte in lowercase if a name or method may hold it, else 0. */
    static byte token(byte value) {
        return TOKENS[value & 0xFF];
    }

    /** The first control byte (below blank, or DEL) at or behind {@code from}; {@code end} if there is none. */
    static int control(byte[] block, int from, int end) {
        int at = from;
        for (; at + 8 <= end; at += 8) {
            long word = (long) LONGS.get(block, at);
            long del = word ^ (0x7F * ONES);
            // Both tests may borrow into higher bytes, never into lower ones: the lowest hit is exact.
            long hits = (((word - 0x20 * ONES) & ~word) | ((del - ONES) & ~del)) & TOPS;
            if (hits != 0) {
                return at + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        for (; at < end; at++) {
            byte value = block[at];
            if ((value >= 0 && value < 0x20) || value == 0x7F) {
                return at;
            }
        }
        return end;
    }

    /** The first byte that a request target cannot hold: blank, control or not ASCII; {@code end} if there is none. */
    static int targetEnd(byte[] block, int from, int end) {
        int at = from;
        for (; at + 8 <= end; at += 8) {
            long word = (long) LONGS.get(block, at);
            long del = word ^ (0x7F * ONES);
            long hits = (((word - 0x21 * ONES) & ~word) | ((del - ONES) & ~del) | word) & TOPS;
            if (hits != 0) {
                return at + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        for (; at < end; at++) {
            if (block[at] <= 0x20 || block[at] == 0x7F) {
                return at;
            }
        }
        return end;
    }

    private static byte[] tokens() {
        byte[] table = new byte[256];
        for (char c : "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz".toCharArray()) {
            table[c] = (byte) c;
        }
        for (char c = 'A'; c <= 'Z'; c++) {
            table[c] = (byte) (c + 32);
        }
        return table;
    }
}
