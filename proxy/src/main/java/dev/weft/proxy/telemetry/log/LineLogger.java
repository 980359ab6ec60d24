package dev.weft.proxy.telemetry.log;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** One logger. Thread safe; a call below its level makes no object. */
final class LineLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;
    private static final String OURS = "dev.weft.";

    private final String shown;
    private final transient LogOutput output;
    private volatile LogLevel level;

    LineLogger(String name, LogOutput output, LogLevel level) {
        this.name = name;
        this.shown = name.startsWith(OURS) ? name.substring(OURS.length()) : name;
        this.output = output;
        this.level = level;
    }

    LogLevel level() {
        return level;
    }

    void level(LogLevel newer) {
        level = newer;
    }

    @Override
    public boolean isTraceEnabled() {
        return level.allows(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return level.allows(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return level.allows(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return level.allows(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return level.allows(Level.ERROR);
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level at,
            @Nullable Marker marker,
            String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        String message = MessageFormatter.basicArrayFormat(pattern, arguments);
        output.write(at, shown, message == null ? "" : message, failure);
    }
}
