package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * {@code %START_TIME%}: when the request began. Without a format ISO 8601 in milliseconds; else strftime's common letters, {@code %s}
 * seconds, {@code %3f} milliseconds, {@code %6f} microseconds.
 *
 * <p>The text of the latest second (or millisecond, where the format shows them) is kept: loops that race for it make it twice,
 * nothing worse.
 */
final class StartTime implements LogPart {
    private static final DateTimeFormatter ISO_SECOND =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final char SECONDS = '\u0001';
    private static final int MILLIS = 1000;

    private final DateTimeFormatter formatter;
    private final Fraction fraction;
    private volatile Text latest = new Text(Long.MIN_VALUE, new byte[0]);

    /** What follows the second. */
    private enum Fraction {
        /** Milliseconds and the Z of the default form. */
        ISO,
        /** Something within the format. */
        FORMATTED,
        NONE
    }

    StartTime(String format) {
        this.formatter = format.isEmpty() ? ISO_SECOND : compile(format);
        this.fraction =
                format.isEmpty() ? Fraction.ISO : format.matches(".*%\\d?f.*") ? Fraction.FORMATTED : Fraction.NONE;
    }

    @Override
    public void write(Exchange exchange, LineBuffer out) {
        long millis = exchange.timings().startEpochMillis;
        long unit = fraction == Fraction.FORMATTED ? millis : Math.floorDiv(millis, MILLIS);
        Text text = latest;
        if (text.unit != unit) {
            text = new Text(unit, format(millis));
            latest = text;
        }
        out.range(text.bytes, 0, text.bytes.length);
        if (fraction == Fraction.ISO) {
            out.digits((int) Math.floorMod(millis, (long) MILLIS), 3);
            out.text("Z");
        }
    }

    private byte[] format(long millis) {
        Instant start = Instant.ofEpochMilli(millis);
        String text = formatter.format(start);
        if (text.indexOf(SECONDS) >= 0) {
            text = text.replace(String.valueOf(SECONDS), String.valueOf(start.getEpochSecond()));
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static DateTimeFormatter compile(String format) {
        StringBuilder pattern = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            boolean literal = c != '%' || i + 1 == format.length();
            if (literal != quoted) {
                pattern.append('\'');
                quoted = literal;
            }
            if (literal) {
                pattern.append(c == '\'' ? "''" : String.valueOf(c));
                continue;
            }
            char letter = format.charAt(++i);
            if (Character.isDigit(letter) && letter != '0' && i + 1 < format.length() && format.charAt(i + 1) == 'f') {
                pattern.append("S".repeat(letter - '0'));
                i++;
                continue;
            }
            pattern.append(
                    switch (letter) {
                        case 'Y' -> "yyyy";
                        case 'y' -> "yy";
                        case 'm' -> "MM";
                        case 'd' -> "dd";
                        case 'e' -> "ppd";
                        case 'H' -> "HH";
                        case 'I' -> "hh";
                        case 'p' -> "a";
                        case 'M' -> "mm";
                        case 'S' -> "ss";
                        case 'f' -> "SSSSSSSSS";
                        case 'F' -> "yyyy-MM-dd";
                        case 'D' -> "MM/dd/yy";
                        case 'T' -> "HH:mm:ss";
                        case 'R' -> "HH:mm";
                        case 'j' -> "DDD";
                        case 'z' -> "xx";
                        case 'Z' -> "'UTC'";
                        case 'a' -> "EEE";
                        case 'A' -> "EEEE";
                        case 'b', 'h' -> "MMM";
                        case 'B' -> "MMMM";
                        case 's' -> "'" + SECONDS + "'";
                        case '%' -> "'%'";
                        default ->
                            throw new IllegalArgumentException(
                                    "access log format: %" + letter + " in START_TIME(" + format + ") is not known");
                    });
        }
        if (quoted) {
            pattern.append('\'');
        }
        return DateTimeFormatter.ofPattern(pattern.toString(), Locale.ENGLISH).withZone(ZoneOffset.UTC);
    }

    private record Text(long unit, byte[] bytes) {}
}
