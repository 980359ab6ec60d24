package dev.weft.proxy.codec.http2;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Which bytes names, values and targets may have (RFC 9113 section 8.2.1, RFC 9110, RFC 3986). Pure functions. */
final class FieldRules {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGHS = 0x8080_8080_8080_8080L;

    /** Bytes of a lowercase token. */
    private static final boolean[] NAME = new boolean[256];
    /** Bytes of a method. */
    private static final boolean[] TOKEN = new boolean[256];
    /** Bytes of a host with port: no userinfo, path or blank. */
    private static final boolean[] AUTHORITY = new boolean[256];

    static {
        for (char c : "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz".toCharArray()) {
            NAME[c] = true;
            TOKEN[c] = true;
        }
        for (char c = 'A'; c <= 'Z'; c++) {
            TOKEN[c] = true;
            AUTHORITY[c] = true;
        }
        for (char c : "-._~%!$&'()*+,;=:[]0123456789abcdefghijklmnopqrstuvwxyz".toCharArray()) {
            AUTHORITY[c] = true;
        }
    }

    private FieldRules() {}

    /** Whether it is a field name in lowercase. */
    static boolean isName(byte[] source, int start, int length) {
        return length > 0 && all(NAME, source, start, length);
    }

    /** Whether it is a token, case aside, as methods are. */
    static boolean isToken(byte[] source, int start, int length) {
        return length > 0 && all(TOKEN, source, start, length);
    }

    /** Whether it can be a host with an optional port. */
    static boolean isAuthority(byte[] source, int start, int length) {
        return length > 0 && all(AUTHORITY, source, start, length);
    }

    /** Whether it has neither control bytes but tabs, nor blanks at its ends. Looks at eight bytes at once. */
    static boolean isValue(byte[] source, int start, int length) {
        if (length == 0) {
            return true;
        }
        int end = start + length;
        if (isBlank(source[start]) || isBlank(source[end - 1])) {
            return false;
        }
        int at = start;
        for (; at + 8 <= end; at += 8) {
            long word = (long) LONGS.get(source, at);
            // A byte below 0x20, or 0x7F: exact unless another byte of the word is one, which is looked at below.
            long below = (word - ONES * 0x20) & ~word & HIGHS;
            long rubout = word ^ (ONES * 0x7F);
            rubout = (rubout - ONES) & ~rubout & HIGHS;
            if ((below | rubout) != 0 && !isValueSlow(source, at, at + 8)) {
                return false;
            }
        }
        return isValueSlow(source, at, end);
    }

    /** Whether it can be a path with query: no control bytes, blanks or bytes beyond ASCII. */
    static boolean isPath(byte[] source, int start, int length) {
        for (int i = start; i < start + length; i++) {
            if (source[i] <= ' ' || source[i] == 0x7F) {
                return false;
            }
        }
        return true;
    }

    private static boolean isValueSlow(byte[] source, int start, int end) {
        for (int i = start; i < end; i++) {
            int value = source[i] & 0xFF;
            if ((value < ' ' && value != '\t') || value == 0x7F) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBlank(byte value) {
        return value == ' ' || value == '\t';
    }

    private static boolean all(boolean[] allowed, byte[] source, int start, int length) {
        for (int i = start; i < start + length; i++) {
            if (!allowed[source[i] & 0xFF]) {
                return false;
            }
        }
        return true;
    }
}
