package dev.weft.proxy.admin;

import dev.weft.proxy.telemetry.log.LogLevel;
import dev.weft.proxy.telemetry.log.Loggers;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** {@code /logging}: shows and sets log levels, with Envoy's parameters. */
final class LoggingPage {
    private LoggingPage() {}

    static Answer answer(AdminRequest request) {
        return LoggerFactory.getILoggerFactory() instanceof Loggers loggers
                ? answer(request, loggers)
                : Answer.text(501, "this process logs through another framework, whose levels are not set here\n");
    }

    static Answer answer(AdminRequest request, Loggers loggers) {
        if (!request.parameters().isEmpty() && !request.method().equals("POST")) {
            return Answer.text(405, "levels are set by POST\n");
        }
        if (request.has("level")) {
            Optional<LogLevel> level = LogLevel.parse(request.value("level"));
            if (level.isEmpty()) {
                return unknown(request.value("level"));
            }
            loggers.level(level.get());
        }
        if (request.has("paths")) {
            for (String pair : request.value("paths").split(",", -1)) {
                int colon = pair.lastIndexOf(':');
                Optional<LogLevel> level = LogLevel.parse(pair.substring(colon + 1));
                if (colon < 0 || level.isEmpty()) {
                    return unknown(pair);
                }
                if (loggers.level(pair.substring(0, colon), level.get()) == 0) {
                    return Answer.text(404, "no logger has the name " + pair.substring(0, colon) + "\n");
                }
            }
        }
        StringBuilder out = new StringBuilder("active loggers:\n");
        loggers.levels()
                .forEach((name, level) -> out.append("  ")
                        .append(name)
                        .append(": ")
                        .append(level.text())
                        .append('\n'));
        return Answer.text(out.toString());
    }

    private static Answer unknown(String found) {
        return Answer.text(
                400, "found '" + found + "', expected one of trace, debug, info, warning, error, critical, off\n");
    }
}
