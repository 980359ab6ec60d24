package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * {@code %START_TIME%}: when the request began. Without a format ISO 8601 in milliseconds; else strftime's common letters, {@code %s}
 * seconds, {@code %3f} milliseconds, {@code %6f} microseconds.
 */
final class StartTime implements LogPart {
    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final String format;
    private final DateTimeFormatter formatter;

    StartTime(String format) {
        this.format = format;
        this.formatter = format.isEmpty() ? ISO : compile(format);
    }

    @Override
    public void write(Exchange exchange, LineBuffer out) {
        Instant start = Instant.ofEpochMilli(exchange.timings().startEpochMillis);
        String text = formatter.format(start);
        out.text(format.contains("%s") ? text.replace("\u0001", String.valueOf(start.getEpochSecond())) : text);
    }

    private static DateTimeFormatter compile(String format) {
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                pattern.append(c == '\'' ? "''" : "'" + c + "'");
                continue;
            }
            char letter = format.charAt(++i);
            if (Character.isDigit(letter) && i + 1 < format.length() && format.charAt(i + 1) == 'f') {
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
                        case 'H' -> "HH";
                        case 'M' -> "mm";
                        case 'S' -> "ss";
                        case 'f' -> "SSSSSSSSS";
                        case 'F' -> "yyyy-MM-dd";
                        case 'T' -> "HH:mm:ss";
                        case 'z' -> "xx";
                        case 'Z' -> "'UTC'";
                        case 'b' -> "MMM";
                        case 's' -> "'\u0001'";
                        case '%' -> "'%'";
                        default ->
                            throw new IllegalArgumentException(
                                    "access log format: %" + letter + " in START_TIME(" + format + ") is not known");
                    });
        }
        return DateTimeFormatter.ofPattern(pattern.toString(), Locale.ROOT).withZone(ZoneOffset.UTC);
    }
}
