package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.ExchangeObserver;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Timer;
import dev.weft.proxy.telemetry.MetricSink.Labels;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Istio's metrics of connections that speak no HTTP, as forwarded ones are: opened, closed, and the bytes of those that are still
 * open, every five seconds. The first report waits a second, since a peer names itself behind the handshake only.
 *
 * <p>Shared by the loops, each with a table and a list of open connections of its own.
 */
public final class TcpMetrics implements ExchangeObserver, MetricSource {
    private static final int MOST_LOOPS = 256;
    private static final long SECOND = 1_000_000_000L;
    private static final long REPORT_EVERY = 5 * SECOND;

    private final RequestLabels labels;
    private final AtomicReferenceArray<@Nullable LoopConnections> onLoops = new AtomicReferenceArray<>(MOST_LOOPS);

    public TcpMetrics(WorkloadMetadata self, ServiceLookup services) {
        this.labels = new RequestLabels(self, services);
    }

    @Override
    public void began(Exchange exchange) {
        onLoop(exchange.loop()).add(exchange);
    }

    @Override
    public void done(Exchange exchange) {
        onLoop(exchange.loop()).close(exchange);
    }

    /** Hands over all series, loops summed up. */
    @Override
    public void collect(MetricSink sink) {
        Map<Labels, Series> totals = new LinkedHashMap<>();
        for (int i = 0; i < MOST_LOOPS; i++) {
            LoopConnections connections = onLoops.get(i);
            if (connections != null) {
                connections.table.forEach(series ->
                        totals.computeIfAbsent(series.labels, Series::new).add(series));
            }
        }
        totals.forEach((names, total) -> sink.counter(MetricNames.TCP_OPENED, names, total.opened));
        totals.forEach((names, total) -> sink.counter(MetricNames.TCP_CLOSED, names, total.closed));
        totals.forEach((names, total) -> sink.counter(MetricNames.TCP_SENT, names, total.sent));
        totals.forEach((names, total) -> sink.counter(MetricNames.TCP_RECEIVED, names, total.received));
    }

    private LoopConnections onLoop(Loop loop) {
        LoopConnections known = onLoops.get(loop.index());
        if (known == null) {
            known = new LoopConnections(loop);
            onLoops.set(loop.index(), known);
        }
        return known;
    }

    /** The open connections of one loop and what was counted there. */
    private final class LoopConnections extends Timer {
        private final Loop loop;
        private final SeriesTable<Series> table = new SeriesTable<>(key -> new Series(labels.ofConnection(key)));
        private final Map<Exchange, Open> open = new IdentityHashMap<>();

        LoopConnections(Loop loop) {
            this.loop = loop;
        }

        void add(Exchange exchange) {
            open.put(exchange, new Open(exchange, loop.now() + SECOND));
            if (!isArmed()) {
                loop.schedule(this, SECOND);
            }
        }

        void close(Exchange exchange) {
            Open known = open.remove(exchange);
            Open ended = known == null ? new Open(exchange, 0) : known;
            ended.report(table).closed++;
        }

        @Override
        protected void onTimer() {
            long now = loop.now();
            for (Open connection : open.values()) {
                if (connection.nextReport <= now) {
                    connection.nextReport = now + REPORT_EVERY;
                    connection.report(table);
                }
            }
            if (!open.isEmpty()) {
                loop.schedule(this, SECOND);
            }
        }
    }

    /** A connection and how much of it is counted. */
    private static final class Open {
        private final Exchange exchange;
        private long nextReport;
        private long sent;
        private long received;
        private boolean counted;

        Open(Exchange exchange, long nextReport) {
            this.exchange = exchange;
            this.nextReport = nextReport;
        }

        /** Sent is what the server sent, whichever side counts. */
        Series report(SeriesTable<Series> table) {
            Series series = table.find(exchange);
            if (!counted) {
                counted = true;
                series.opened++;
            }
            series.sent += exchange.responseBytes() - sent;
            series.received += exchange.requestBytes() - received;
            sent = exchange.responseBytes();
            received = exchange.requestBytes();
            return series;
        }
    }

    /** One series: of a loop, which alone writes it, or the sum of all. */
    private static final class Series {
        private final Labels labels;
        private long opened;
        private long closed;
        private long sent;
        private long received;

        Series(Labels labels) {
            this.labels = labels;
        }

        void add(Series other) {
            opened += other.opened;
            closed += other.closed;
            sent += other.sent;
            received += other.received;
        }
    }
}
