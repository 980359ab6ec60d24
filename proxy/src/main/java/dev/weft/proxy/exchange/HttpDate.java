package dev.weft.proxy.exchange;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The value of a {@code date} field, made anew once per second. Loop-confined. */
final class HttpDate {
    // RFC 9110's IMF-fixdate; the JDK's RFC 1123 formatter writes the day without a leading zero.
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

    private long second = Long.MIN_VALUE;
    private byte[] text = {};

    byte[] at(long epochMillis) {
        long now = Math.floorDiv(epochMillis, 1000L);
        if (now != second) {
            second = now;
            text = FORMAT.format(ZonedDateTime.ofInstant(Instant.ofEpochSecond(now), ZoneOffset.UTC))
                    .getBytes(StandardCharsets.ISO_8859_1);
        }
        return text;
    }
}
