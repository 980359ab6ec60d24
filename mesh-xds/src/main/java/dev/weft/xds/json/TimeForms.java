package dev.weft.xds.json;

import com.google.protobuf.ByteString;
import dev.weft.xds.FieldPath;
import dev.weft.xds.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text forms of durations ({@code 1.5s}) and timestamps (RFC 3339). */
final class TimeForms {
    /** Ten thousand years, the range that protobuf documents. */
    private static final long MAX_SECONDS = 315_576_000_000L;

    private static final Pattern DURATION = Pattern.compile("(-?)([0-9]{1,12})(?:\\.([0-9]{1,9}))?s");

    private TimeForms() {}

    static ByteString duration(@Nullable Object tree, FieldPath at, List<Problem> problems) {
        if (tree instanceof CharSequence text) {
            Matcher parts = DURATION.matcher(text);
            if (parts.matches() && Long.parseLong(parts.group(2)) <= MAX_SECONDS) {
                int sign = parts.group(1).isEmpty() ? 1 : -1;
                String fraction = parts.group(3) == null ? "" : parts.group(3);
                int nanos = fraction.isEmpty() ? 0 : Integer.parseInt(fraction + "0".repeat(9 - fraction.length()));
                return secondsAndNanos(sign * Long.parseLong(parts.group(2)), sign * nanos);
            }
        }
        problems.add(at.problem("found " + TreeToWire.shown(tree) + ", expected a duration such as \"1.5s\""));
        return ByteString.EMPTY;
    }

    static ByteString timestamp(@Nullable Object tree, FieldPath at, List<Problem> problems) {
        if (tree instanceof CharSequence text) {
            try {
                Instant instant = OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME)
                        .toInstant();
                return secondsAndNanos(instant.getEpochSecond(), instant.getNano());
            } catch (DateTimeException e) {
                // Reported below.
            }
        }
        problems.add(
                at.problem("found " + TreeToWire.shown(tree) + ", expected a time such as \"2026-01-31T12:00:00Z\""));
        return ByteString.EMPTY;
    }

    private static ByteString secondsAndNanos(long seconds, int nanos) {
        return TreeToWire.write(out -> {
            if (seconds != 0) {
                out.writeInt64(1, seconds);
            }
            if (nanos != 0) {
                out.writeInt32(2, nanos);
            }
        });
    }

    static String duration(long seconds, int nanos) {
        String sign = seconds < 0 || nanos < 0 ? "-" : "";
        return sign + Math.abs(seconds) + fraction(Math.abs(nanos)) + "s";
    }

    static String timestamp(long seconds, int nanos) {
        String whole = Instant.ofEpochSecond(seconds).toString();
        return whole.substring(0, whole.length() - 1) + fraction(nanos) + "Z";
    }

    /** None, three, six or nine digits. */
    private static String fraction(int nanos) {
        if (nanos == 0) {
            return "";
        }
        String digits = String.valueOf(1_000_000_000L + nanos).substring(1);
        int length = nanos % 1_000_000 == 0 ? 3 : nanos % 1000 == 0 ? 6 : 9;
        return "." + digits.substring(0, length);
    }
}
