package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.ExchangeObserver;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.telemetry.Stat.Scope;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Envoy's counters of the requests that an HTTP connection manager served: {@code http.<prefix>.downstream_rq_*}. Per loop, summed when asked. */
public final class HttpStats implements ExchangeObserver, StatSource {
    private static final int MOST_LOOPS = 256;
    private static final int CLASSES = 6;

    private final String prefix;
    private final AtomicReferenceArray<@Nullable Counts> counts = new AtomicReferenceArray<>(MOST_LOOPS);

    /** @param prefix the manager's {@code stat_prefix} */
    public HttpStats(String prefix) {
        this.prefix = prefix;
    }

    @Override
    public void done(Exchange exchange) {
        Counts loop = counts.get(exchange.loop().index());
        if (loop == null) {
            loop = new Counts();
            counts.set(exchange.loop().index(), loop);
        }
        loop.total++;
        if (exchange.request().protocol() == HttpProtocol.HTTP_2) {
            loop.http2++;
        }
        int status = exchange.response().status();
        if (status >= 100 && status < CLASSES * 100) {
            loop.completed++;
            loop.byClass[status / 100]++;
        } else {
            loop.reset++;
        }
    }

    @Override
    public void report(StatSink sink) {
        Counts sum = new Counts();
        for (int i = 0; i < MOST_LOOPS; i++) {
            Counts loop = counts.get(i);
            if (loop != null) {
                loop.addTo(sum);
            }
        }
        counter(sink, "downstream_rq_total", sum.total);
        counter(sink, "downstream_rq_http1_total", sum.total - sum.http2);
        counter(sink, "downstream_rq_http2_total", sum.http2);
        counter(sink, "downstream_rq_completed", sum.completed);
        counter(sink, "downstream_rq_rx_reset", sum.reset);
        for (int i = 1; i < CLASSES; i++) {
            counter(sink, "downstream_rq_" + i + "xx", sum.byClass[i]);
        }
    }

    private void counter(StatSink sink, String name, long value) {
        sink.counter(new Stat(Scope.HTTP, prefix, name), value);
    }

    /** What one loop counted; written by it alone. */
    private static final class Counts {
        private final long[] byClass = new long[CLASSES];
        private long total;
        private long http2;
        private long completed;
        private long reset;

        void addTo(Counts sum) {
            sum.total += total;
            sum.http2 += http2;
            sum.completed += completed;
            sum.reset += reset;
            for (int i = 0; i < CLASSES; i++) {
                sum.byClass[i] += byClass[i];
            }
        }
    }
}
