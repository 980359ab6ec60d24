package dev.weft.proxy.route;

import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;

/** Reads {@code grpc-timeout}: up to eight digits and a unit (gRPC over HTTP/2). Pure; makes no String. */
final class GrpcTimeout {
    /** No header, or one that is not well-formed. */
    static final long NONE = -1;

    private GrpcTimeout() {}

    /** Nanoseconds, or {@link #NONE}. */
    static long nanos(Headers headers) {
        int entry = headers.find(HeaderName.GRPC_TIMEOUT);
        if (entry == Headers.NONE) {
            return NONE;
        }
        byte[] block = headers.block();
        int start = headers.valueStart(entry);
        int digits = headers.valueLength(entry) - 1;
        if (digits < 1 || digits > 8) {
            return NONE;
        }
        long value = 0;
        for (int i = start; i < start + digits; i++) {
            int digit = block[i] - '0';
            if (digit < 0 || digit > 9) {
                return NONE;
            }
            value = value * 10 + digit;
        }
        return switch (block[start + digits]) {
            case 'H' -> value * 3_600_000_000_000L;
            case 'M' -> value * 60_000_000_000L;
            case 'S' -> value * 1_000_000_000L;
            case 'm' -> value * 1_000_000L;
            case 'u' -> value * 1_000L;
            case 'n' -> value;
            default -> NONE;
        };
    }
}
