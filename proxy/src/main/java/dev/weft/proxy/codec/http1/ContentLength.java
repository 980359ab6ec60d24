package dev.weft.proxy.codec.http1;

import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;

/** Reads {@code content-length} without room for two meanings. Pure functions but for dropping repeats. */
final class ContentLength {
    private ContentLength() {}

    /** The length; repeats of the same value are removed. -1 if it is no plain number or if two differ. */
    static long only(Headers headers, int first) {
        long bytes = headers.valueNumber(first);
        int entry = headers.findFrom(HeaderName.CONTENT_LENGTH, first + 1);
        while (entry != Headers.NONE) {
            if (headers.valueNumber(entry) != bytes) {
                return -1;
            }
            headers.removeAt(entry);
            entry = headers.findFrom(HeaderName.CONTENT_LENGTH, entry + 1);
        }
        return bytes;
    }
}
