package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.ResponseFlag;
import java.util.function.Function;

/** {@code %RESPONSE_FLAGS%}: the flags joined by comma, without making a text of them. Immutable. */
record FlagsPart(Function<ResponseFlag, String> name) implements LogPart {
    private static final ResponseFlag[] ALL = ResponseFlag.values();

    @Override
    public void write(Exchange exchange, LineBuffer out) {
        long flags = exchange.flags();
        if (flags == 0) {
            out.text("-");
            return;
        }
        boolean first = true;
        while (flags != 0) {
            int bit = Long.numberOfTrailingZeros(flags);
            flags &= flags - 1;
            if (!first) {
                out.text(",");
            }
            first = false;
            out.text(name.apply(ALL[bit]));
        }
    }
}
