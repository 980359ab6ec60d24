package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;

/** A piece of an access log line. Immutable. */
interface LogPart {
    void write(Exchange exchange, LineBuffer out);

    /** Whether the value is a JSON number. */
    default boolean isNumber() {
        return false;
    }

    /** Whether there is no value, which text shows as {@code -} and JSON as null. */
    default boolean isAbsent(Exchange exchange) {
        return false;
    }
}
