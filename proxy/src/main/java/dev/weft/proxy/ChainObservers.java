package dev.weft.proxy;

import com.google.common.collect.ImmutableList;
import dev.weft.model.http.AccessLog;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.http.HttpFilter;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.proxy.exchange.ExchangeObserver;
import dev.weft.proxy.pipeline.Observers;
import dev.weft.proxy.telemetry.AccessLogFormat;
import dev.weft.proxy.telemetry.AccessLogger;
import dev.weft.proxy.telemetry.HttpStats;
import dev.weft.proxy.telemetry.LogSink;
import dev.weft.proxy.telemetry.RecentFailures;
import dev.weft.proxy.telemetry.RequestMetrics;
import dev.weft.proxy.telemetry.StatSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each chain its metrics and access logs. One log sink per file for the life of the process, one logger per distinct log, so
 * that a new version of a chain goes on in the same buffers.
 */
final class ChainObservers implements Observers, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChainObservers.class);

    private final RequestMetrics metrics;
    private final dev.weft.proxy.telemetry.TcpMetrics connections;
    private final RecentFailures failures;
    private final Map<String, HttpStats> httpStats = new ConcurrentHashMap<>();
    private final Map<Path, Optional<LogSink>> sinks = new ConcurrentHashMap<>();
    private final Map<AccessLog, Optional<AccessLogger>> loggers = new ConcurrentHashMap<>();

    ChainObservers(RequestMetrics metrics, dev.weft.proxy.telemetry.TcpMetrics connections, RecentFailures failures) {
        this.metrics = metrics;
        this.connections = connections;
        this.failures = failures;
    }

    @Override
    public ExchangeObserver http(Listener listener, HttpConnectionManager manager) {
        List<ExchangeObserver> all = new ArrayList<>();
        if (manager.filters().stream().anyMatch(HttpFilter.IstioStats.class::isInstance)) {
            all.add(metrics);
        }
        all.add(httpStats.computeIfAbsent(manager.statPrefix(), HttpStats::new));
        return with(all, manager.accessLogs());
    }

    @Override
    public ExchangeObserver tcp(Listener listener, NetworkFilter.TcpProxy proxy, TcpMetrics tcpMetrics) {
        List<ExchangeObserver> all = new ArrayList<>();
        switch (tcpMetrics) {
            case NONE -> {}
            case ISTIO -> all.add(connections);
        }
        return with(all, proxy.accessLogs());
    }

    @Override
    public ExchangeObserver refused(Listener listener) {
        return with(new ArrayList<>(), listener.accessLogs());
    }

    /** Envoy's statistics of the HTTP connection managers that have served somebody. */
    ImmutableList<StatSource> stats() {
        return ImmutableList.copyOf(httpStats.values());
    }

    private ExchangeObserver with(List<ExchangeObserver> all, ImmutableList<AccessLog> logs) {
        all.add(failures);
        for (AccessLog log : logs) {
            loggers.computeIfAbsent(log, this::logger).ifPresent(all::add);
        }
        return dev.weft.proxy.telemetry.Observers.of(all);
    }

    /** A log that cannot be written is no reason to refuse traffic. */
    private Optional<AccessLogger> logger(AccessLog log) {
        try {
            AccessLogFormat format = AccessLogFormat.compile(log.format());
            return sink(log.sink()).map(sink -> new AccessLogger(format, sink, log.onlyNotFound()));
        } catch (IllegalArgumentException e) {
            LOG.warn("no access log, its format cannot be used cause={}", e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<LogSink> sink(AccessLog.Sink sink) {
        Path path = switch (sink) {
            case AccessLog.FileSink(String file) -> Path.of(file);
            case AccessLog.StdoutSink ignored -> Path.of("/dev/stdout");
            case AccessLog.StderrSink ignored -> Path.of("/dev/stderr");
        };
        return sinks.computeIfAbsent(path, ChainObservers::open);
    }

    private static Optional<LogSink> open(Path path) {
        try {
            return Optional.of(LogSink.file(path));
        } catch (IOException e) {
            LOG.warn("no access log, the file cannot be opened path={} cause={}", path, e.toString());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        sinks.values().forEach(sink -> sink.ifPresent(LogSink::close));
    }
}
