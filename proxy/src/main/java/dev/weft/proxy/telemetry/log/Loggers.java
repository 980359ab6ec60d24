package dev.weft.proxy.telemetry.log;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/** All loggers of the process, by name, and their levels. Thread safe. */
public final class Loggers implements ILoggerFactory {
    private final Map<String, LineLogger> loggers = new ConcurrentHashMap<>();
    private final LogOutput output;
    private volatile LogLevel initial;

    Loggers(LogOutput output, LogLevel initial) {
        this.output = output;
        this.initial = initial;
    }

    @Override
    public Logger getLogger(String name) {
        return loggers.computeIfAbsent(name, missing -> new LineLogger(missing, output, initial));
    }

    /** The levels as they stand, by logger. */
    public ImmutableSortedMap<String, LogLevel> levels() {
        ImmutableSortedMap.Builder<String, LogLevel> levels = ImmutableSortedMap.naturalOrder();
        loggers.forEach((name, logger) -> levels.put(name, logger.level()));
        return levels.buildOrThrow();
    }

    /** Sets all loggers, those to come included. */
    public void level(LogLevel level) {
        initial = level;
        loggers.values().forEach(logger -> logger.level(level));
    }

    /** Sets the loggers with this name, or below it where it is a package's. Returns how many there are. */
    public int level(String name, LogLevel level) {
        int set = 0;
        for (Map.Entry<String, LineLogger> entry : loggers.entrySet()) {
            if (entry.getKey().equals(name) || entry.getKey().startsWith(name + ".")) {
                entry.getValue().level(level);
                set++;
            }
        }
        return set;
    }
}
