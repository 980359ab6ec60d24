package dev.weft.proxy.cluster;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.net.InetAddresses;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.net.SocketAddress;
import dev.weft.proxy.balance.HostSet;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.health.HostMonitor;
import dev.weft.proxy.upstream.Connector;
import dev.weft.proxy.upstream.SourceAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A running cluster: its endpoints, its circuit breaker, and what each loop has of it.
 *
 * <p>Shared by the loops; {@link Clusters} makes it, the control thread feeds it, {@link LoopCluster} is each loop's own part.
 * Until the first request it is little more than its configuration: a mesh has thousands of clusters that one proxy never calls.
 *
 * <p>It outlives the configuration that named it: what is in flight keeps its reference; {@link #isRetired} tells the rest to look
 * again.
 */
public final class Cluster {
    private final dev.weft.model.cluster.Cluster config;
    private final ClusterEnvironment environment;
    private final CircuitBreaker breaker;
    private final ImmutableList<SourceAddress> sources;
    private final AtomicReferenceArray<LoopCluster> onLoops;
    private final AtomicInteger starving = new AtomicInteger();

    @GuardedBy("this")
    private EndpointSet endpoints;

    @GuardedBy("this")
    private @Nullable HostBook book;

    @GuardedBy("this")
    private @Nullable ClusterCounters dropped;

    private volatile ImmutableMap<String, InetAddress> names = ImmutableMap.of();
    private volatile HostSet<UpstreamHost> hosts = HostSet.empty();
    private volatile boolean started;
    private volatile boolean retired;

    /** @param endpoints what is known so far; empty where discovery has not answered */
    Cluster(dev.weft.model.cluster.Cluster config, EndpointSet endpoints, ClusterEnvironment environment) {
        this.config = config;
        this.environment = environment;
        this.breaker = new CircuitBreaker(config.breakers());
        this.onLoops = new AtomicReferenceArray<>(environment.loops().size());
        this.endpoints = endpoints;
        this.sources = config.connection().sourceAddresses().stream()
                .map(address -> SourceAddress.own(InetAddresses.forString(address)))
                .collect(ImmutableList.toImmutableList());
    }

    public String name() {
        return config.name();
    }

    public dev.weft.model.cluster.Cluster config() {
        return config;
    }

    public CircuitBreaker breaker() {
        return breaker;
    }

    ClusterEnvironment environment() {
        return environment;
    }

    boolean isOriginalDestination() {
        return config.discovery() instanceof Discovery.OriginalDestination;
    }

    /** Whether the configuration names it no longer, or names another version of it. */
    public boolean isRetired() {
        return retired;
    }

    /** What this loop has of it; made at the first call. Called on that loop. */
    public LoopCluster onLoop(Loop loop) {
        LoopCluster known = onLoops.getPlain(loop.index());
        if (known != null) {
            return known;
        }
        start();
        LoopCluster made = new LoopCluster(this, loop);
        onLoops.set(loop.index(), made);
        return made;
    }

    /** The endpoints as published last; empty until somebody asked for the cluster. */
    public HostSet<UpstreamHost> hosts() {
        return hosts;
    }

    /** The endpoints, also of a cluster that nothing was sent to; for the admin page. */
    public HostSet<UpstreamHost> startedHosts() {
        start();
        return hosts;
    }

    private void start() {
        if (started) {
            return;
        }
        synchronized (this) {
            if (!started) {
                HostBook made = new HostBook(this::newHost);
                book = made;
                hosts = made.update(endpoints).hosts();
                started = true;
            }
        }
    }

    private UpstreamHost newHost(Endpoint endpoint) {
        return newHost(endpoint, address(endpoint));
    }

    private java.net.SocketAddress address(Endpoint endpoint) {
        return switch (endpoint.address()) {
            case SocketAddress.Inet inet -> {
                InetAddress named = names.get(inet.host());
                if (named != null) {
                    yield new InetSocketAddress(named, inet.port());
                }
                yield InetAddresses.isInetAddress(inet.host())
                        ? new InetSocketAddress(InetAddresses.forString(inet.host()), inet.port())
                        : InetSocketAddress.createUnresolved(inet.host(), inet.port());
            }
            case SocketAddress.Pipe pipe -> environment.channels().pipe(pipe);
        };
    }

    UpstreamHost newHost(Endpoint endpoint, java.net.SocketAddress address) {
        return newHost(endpoint, new Connector.Route(address, source(address)));
    }

    UpstreamHost newHost(Endpoint endpoint, Connector.Route route) {
        return new UpstreamHost(endpoint, route, environment.loops().size());
    }

    /** The configured source of the address' family; another family's where there is none, so that the system refuses it. */
    @Nullable
    SourceAddress source(java.net.SocketAddress address) {
        if (sources.isEmpty() || !(address instanceof InetSocketAddress inet)) {
            return null;
        }
        boolean v6 = inet.getAddress() instanceof Inet6Address;
        for (SourceAddress source : sources) {
            if (source.address() instanceof Inet6Address == v6) {
                return source;
            }
        }
        return sources.getFirst();
    }

    // ---- control thread --------------------------------------------------------------------------------------------

    /** New endpoints. Those that went drain; requests in flight to them end in peace. */
    void update(EndpointSet set) {
        ImmutableList<UpstreamHost> removed;
        synchronized (this) {
            endpoints = set;
            HostBook running = book;
            if (running == null) {
                return;
            }
            HostBook.Update update = running.update(set);
            hosts = update.hosts();
            removed = update.removed();
        }
        if (!removed.isEmpty()) {
            onEachLoop(known -> known.onRemoved(removed));
        }
    }

    /** Takes a host out of use, or back, for the health checkers. */
    void eject(UpstreamHost host, boolean ejected) {
        host.ejected(ejected);
        synchronized (this) {
            HostBook running = book;
            if (running != null) {
                hosts = running.hostSet();
            }
        }
    }

    /** Sets who hears how a host's requests end. */
    void monitor(UpstreamHost host, HostMonitor monitor) {
        host.monitor(monitor);
    }

    /** The addresses behind the names of a LOGICAL_DNS cluster: new connections go there, open ones stay. */
    void update(EndpointSet set, ImmutableMap<String, InetAddress> addresses) {
        names = addresses;
        update(set);
        for (UpstreamHost host : hosts.hosts()) {
            java.net.SocketAddress address = address(host.endpoint());
            if (!address.equals(host.address())) {
                host.address(address);
            }
        }
    }

    /** No new requests; what is in flight ends in peace. */
    void retire() {
        retired = true;
        onEachLoop(LoopCluster::retire);
    }

    private void onEachLoop(java.util.function.Consumer<LoopCluster> task) {
        for (Loop loop : environment.loops()) {
            loop.eventLoop().execute(() -> {
                LoopCluster known = onLoops.get(loop.index());
                if (known != null) {
                    task.accept(known);
                }
            });
        }
    }

    // ---- the connection limit, called on loops ---------------------------------------------------------------------

    void onStarving() {
        starving.incrementAndGet();
    }

    /** A connection is gone: whoever was refused one may ask again. */
    void onConnectionFreed() {
        if (starving.get() > 0) {
            starving.set(0);
            onEachLoop(LoopCluster::wakeStarved);
        }
    }

    /** The first other loop with an idle connection closes one. */
    void closeIdleElsewhere(LoopCluster asking) {
        closeIdleFrom(0, asking.loop().index());
    }

    private void closeIdleFrom(int index, int asking) {
        if (index >= environment.loops().size()) {
            return;
        }
        LoopCluster other = index == asking ? null : onLoops.get(index);
        if (other == null) {
            closeIdleFrom(index + 1, asking);
            return;
        }
        other.loop().eventLoop().execute(() -> {
            if (!other.closeIdle()) {
                closeIdleFrom(index + 1, asking);
            }
        });
    }

    // ---- idleness and numbers --------------------------------------------------------------------------------------

    /** Drops what a loop has of it if that was not used for long. Called on that loop. */
    void sweep(Loop loop, long idleNanos) {
        LoopCluster known = onLoops.getPlain(loop.index());
        if (known == null || !known.sweep(idleNanos)) {
            return;
        }
        onLoops.set(loop.index(), null);
        synchronized (this) {
            ClusterCounters sum = dropped;
            if (sum == null) {
                sum = new ClusterCounters();
                dropped = sum;
            }
            known.counters().addTo(sum);
        }
    }

    /** Sums what the loops counted. Any thread. */
    public ClusterCounters counters() {
        ClusterCounters sum = new ClusterCounters();
        synchronized (this) {
            ClusterCounters before = dropped;
            if (before != null) {
                before.addTo(sum);
            }
        }
        for (int i = 0; i < onLoops.length(); i++) {
            LoopCluster known = onLoops.get(i);
            if (known != null) {
                known.counters().addTo(sum);
            }
        }
        return sum;
    }

    /** Whether anything was sent there since the start: statistics of others need no line. */
    public boolean isUsed() {
        return started;
    }

    /** Names all statistics, without {@code cluster.<name>.}. Any thread. */
    public void report(CounterSink sink) {
        counters().report(sink);
        HostSet<UpstreamHost> now = hosts;
        sink.gauge("membership_total", now.hosts().size());
        sink.gauge("membership_healthy", now.healthy());
        sink.gauge("membership_degraded", now.degraded());
        long changes;
        synchronized (this) {
            changes = book == null ? 0 : book.changes();
        }
        sink.counter("membership_change", changes);
        var limits = breaker.limits();
        sink.gauge("circuit_breakers.default.cx_open", open(breaker.connections(), limits.maxConnections()));
        sink.gauge("circuit_breakers.default.rq_pending_open", open(breaker.waiting(), limits.maxPendingRequests()));
        sink.gauge("circuit_breakers.default.rq_open", open(breaker.requests(), limits.maxRequests()));
        sink.gauge("circuit_breakers.default.rq_retry_open", open(breaker.retries(), limits.maxRetries()));
    }

    private static long open(long used, long limit) {
        return used >= limit ? 1 : 0;
    }

    @Override
    public String toString() {
        return "Cluster[" + name() + ", " + hosts.hosts().size() + " hosts" + (retired ? ", retired]" : "]");
    }
}
