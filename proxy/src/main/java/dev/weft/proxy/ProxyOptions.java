package dev.weft.proxy;

import dev.weft.proxy.listener.IoTransport;
import java.time.Duration;

/**
 * How a proxy runs, beside what its bootstrap says.
 *
 * @param loops event loops for data
 * @param drainTime how long connections of a filter chain that is gone may go on
 * @param terminationDrain how long a proxy that is told to end lets its connections finish
 */
public record ProxyOptions(int loops, IoTransport io, Duration drainTime, Duration terminationDrain) {
    public ProxyOptions {
        if (loops < 1) {
            throw new IllegalArgumentException("concurrency is " + loops + ", expected at least 1");
        }
    }

    /** One loop up to one CPU, two above. */
    public static ProxyOptions defaults() {
        int cpus = Runtime.getRuntime().availableProcessors();
        return new ProxyOptions(
                cpus > 1 ? 2 : 1, IoTransport.best(), Duration.ofSeconds(45), Duration.ofSeconds(5));
    }

    public ProxyOptions withLoops(int count) {
        return new ProxyOptions(count, io, drainTime, terminationDrain);
    }
}
