package dev.weft.benchmarks.scale;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** All simulated proxies, their connections, and the moments at which something reached them. Safe for many threads. */
final class ProxyFleet implements AutoCloseable {
    /** The name that the control plane's certificate has on any cluster. */
    private static final String SERVER = "weft-control.weft-system.svc";

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("fleet-timer").daemon().factory());
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Contents contents = new Contents();
    private final List<SimulatedProxy> proxies = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final AtomicLong resources = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final Map<String, AtomicLong> failures = new ConcurrentHashMap<>();
    private volatile @Nullable Wait wait;

    /** What was pushed. */
    record Traffic(long resources, long bytes) {
        Traffic since(Traffic earlier) {
            return new Traffic(resources - earlier.resources, bytes - earlier.bytes);
        }
    }

    /**
     * Something that each proxy is to have once.
     *
     * @param type and {@code name} of the resource of which each gets another version; empty: its whole configuration
     */
    private record Wait(String type, String name, List<Long> moments, Set<SimulatedProxy> had, CountDownLatch open) {
        private void arrived(long now) {
            synchronized (moments) {
                moments.add(now);
            }
            open.countDown();
        }
    }

    /** @param tokens one for each proxy; proxy {@code i} is the first pod of service {@code i} */
    ProxyFleet(int port, String root, List<String> tokens) {
        for (int service = 0; service < tokens.size(); service++) {
            ManagedChannel channel;
            try {
                channel = NettyChannelBuilder.forAddress(
                                "127.0.0.1",
                                port,
                                TlsChannelCredentials.newBuilder()
                                        .trustManager(new ByteArrayInputStream(root.getBytes(StandardCharsets.UTF_8)))
                                        .build())
                        .overrideAuthority(SERVER)
                        .channelType(NioSocketChannel.class)
                        .eventLoopGroup(loops)
                        .directExecutor()
                        .build();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            channels.add(channel);
            proxies.add(new SimulatedProxy(service, channel, new Bearer(tokens.get(service)), contents, this));
        }
    }

    int size() {
        return proxies.size();
    }

    Traffic traffic() {
        return new Traffic(resources.get(), bytes.get());
    }

    /** Why streams ended, and how often. */
    Map<String, Long> failures() {
        Map<String, Long> counted = new TreeMap<>();
        failures.forEach((reason, count) -> counted.put(reason, count.get()));
        return counted;
    }

    void connect() {
        proxies.forEach(SimulatedProxy::connect);
    }

    /** From now on is noted when each proxy has its whole configuration, or is told after a new connection that it has. */
    void expectAll() {
        wait = new Wait("", "", new ArrayList<>(), new HashSet<>(), new CountDownLatch(proxies.size()));
    }

    /** From now on is noted when each proxy gets another version of a resource. */
    void expect(String type, String name) {
        wait = new Wait(type, name, new ArrayList<>(), new HashSet<>(), new CountDownLatch(proxies.size()));
    }

    /** The moments at which what is expected reached the proxies, in their order. */
    List<Long> await(long seconds, BooleanSupplier alive) throws InterruptedException {
        Wait expected = wait;
        if (expected == null) {
            throw new IllegalStateException("nothing is expected");
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        boolean all = expected.open.await(1, TimeUnit.SECONDS);
        while (!all && alive.getAsBoolean() && System.nanoTime() - end < 0) {
            all = expected.open.await(1, TimeUnit.SECONDS);
        }
        if (!all) {
            throw new IllegalStateException(
                    (alive.getAsBoolean() ? "after " + seconds + " s " : "the control plane is gone, ")
                            + expected.open.getCount() + " of "
                            + proxies.size() + " proxies lack "
                            + (expected.name.isEmpty() ? "their configuration" : expected.name) + "; streams ended: "
                            + failures());
        }
        synchronized (expected.moments) {
            return expected.moments.stream().sorted().toList();
        }
    }

    void completed(long now) {
        Wait expected = wait;
        if (expected != null && expected.type.isEmpty()) {
            expected.arrived(now);
        }
    }

    void changed(SimulatedProxy proxy, String type, String name, long now) {
        Wait expected = wait;
        if (expected == null || !expected.type.equals(type) || !expected.name.equals(name)) {
            return;
        }
        synchronized (expected.had) {
            if (!expected.had.add(proxy)) {
                return;
            }
        }
        expected.arrived(now);
    }

    void received(long count, long size) {
        resources.addAndGet(count);
        bytes.addAndGet(size);
    }

    void failed(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        String reason = status.getCode() + " " + status.getDescription();
        failures.computeIfAbsent(reason, first -> new AtomicLong()).incrementAndGet();
    }

    void later(Runnable task, long time, TimeUnit unit) {
        if (!timer.isShutdown()) {
            timer.schedule(task, time, unit);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        proxies.forEach(SimulatedProxy::close);
        channels.forEach(ManagedChannel::shutdownNow);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
