package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.ExchangeObserver;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Timer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Writes one line per exchange into the buffer of its loop and hands full buffers, or those of the last second, to the sink. Never
 * blocks a loop.
 */
public final class AccessLogger implements ExchangeObserver {
    private static final int MOST_LOOPS = 256;
    /** Small enough that a slow disk's queue fits a sidecar's heap. */
    private static final int FULL = 16 * 1024;

    private static final long FLUSH_NANOS = 1_000_000_000L;

    private final AccessLogFormat format;
    private final LogSink sink;
    private final boolean onlyNotFound;
    private final AtomicReferenceArray<@Nullable LoopLines> lines = new AtomicReferenceArray<>(MOST_LOOPS);

    /** @param onlyNotFound whether only exchanges without a route get a line */
    public AccessLogger(AccessLogFormat format, LogSink sink, boolean onlyNotFound) {
        this.format = format;
        this.sink = sink;
        this.onlyNotFound = onlyNotFound;
    }

    @Override
    public void done(Exchange exchange) {
        if (onlyNotFound && exchange.failure() != FailureReason.NO_ROUTE) {
            return;
        }
        Loop loop = exchange.loop();
        LoopLines buffer = lines.get(loop.index());
        if (buffer == null) {
            buffer = new LoopLines(loop);
            lines.set(loop.index(), buffer);
        }
        buffer.add(exchange);
    }

    /** The lines of one loop that are not handed over yet. */
    private final class LoopLines extends Timer {
        private final Loop loop;
        private LineBuffer buffer = new LineBuffer();
        private boolean waiting;

        LoopLines(Loop loop) {
            this.loop = loop;
        }

        void add(Exchange exchange) {
            format.write(exchange, buffer);
            if (buffer.length() >= FULL) {
                buffer = sink.swap(buffer);
            } else if (!waiting) {
                waiting = true;
                loop.schedule(this, FLUSH_NANOS);
            }
        }

        @Override
        protected void onTimer() {
            waiting = false;
            if (buffer.length() > 0) {
                buffer = sink.swap(buffer);
            }
        }
    }
}
