package dev.weft.proxy.cluster;

import dev.weft.model.cluster.UpstreamProtocol;
import dev.weft.proxy.balance.Balancer;
import dev.weft.proxy.balance.HostPredicate;
import dev.weft.proxy.balance.HostSet;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.upstream.ClientProtocol;
import dev.weft.proxy.upstream.Http2Client;
import dev.weft.proxy.upstream.PoolOptions;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as one loop sees it: balancer, pools, counters. Loop-confined; made when the loop first sends something there, dropped
 * when nothing was sent for long.
 *
 * <p>Endpoints come by the cluster's published set, which each pick looks at: one volatile read, and a rebuild of the pickers only
 * where it changed.
 */
public final class LoopCluster {
    private final Cluster cluster;
    private final Loop loop;
    private final Balancer<UpstreamHost> balancer;
    private final ClusterCounters counters = new ClusterCounters();
    private final List<LoopHost> hosts = new ArrayList<>(2);
    private final @Nullable DialledHosts dialled;
    private final @Nullable PoolOptions[] options = new PoolOptions[PoolOptions.Protocol.values().length];
    private @Nullable ClientProtocol http2;
    private boolean starving;
    private long lastPick;

    LoopCluster(Cluster cluster, Loop loop) {
        this.cluster = cluster;
        this.loop = loop;
        this.balancer = new Balancer<>(cluster.config().balancing(), loop.random());
        this.dialled = cluster.isOriginalDestination() ? new DialledHosts(cluster, loop.index()) : null;
        this.lastPick = loop.now();
    }

    public Cluster cluster() {
        return cluster;
    }

    public Loop loop() {
        return loop;
    }

    public ClusterCounters counters() {
        return counters;
    }

    public CircuitBreaker breaker() {
        return cluster.breaker();
    }

    dev.weft.model.cluster.Cluster config() {
        return cluster.config();
    }

    ClusterEnvironment environment() {
        return cluster.environment();
    }

    /**
     * The endpoint for a request of this connection, or null where there is none.
     *
     * @param avoid what to pick around, null for the first try
     */
    public @Nullable LoopHost pick(ConnectionFacts connection, @Nullable HostPredicate avoid) {
        lastPick = loop.now();
        UpstreamHost host;
        if (dialled != null) {
            // A client that dialled the listener itself would be sent back to it, for ever.
            InetSocketAddress captured = connection.captured();
            host = captured == null ? null : dialled.host(captured, connection, lastPick);
        } else {
            HostSet<UpstreamHost> published = cluster.hosts();
            if (published != balancer.hosts()) {
                balancer.use(published);
            }
            host = avoid == null ? balancer.pick() : balancer.pick(avoid);
        }
        if (host == null) {
            counters.rqNoHost++;
            return null;
        }
        LoopHost known = host.onLoop(loop.index());
        return known == null ? add(host) : known;
    }

    private LoopHost add(UpstreamHost host) {
        LoopHost made = new LoopHost(this, host);
        host.onLoop(loop.index(), made);
        hosts.add(made);
        return made;
    }

    ClientProtocol http2() {
        ClientProtocol known = http2;
        if (known == null) {
            known = Http2Client.protocol(
                    switch (config().connection().protocol()) {
                        case UpstreamProtocol.Http1 p -> UpstreamProtocol.Http2Options.DEFAULT;
                        case UpstreamProtocol.Http2(var options) -> options;
                        case UpstreamProtocol.UseDownstream(var options) -> options;
                        case UpstreamProtocol.Auto(var options) -> options;
                    });
            http2 = known;
        }
        return known;
    }

    PoolOptions options(PoolOptions.Protocol protocol) {
        PoolOptions known = options[protocol.ordinal()];
        if (known == null) {
            var connection = config().connection();
            known = new PoolOptions(
                    protocol,
                    connection.connectTimeout(),
                    connection.idleTimeout().orElse(java.time.Duration.ofHours(1)),
                    connection.maxRequestsPerConnection(),
                    HeadLimits.RESPONSE,
                    connection.bufferLimit());
            options[protocol.ordinal()] = known;
        }
        return known;
    }

    /** The request went to the upstream; {@link #requestEnded} follows. The breaker was asked before. */
    public void requestStarted(LoopHost host) {
        counters.rqTotal++;
        counters.rqActive++;
        host.rqTotal++;
        host.host().requestStarted();
    }

    public void requestEnded(LoopHost host) {
        counters.rqActive--;
        host.host().requestEnded();
        cluster.breaker().requestEnded();
    }

    /** How a try ended that got no response. */
    public void countFailure(LoopHost host, FailureReason reason) {
        host.rqError++;
        if (reason == FailureReason.ROUTE_TIMEOUT || reason == FailureReason.PER_TRY_TIMEOUT) {
            host.rqTimeout++;
        }
    }

    // ---- changes, run on the loop by the control thread ------------------------------------------------------------

    /** Endpoints are gone: their connections drain. */
    void onRemoved(List<UpstreamHost> removed) {
        for (UpstreamHost host : removed) {
            LoopHost known = host.onLoop(loop.index());
            if (known != null) {
                hosts.remove(known);
                host.onLoop(loop.index(), null);
                known.shutdown();
            }
        }
    }

    /** The cluster is gone, or was replaced. */
    void retire() {
        for (LoopHost host : List.copyOf(hosts)) {
            host.shutdown();
        }
    }

    /** A pool may not connect: some idle connection of the cluster has to go. */
    void onStarved(PoolAdmission pool) {
        starving = true;
        cluster.onStarving();
        if (!closeIdle()) {
            cluster.closeIdleElsewhere(this);
        }
    }

    boolean closeIdle() {
        for (LoopHost host : hosts) {
            if (host.closeIdle()) {
                return true;
            }
        }
        return false;
    }

    void wakeStarved() {
        if (starving) {
            starving = false;
            for (LoopHost host : List.copyOf(hosts)) {
                host.connectWaiting();
            }
        }
    }

    // ---- idleness --------------------------------------------------------------------------------------------------

    /** Drops what was not used for long; whether nothing is left. */
    boolean sweep(long idleNanos) {
        long now = loop.now();
        if (dialled != null) {
            dialled.sweep(now, this::drop);
        }
        if (now - lastPick < idleNanos) {
            return false;
        }
        for (LoopHost host : hosts) {
            if (!host.isIdle()) {
                return false;
            }
        }
        for (LoopHost host : List.copyOf(hosts)) {
            drop(host.host());
        }
        return counters.rqActive == 0 && counters.cxActive == 0;
    }

    private void drop(UpstreamHost host) {
        LoopHost known = host.onLoop(loop.index());
        if (known != null) {
            hosts.remove(known);
            host.onLoop(loop.index(), null);
            known.close();
        }
    }
}
