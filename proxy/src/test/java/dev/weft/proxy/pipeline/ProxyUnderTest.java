package dev.weft.proxy.pipeline;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import dev.weft.model.ProxyConfig;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.route.RouteConfig;
import dev.weft.proxy.cluster.ClusterEnvironment;
import dev.weft.proxy.cluster.Clusters;
import dev.weft.proxy.cluster.NameResolver;
import dev.weft.proxy.cluster.UpstreamChannels;
import dev.weft.proxy.config.ConfigHolder;
import dev.weft.proxy.exchange.ExchangeObserver;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Ticker;
import dev.weft.proxy.identity.KeyMaterial;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.identity.TlsContexts;
import dev.weft.proxy.identity.TlsEngine;
import dev.weft.proxy.listener.IoTransport;
import dev.weft.proxy.listener.Listeners;
import dev.weft.proxy.telemetry.WorkloadMetadata;
import dev.weft.testkit.TestCertificates;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** Loops, secrets, clusters, listeners and chains of one proxy, without xDS; its router answers every request by itself. */
final class ProxyUnderTest implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    final SecretStore secrets = new SecretStore();
    final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    final ConfigHolder config = new ConfigHolder();
    final Listeners listeners;
    private final ScheduledExecutorService control = Executors.newSingleThreadScheduledExecutor();
    private final EventLoopGroup group;
    private final TlsContexts tls;
    private final Clusters clusters;

    ProxyUnderTest() {
        this("self", 1);
    }

    ProxyUnderTest(String workload, int loopCount) {
        IoTransport io = IoTransport.best();
        group = io.newGroup(loopCount, new DefaultThreadFactory("test-loop"));
        List<Loop> made = new ArrayList<>();
        for (EventExecutor executor : group) {
            made.add(new Loop(
                    made.size(),
                    (io.netty.channel.EventLoop) executor,
                    ByteBufAllocator.DEFAULT,
                    Ticker.system(),
                    RandomGenerator.of("L64X128MixRandom")));
        }
        ImmutableList<Loop> loops = ImmutableList.copyOf(made);
        tls = new TlsContexts(secrets, InstantSource.system(), TlsEngine.best());
        NameResolver noNames = (name, answer) -> {
            throw new AssertionError("no names in this test: " + name);
        };
        clusters = new Clusters(new ClusterEnvironment(
                loops, control, UpstreamChannels.of(loops.get(0).eventLoop()), tls, noNames));
        WorkloadMetadata self = new WorkloadMetadata(
                workload + "-id", workload + "-1", workload, "default", "c1", ImmutableSortedMap.of());
        ChainHandlers handlers = new ChainHandlers(new PipelineParts(
                config,
                loops,
                clusters,
                (table, manager, limit) -> new AnsweringRouter(table),
                new Collecting(),
                self));
        listeners = new Listeners(loops, io, tls, handlers, Duration.ofSeconds(2));
    }

    void identity(TestCertificates authority, String name) {
        TestCertificates.Leaf leaf = authority.leaf(name);
        secrets.publish("default", KeyMaterial.identity(leaf.chainPem(), leaf.keyPem()));
        secrets.publish("ROOTCA", KeyMaterial.trust(authority.pem()));
    }

    void apply(Listener... models) {
        apply(ImmutableList.copyOf(models), ImmutableList.of(), ImmutableList.of());
    }

    void apply(
            ImmutableList<Listener> models, ImmutableList<Cluster> clusterModels, ImmutableList<RouteConfig> routes) {
        ProxyConfig next = new ProxyConfig(
                models.stream()
                        .collect(ImmutableSortedMap.toImmutableSortedMap(String::compareTo, Listener::name, l -> l)),
                routes.stream()
                        .collect(ImmutableSortedMap.toImmutableSortedMap(String::compareTo, RouteConfig::name, r -> r)),
                clusterModels.stream()
                        .collect(ImmutableSortedMap.toImmutableSortedMap(String::compareTo, Cluster::name, c -> c)),
                ImmutableSortedMap.of());
        clusters.publish(clusterModels);
        listeners.apply(config.publish(next));
    }

    int port(String listener) {
        return ((InetSocketAddress) listeners.boundAddress(listener).orElseThrow()).getPort();
    }

    Socket connect(String listener) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(listener));
        socket.setSoTimeout((int) DEADLINE.toMillis());
        return socket;
    }

    /** The next exchange that observers saw. */
    Seen nextSeen() throws InterruptedException {
        Seen next = seen.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no exchange was observed within " + DEADLINE);
        }
        return next;
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + DEADLINE + ": " + what);
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        listeners.close();
        clusters.close();
        await("all connections closed", () -> listeners.connections() == 0);
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
        tls.close();
        control.shutdownNow();
    }

    /** What an observer saw of an exchange. */
    record Seen(
            String kind,
            String listener,
            String details,
            long flags,
            long received,
            long sent,
            String cluster,
            String failure,
            String downstreamPeer,
            String upstreamPeer) {}

    private final class Collecting implements Observers {
        private ExchangeObserver collect(String kind) {
            return exchange -> seen.add(new Seen(
                    kind,
                    exchange.connection().listener(),
                    exchange.details(),
                    exchange.flags(),
                    exchange.requestBytes(),
                    exchange.responseBytes(),
                    exchange.upstream().cluster(),
                    exchange.upstream().failure(),
                    exchange.downstreamPeer() == null
                            ? ""
                            : exchange.downstreamPeer().workload(),
                    exchange.upstreamPeer() == null
                            ? ""
                            : exchange.upstreamPeer().workload()));
        }

        @Override
        public ExchangeObserver http(Listener listener, HttpConnectionManager manager) {
            return collect("http");
        }

        @Override
        public ExchangeObserver tcp(Listener listener, NetworkFilter.TcpProxy proxy, TcpMetrics metrics) {
            return collect("tcp");
        }

        @Override
        public ExchangeObserver refused(Listener listener) {
            return collect("refused");
        }
    }
}
