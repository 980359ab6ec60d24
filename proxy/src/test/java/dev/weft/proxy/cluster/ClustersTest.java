package dev.weft.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.model.Locality;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.cluster.Cluster.ClusterTelemetry;
import dev.weft.model.cluster.Cluster.ConnectionOptions;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.cluster.LoadBalancing;
import dev.weft.model.cluster.Transport;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Ticker;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.identity.TlsContexts;
import dev.weft.proxy.identity.TlsEngine;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClustersTest {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ScheduledExecutorService control = Executors.newSingleThreadScheduledExecutor();
    private final Loop loop =
            new Loop(0, group.next(), ByteBufAllocator.DEFAULT, Ticker.system(), new SplittableRandom(1));
    private final Map<String, NameResolver.Answer> names = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final Clusters clusters = new Clusters(new ClusterEnvironment(
            ImmutableList.of(loop),
            control,
            UpstreamChannels.NIO,
            new TlsContexts(new SecretStore(), InstantSource.system(), TlsEngine.JDK),
            (name, callback) -> {
                asked.incrementAndGet();
                callback.accept(names.getOrDefault(name, new NameResolver.Answer.Failed("not known")));
            }));

    @AfterEach
    void close() {
        clusters.close();
        control.shutdownNow();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    @Test
    void anEqualConfigurationRunsOn() {
        clusters.publish(List.of(cluster("a", new Discovery.Eds("a")), cluster("b", new Discovery.Eds("b"))));
        Cluster a = clusters.find("a");
        Cluster b = clusters.find("b");

        clusters.publish(List.of(cluster("a", new Discovery.Eds("a")), cluster("b", new Discovery.Eds("other"))));

        assertThat(clusters.find("a")).isSameAs(a);
        assertThat(a.isRetired()).isFalse();
        assertThat(clusters.find("b")).isNotSameAs(b);
        assertThat(b.isRetired()).isTrue();
        assertThat(clusters.find("c")).isNull();
    }

    @Test
    void endpointsThatCameBeforeTheClusterAreNotLost() throws Exception {
        clusters.publish(set("svc", "127.0.0.1", 80));
        clusters.publish(List.of(cluster("a", new Discovery.Eds("svc"))));

        assertThat(pick("a")).isEqualTo("127.0.0.1:80");
    }

    @Test
    void endpointsOfAnEmptyServiceNameComeUnderTheClustersOwn() throws Exception {
        clusters.publish(List.of(cluster("a", new Discovery.Eds(""))));
        assertThat(pick("a")).isNull();

        clusters.publish(set("a", "127.0.0.1", 81));

        assertThat(pick("a")).isEqualTo("127.0.0.1:81");
    }

    @Test
    void endpointSetsThatAreGoneLeaveNoHost() throws Exception {
        clusters.publish(List.of(cluster("a", new Discovery.Eds("a"))));
        clusters.publishEndpoints(Map.of("a", set("a", "127.0.0.1", 81)));
        assertThat(pick("a")).isEqualTo("127.0.0.1:81");

        clusters.publishEndpoints(Map.of());

        assertThat(pick("a")).isNull();
    }

    @Test
    void strictDnsMakesEveryAddressAHostAndFailuresKeepThem() throws Exception {
        names.put("svc.example", addresses("127.0.0.2", "127.0.0.3"));
        clusters.publish(
                List.of(cluster("a", new Discovery.StrictDns(set("a", "svc.example", 80), Duration.ofMillis(100)))));
        awaitNames();
        assertThat(clusters.find("a").startedHosts().hosts()).hasSize(2);
        assertThat(pick("a")).isIn("127.0.0.2:80", "127.0.0.3:80");

        names.remove("svc.example");
        int before = asked.get();
        eventually(() -> asked.get() > before + 1);
        assertThat(clusters.find("a").hosts().hosts()).hasSize(2);

        names.put("svc.example", addresses("127.0.0.4"));
        eventually(() -> clusters.find("a").hosts().hosts().size() == 1);
        assertThat(pick("a")).isEqualTo("127.0.0.4:80");
    }

    @Test
    void logicalDnsKeepsItsOneHostAndMovesItsAddress() throws Exception {
        names.put("svc.example", addresses("127.0.0.2", "127.0.0.3"));
        clusters.publish(
                List.of(cluster("a", new Discovery.LogicalDns(set("a", "svc.example", 80), Duration.ofMillis(100)))));
        awaitNames();
        UpstreamHost host = clusters.find("a").startedHosts().hosts().getFirst();
        assertThat(host.address()).isEqualTo(new InetSocketAddress("127.0.0.2", 80));
        assertThat(host.hostName()).isEqualTo("svc.example");

        names.put("svc.example", addresses("127.0.0.9"));
        eventually(() -> host.address().equals(new InetSocketAddress("127.0.0.9", 80)));

        assertThat(clusters.find("a").hosts().hosts()).containsExactly(host);
    }

    @Test
    void aFailingNameAnswersTooSoThatNobodyWaitsForEver() throws Exception {
        clusters.publish(
                List.of(cluster("a", new Discovery.StrictDns(set("a", "nowhere", 80), Duration.ofSeconds(5)))));

        awaitNames();

        assertThat(pick("a")).isNull();
    }

    @Test
    void originalDestinationGoesWhereTheClientDialled() throws Exception {
        clusters.publish(List.of(cluster("a", new Discovery.OriginalDestination())));

        assertThat(pick("a", CAPTURED)).isEqualTo("127.0.0.9:9090");
    }

    @Test
    void originalDestinationHasNoHostForAConnectionThatDialledTheListenerItself() throws Exception {
        clusters.publish(List.of(cluster("a", new Discovery.OriginalDestination())));

        assertThat(pick("a", CONNECTION)).isNull();
    }

    @Test
    void countersSurviveTheirLoopsPart() throws Exception {
        clusters.publish(List.of(cluster("a", new Discovery.Eds("a"))));
        clusters.publish(set("a", "127.0.0.1", 80));
        Cluster a = clusters.find("a");
        onLoop(() -> {
            LoopCluster part = a.onLoop(loop);
            LoopHost host = part.pick(CONNECTION, null);
            part.breaker().admitRequest();
            part.requestStarted(host);
            part.requestEnded(host);
            a.sweep(loop, 0);
            assertThat(a.onLoop(loop)).isNotSameAs(part);
            return null;
        });

        assertThat(a.counters().rqTotal).isEqualTo(1);
        assertThat(a.counters().rqActive).isZero();
        assertThat(a.breaker().requests()).isZero();
    }

    @Test
    void unusedClustersStayUnstarted() {
        clusters.publish(List.of(cluster("a", new Discovery.Eds("a"))));
        clusters.publish(set("a", "127.0.0.1", 80));

        assertThat(clusters.find("a").isUsed()).isFalse();
        assertThat(clusters.find("a").hosts().isEmpty()).isTrue();
    }

    private static final ConnectionFacts CONNECTION = ConnectionFacts.builder(
                    new InetSocketAddress("127.0.0.1", 40000), new InetSocketAddress("127.0.0.7", 7070))
            .build();

    private static final ConnectionFacts CAPTURED = ConnectionFacts.builder(CONNECTION.remote(), CONNECTION.local())
            .destination(new InetSocketAddress("127.0.0.9", 9090))
            .build();

    private String pick(String name) throws Exception {
        return pick(name, CONNECTION);
    }

    private String pick(String name, ConnectionFacts connection) throws Exception {
        return onLoop(() -> {
            LoopHost host = clusters.find(name).onLoop(loop).pick(connection, null);
            return host == null ? null : host.host().text();
        });
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.eventLoop().submit(task).get(5, TimeUnit.SECONDS);
    }

    private void awaitNames() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        clusters.whenNamesAsked(done::countDown);
        assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
    }

    private static void eventually(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static NameResolver.Answer addresses(String... texts) throws UnknownHostException {
        ImmutableList.Builder<InetAddress> addresses = ImmutableList.builder();
        for (String text : texts) {
            addresses.add(InetAddress.getByName(text));
        }
        return new NameResolver.Answer.Addresses(addresses.build());
    }

    private static EndpointSet set(String name, String host, int port) {
        return new EndpointSet(
                name,
                ImmutableList.of(new EndpointSet.LocalityEndpoints(
                        Locality.UNKNOWN, 0, 0, ImmutableList.of(Endpoint.of(host, port)))));
    }

    private static dev.weft.model.cluster.Cluster cluster(String name, Discovery discovery) {
        return new dev.weft.model.cluster.Cluster(
                name,
                discovery,
                LoadBalancing.DEFAULT,
                CircuitBreakers.DEFAULT,
                ConnectionOptions.DEFAULT,
                Transport.PLAIN,
                ClusterTelemetry.NONE,
                Optional.empty());
    }
}
