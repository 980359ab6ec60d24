package dev.weft.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
public final class Numbers {
    private static final String UNKNOWN = "-";

    private Numbers() {}

    /** {@code 12s}, {@code 6m}, {@code 21h}, {@code 3d}: one unit, rounded down. */
    public static String age(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 120) {
            return seconds + "s";
        }
        if (seconds < 2 * 3600) {
            return seconds / 60 + "m";
        }
        return seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }

    /** Seconds of a node as an age; {@code -} where it is absent. */
    public static String age(JsonNode seconds) {
        return seconds.isNumber() ? age(Duration.ofSeconds(seconds.asLong())) : UNKNOWN;
    }

    /** {@code 3ms}, {@code 0.4ms}, {@code 1.20s}. */
    public static String millis(JsonNode millis) {
        if (!millis.isNumber()) {
            return UNKNOWN;
        }
        double value = millis.asDouble();
        if (value >= 1000) {
            return String.format(Locale.ROOT, "%.2fs", value / 1000);
        }
        return value >= 10 ? String.format(Locale.ROOT, "%.0fms", value) : String.format(Locale.ROOT, "%.1fms", value);
    }

    /** A ratio from 0 to 1 as {@code 99.10%}; only all is 100.00%. */
    public static String percent(JsonNode ratio) {
        if (!ratio.isNumber()) {
            return UNKNOWN;
        }
        double percent = ratio.asDouble() * 100;
        // Rounding must not hide the one failure in ten thousand and more.
        return String.format(Locale.ROOT, "%.2f%%", percent < 100 ? Math.min(percent, 99.99) : percent);
    }

    /** {@code 1.8 s} */
    public static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    public static String rate(JsonNode perSecond) {
        return perSecond.isNumber() ? String.format(Locale.ROOT, "%.1f", perSecond.asDouble()) : UNKNOWN;
    }

    /** {@code 1 proxy}, {@code 2 proxies}. */
    public static String count(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }

    public static String text(JsonNode node) {
        String text = node.asText("");
        return text.isEmpty() ? UNKNOWN : text;
    }
}
