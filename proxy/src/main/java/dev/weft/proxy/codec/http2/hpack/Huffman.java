package dev.weft.proxy.codec.http2.hpack;

/**
 * The static Huffman code of RFC 7541, appendix B.
 *
 * <p>Pure functions. Why this design: the code is canonical (within a length, codes ascend with the symbol), so the 257
 * lengths are the whole table. Decoding looks at nine bits at once, which resolves every symbol that is common in
 * headers with one array read; longer codes are found by comparing against the first code of the next length.
 */
final class Huffman {
    private static final int EOS = 256;
    private static final int LONGEST = 30;
    private static final int FAST_BITS = 9;

    private static final byte[] LENGTHS = {
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28,
        28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15,
        6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22,
        20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23,
        23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22,
        22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26,
        27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27,
        26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30
    };

    private static final int[] CODES = new int[257];
    /** Symbols by length, then by value. */
    private static final short[] SYMBOLS = new short[257];
    /** By length: the first code, left-aligned to {@link #LONGEST} bits. */
    private static final int[] FIRST = new int[LONGEST + 2];
    /** By length: where its symbols start in {@link #SYMBOLS}. */
    private static final int[] OFFSET = new int[LONGEST + 2];
    /** By the next nine bits: length and symbol of a short code, 0 if the code is longer. */
    private static final short[] FAST = new short[1 << FAST_BITS];

    static {
        int code = 0;
        int symbols = 0;
        for (int length = 1; length <= LONGEST; length++) {
            code <<= 1;
            FIRST[length] = code << (LONGEST - length);
            OFFSET[length] = symbols;
            for (int symbol = 0; symbol < LENGTHS.length; symbol++) {
                if (LENGTHS[symbol] == length) {
                    if (length <= FAST_BITS) {
                        int from = code << (FAST_BITS - length);
                        for (int i = 0; i < 1 << (FAST_BITS - length); i++) {
                            FAST[from + i] = (short) (length << 8 | symbol);
                        }
                    }
                    SYMBOLS[symbols++] = (short) symbol;
                    CODES[symbol] = code++;
                }
            }
        }
        FIRST[LONGEST + 1] = 1 << LONGEST;
    }

    private Huffman() {}

    /** How many bytes decoding {@code length} bytes gives at most: the shortest code has five bits. */
    static int decodedBound(int length) {
        return length * 8 / 5 + 1;
    }

    /**
     * Decodes a string behind {@code targetAt}.
     *
     * @return how many bytes were written, or -1 if EOS occurs or the padding is not up to seven ones
     */
    static int decode(byte[] source, int start, int length, byte[] target, int targetAt) {
        int end = start + length;
        int at = start;
        int out = targetAt;
        long bits = 0;
        int count = 0;
        while (true) {
            while (count <= 48 && at < end) {
                bits = bits << 8 | (source[at++] & 0xFF);
                count += 8;
            }
            if (count == 0) {
                return out - targetAt;
            }
            int window = window(bits, count);
            int entry = FAST[window >>> (LONGEST - FAST_BITS)];
            int codeLength = entry >> 8;
            int symbol = entry & 0xFF;
            if (entry == 0) {
                codeLength = FAST_BITS + 1;
                while (window >= FIRST[codeLength + 1]) {
                    codeLength++;
                }
                symbol = SYMBOLS[OFFSET[codeLength] + ((window - FIRST[codeLength]) >>> (LONGEST - codeLength))];
            }
            if (codeLength > count) {
                int mask = (1 << count) - 1;
                return count < 8 && (bits & mask) == mask ? out - targetAt : -1;
            }
            if (symbol == EOS) {
                return -1;
            }
            target[out++] = (byte) symbol;
            count -= codeLength;
        }
    }

    /** How many bytes the string has once encoded. */
    static int encodedLength(byte[] source, int start, int length) {
        int bits = 0;
        for (int i = start; i < start + length; i++) {
            bits += LENGTHS[source[i] & 0xFF];
        }
        return (bits + 7) >>> 3;
    }

    /** Encodes a string at {@code targetAt}; returns the end of what was written. */
    static int encode(byte[] source, int start, int length, byte[] target, int targetAt) {
        long bits = 0;
        int count = 0;
        int out = targetAt;
        for (int i = start; i < start + length; i++) {
            int symbol = source[i] & 0xFF;
            int codeLength = LENGTHS[symbol];
            bits = bits << codeLength | CODES[symbol];
            count += codeLength;
            while (count >= 8) {
                count -= 8;
                target[out++] = (byte) (bits >>> count);
            }
        }
        if (count > 0) {
            target[out++] = (byte) (bits << (8 - count) | 0xFF >>> count);
        }
        return out;
    }

    /** The next bits, left-aligned to {@link #LONGEST} and filled up with ones, as padding is. */
    private static int window(long bits, int count) {
        int missing = LONGEST - count;
        long aligned = missing <= 0 ? bits >>> -missing : bits << missing | ((1L << missing) - 1);
        return (int) aligned & ((1 << LONGEST) - 1);
    }
}
