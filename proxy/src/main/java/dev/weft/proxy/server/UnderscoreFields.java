package dev.weft.proxy.server;

import dev.weft.proxy.exchange.ByteRanges;
import dev.weft.proxy.exchange.Headers;

/** Applies {@code headers_with_underscores_action}: some servers take {@code a_b} for {@code a-b}. */
final class UnderscoreFields {
    private UnderscoreFields() {}

    /** Drops such fields, or returns false if there is one and the request is to be rejected. */
    static boolean areAcceptable(Headers headers, ServerOptions.Underscores policy) {
        for (int i = 0; i < headers.entries(); i++) {
            int start = headers.nameStart(i);
            int end = start + headers.nameLength(i);
            if (headers.isLive(i) && ByteRanges.indexOf(headers.block(), start, end, (byte) '_') < end) {
                if (policy == ServerOptions.Underscores.REJECT_REQUEST) {
                    return false;
                }
                headers.removeAt(i);
            }
        }
        return true;
    }
}
