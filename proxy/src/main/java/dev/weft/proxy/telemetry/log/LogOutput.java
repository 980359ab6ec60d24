package dev.weft.proxy.telemetry.log;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * Writes log lines: {@code 2026-11-21T12:00:00.000Z INFO  logger message key=value}, each with one write, so that lines of several
 * threads and of a child process stay whole. Thread safe.
 */
final class LogOutput {
    private final OutputStream out;
    private final InstantSource clock;

    LogOutput(OutputStream out, InstantSource clock) {
        this.out = out;
        this.clock = clock;
    }

    void write(Level level, String logger, String message, @Nullable Throwable failure) {
        StringBuilder line = new StringBuilder(message.length() + 96);
        time(line, clock.millis());
        line.append(' ').append(level).append(level == Level.INFO || level == Level.WARN ? "  " : " ");
        line.append(logger).append(' ');
        printable(line, message);
        line.append('\n');
        if (failure != null) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            line.append(trace.getBuffer());
        }
        byte[] bytes = line.toString().getBytes(StandardCharsets.UTF_8);
        synchronized (this) {
            try {
                out.write(bytes);
                out.flush();
            } catch (IOException e) {
                // Standard error is closed: there is nowhere left to say so.
            }
        }
    }

    /** A message may quote what came from outside; that must not forge a line. */
    private static void printable(StringBuilder line, String message) {
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (c >= ' ' && c != 0x7F) {
                line.append(c);
            } else if (c == '\n') {
                line.append("\\n");
            } else {
                line.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 0xF, 16));
            }
        }
    }

    private static void time(StringBuilder line, long millis) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(Math.floorDiv(millis, 1000), 0, ZoneOffset.UTC);
        line.append(time.getYear());
        two(line, '-', time.getMonthValue());
        two(line, '-', time.getDayOfMonth());
        two(line, 'T', time.getHour());
        two(line, ':', time.getMinute());
        two(line, ':', time.getSecond());
        int fraction = (int) Math.floorMod(millis, 1000L);
        line.append('.')
                .append((char) ('0' + fraction / 100))
                .append((char) ('0' + fraction / 10 % 10))
                .append((char) ('0' + fraction % 10))
                .append('Z');
    }

    private static void two(StringBuilder line, char before, int value) {
        line.append(before).append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }
}
