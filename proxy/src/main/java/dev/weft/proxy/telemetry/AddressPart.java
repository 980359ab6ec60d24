package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;
import java.util.function.Function;

/** Host or port of an address that stands as one text ({@code 10.0.0.1:80}, {@code [::1]:80}). Immutable. */
record AddressPart(Function<Exchange, String> address, Piece piece) implements LogPart {
    /** Which of the two. */
    enum Piece {
        HOST,
        PORT
    }

    @Override
    public void write(Exchange exchange, LineBuffer out) {
        String text = address.apply(exchange);
        int colon = text.lastIndexOf(':');
        if (text.isEmpty() || (colon < 0 && piece == Piece.PORT)) {
            out.text("-");
            return;
        }
        switch (piece) {
            case HOST -> {
                int end = colon < 0 ? text.length() : colon;
                boolean bracketed = text.startsWith("[");
                out.text(text, bracketed ? 1 : 0, bracketed ? end - 1 : end);
            }
            case PORT -> out.text(text, colon + 1, text.length());
        }
    }

    @Override
    public boolean isNumber() {
        return piece == Piece.PORT;
    }

    @Override
    public boolean isAbsent(Exchange exchange) {
        String text = address.apply(exchange);
        return text.isEmpty() || (piece == Piece.PORT && text.lastIndexOf(':') < 0);
    }
}
