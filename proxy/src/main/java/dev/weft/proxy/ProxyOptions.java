package dev.weft.proxy;

import com.google.protobuf.ByteString;
import dev.weft.proxy.listener.IoTransport;
import dev.weft.proxy.pod.PodEnvironment;
import dev.weft.proxy.pod.PodProxy;
import java.time.Duration;
import java.util.Optional;

/**
 * How a proxy runs, beside what its bootstrap says.
 *
 * @param loops event loops for data
 * @param drainTime how long connections of a filter chain that is gone may go on
 * @param terminationDrain how long a proxy that is told to end lets its connections finish
 * @param bootstrap the message that the bootstrap was read from, for dumps; empty where there is none
 * @param pod the pod that the proxy is part of, with duties there; empty where it stands alone
 * @param quit what an operator's order to end does; must not block
 */
public record ProxyOptions(
        int loops,
        IoTransport io,
        Duration drainTime,
        Duration terminationDrain,
        Optional<ByteString> bootstrap,
        Runnable quit,
        Optional<PodProxy> pod) {
    public ProxyOptions {
        if (loops < 1) {
            throw new IllegalArgumentException("concurrency is " + loops + ", expected at least 1");
        }
    }

    /** One loop up to one CPU, two above. */
    public static ProxyOptions defaults() {
        int cpus = Runtime.getRuntime().availableProcessors();
        return new ProxyOptions(
                cpus > 1 ? 2 : 1,
                IoTransport.best(),
                Duration.ofSeconds(45),
                Duration.ofSeconds(5),
                Optional.empty(),
                () -> {},
                Optional.empty());
    }

    public ProxyOptions withLoops(int count) {
        return new ProxyOptions(count, io, drainTime, terminationDrain, bootstrap, quit, pod);
    }

    public ProxyOptions withBootstrap(ByteString message) {
        return new ProxyOptions(loops, io, drainTime, terminationDrain, Optional.of(message), quit, pod);
    }

    /** Part of a pod, whose environment says how many loops there are and how it ends. */
    public ProxyOptions withPod(PodProxy proxy) {
        PodEnvironment.Runtime runtime = proxy.environment().runtime();
        return new ProxyOptions(
                runtime.concurrency().orElse(loops),
                io,
                drainTime,
                runtime.drain(),
                bootstrap,
                quit,
                Optional.of(proxy));
    }

    public ProxyOptions withQuit(Runnable order) {
        return new ProxyOptions(loops, io, drainTime, terminationDrain, bootstrap, order, pod);
    }
}
