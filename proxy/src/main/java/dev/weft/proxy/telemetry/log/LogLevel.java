package dev.weft.proxy.telemetry.log;

import java.util.Locale;
import java.util.Optional;
import org.slf4j.event.Level;

/** What a logger lets through, from everything to nothing. */
public enum LogLevel {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    OFF;

    /** By name in any case; also Envoy's {@code warning} and {@code critical}. */
    public static Optional<LogLevel> parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "trace" -> Optional.of(TRACE);
            case "debug" -> Optional.of(DEBUG);
            case "info" -> Optional.of(INFO);
            case "warn", "warning" -> Optional.of(WARN);
            case "error", "critical" -> Optional.of(ERROR);
            case "off" -> Optional.of(OFF);
            default -> Optional.empty();
        };
    }

    /** In lowercase, as the admin page shows it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean allows(Level level) {
        return switch (level) {
            case TRACE -> this == TRACE;
            case DEBUG -> this.ordinal() <= DEBUG.ordinal();
            case INFO -> this.ordinal() <= INFO.ordinal();
            case WARN -> this.ordinal() <= WARN.ordinal();
            case ERROR -> this.ordinal() <= ERROR.ordinal();
        };
    }
}
