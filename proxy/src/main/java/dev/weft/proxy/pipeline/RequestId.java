package dev.weft.proxy.pipeline;

import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/**
 * Gives requests version 4 UUIDs, written in place: one array per request would be all that a plain HTTP/1 request leaves to the
 * garbage collector. Pure but for the randomness it is given.
 */
final class RequestId {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int LENGTH = 36;

    private RequestId() {}

    /** Replaces the request's id by a new one. */
    static void replace(Headers headers, RandomGenerator random) {
        headers.remove(HeaderName.X_REQUEST_ID);
        int at = headers.addBlank(HeaderName.X_REQUEST_ID, LENGTH);
        write(headers.block(), at, random);
    }

    private static void write(byte[] id, int start, RandomGenerator random) {
        long high = random.nextLong() & ~0xF000L | 0x4000L;
        long low = random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        int at = start;
        for (int digit = 0; digit < 32; digit++) {
            if (digit == 8 || digit == 12 || digit == 16 || digit == 20) {
                id[at++] = '-';
            }
            long half = digit < 16 ? high : low;
            id[at++] = HEX[(int) (half >>> (60 - 4 * (digit & 15))) & 0xF];
        }
    }
}
