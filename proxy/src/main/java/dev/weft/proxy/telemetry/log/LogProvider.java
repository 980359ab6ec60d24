package dev.weft.proxy.telemetry.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.time.InstantSource;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * What SLF4J asks for loggers. Chosen by {@link #install}, not found on the class path: another program that has the proxy among its
 * libraries keeps the logging that it chose.
 */
public final class LogProvider implements SLF4JServiceProvider {
    private static final String PROVIDER = "slf4j.provider";
    private static final String VERBOSITY = "slf4j.internal.verbosity";
    private static final String LEVEL = "weft.log.level";

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter contexts = new NOPMDCAdapter();
    private final Loggers loggers = new Loggers(
            new LogOutput(new FileOutputStream(FileDescriptor.err), InstantSource.system()),
            LogLevel.parse(System.getProperty(LEVEL, "")).orElse(LogLevel.INFO));

    /**
     * Makes this the provider of the process, unless its command line names another. For a program's {@code main}, before the first
     * logger is made: no class with a logger may be initialized before.
     */
    public static void install(LogLevel level) {
        setUnlessSet(PROVIDER, LogProvider.class.getName());
        setUnlessSet(VERBOSITY, "WARN");
        setUnlessSet(LEVEL, level.text());
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return loggers;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return contexts;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {}
}
