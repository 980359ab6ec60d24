package dev.weft.proxy.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/** Makes version 4 UUIDs as bytes. Pure but for the randomness it is given. */
final class RequestId {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int LENGTH = 36;

    private RequestId() {}

    static byte[] next(RandomGenerator random) {
        byte[] id = new byte[LENGTH];
        long high = random.nextLong() & ~0xF000L | 0x4000L;
        long low = random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        int at = 0;
        for (int digit = 0; digit < 32; digit++) {
            if (digit == 8 || digit == 12 || digit == 16 || digit == 20) {
                id[at++] = '-';
            }
            long half = digit < 16 ? high : low;
            id[at++] = HEX[(int) (half >>> (60 - 4 * (digit & 15))) & 0xF];
        }
        return id;
    }
}
