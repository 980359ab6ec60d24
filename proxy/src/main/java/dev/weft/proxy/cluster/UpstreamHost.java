package dev.weft.proxy.cluster;

import dev.weft.model.cluster.Endpoint;
import dev.weft.model.net.SocketAddress;
import dev.weft.proxy.balance.Host;
import dev.weft.proxy.exchange.PeerMetadata;
import dev.weft.proxy.health.HostMonitor;
import dev.weft.proxy.upstream.Connector;
import dev.weft.proxy.upstream.SourceAddress;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint of a running cluster. It keeps its identity, and so its counts, its health and its pools, as long as discovery
 * names its address.
 *
 * <p>Shared by the loops; what changes is volatile or atomic. {@link #onLoop} is each loop's own.
 */
@SuppressWarnings("ReferenceEquality") // what was derived belongs to one instance of the endpoint
public final class UpstreamHost implements Host {
    private static final VarHandle ACTIVE;

    static {
        try {
            ACTIVE = MethodHandles.lookup().findVarHandle(UpstreamHost.class, "active", int.class);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("UpstreamHost has no field active", e);
        }
    }

    private final String text;
    private final @Nullable LoopHost[] onLoops;
    private final @Nullable SourceAddress source;
    private volatile Endpoint endpoint;
    private volatile java.net.SocketAddress address;
    private volatile HostMonitor monitor = HostMonitor.NONE;
    private volatile @Nullable Peer peer;
    private volatile boolean ejected;
    private volatile boolean removed;
    private int active;

    /** @param address where to connect: resolved */
    UpstreamHost(Endpoint endpoint, java.net.SocketAddress address, int loops) {
        this(endpoint, new Connector.Route(address, null), loops);
    }

    /** @param route where to connect: resolved; and from where */
    UpstreamHost(Endpoint endpoint, Connector.Route route, int loops) {
        java.net.SocketAddress address = route.address();
        this.endpoint = endpoint;
        this.source = route.source();
        this.address = address;
        this.text = address instanceof java.net.InetSocketAddress inet
                ? dev.weft.proxy.exchange.ConnectionFacts.text(inet)
                : endpoint.address().text();
        this.onLoops = new LoopHost[loops];
    }

    /** What discovery says of it now. */
    public Endpoint endpoint() {
        return endpoint;
    }

    void endpoint(Endpoint newer) {
        endpoint = newer;
    }

    /** Where new connections go. */
    public java.net.SocketAddress address() {
        return address;
    }

    /** For names whose address changed: connections that are open stay where they are. */
    void address(java.net.SocketAddress newer) {
        address = newer;
    }

    /** Where connections go and come from. */
    Connector.Route route() {
        return new Connector.Route(address, source);
    }

    /** The address as logs and metrics show it. */
    public String text() {
        return text;
    }

    /** The name that an endpoint of a DNS cluster was given by; empty where there is none. */
    public String hostName() {
        Endpoint now = endpoint;
        if (!now.hostname().isEmpty()) {
            return now.hostname();
        }
        return now.address() instanceof SocketAddress.Inet inet ? inet.host() : "";
    }

    @Override
    public int weight() {
        return Math.max(1, endpoint.weight());
    }

    @Override
    public int activeRequests() {
        return (int) ACTIVE.getOpaque(this);
    }

    void requestStarted() {
        ACTIVE.getAndAdd(this, 1);
    }

    void requestEnded() {
        ACTIVE.getAndAdd(this, -1);
    }

    @Override
    public Availability availability() {
        if (ejected) {
            return Availability.UNAVAILABLE;
        }
        return switch (endpoint.health()) {
            case UNKNOWN, HEALTHY -> Availability.HEALTHY;
            case DEGRADED -> Availability.DEGRADED;
            case UNHEALTHY, DRAINING, TIMEOUT -> Availability.UNAVAILABLE;
        };
    }

    /** Who hears how its requests end. */
    public HostMonitor monitor() {
        return monitor;
    }

    void monitor(HostMonitor newer) {
        monitor = newer;
    }

    public boolean isEjected() {
        return ejected;
    }

    /** The control thread takes it out, or back; follow with a new host set. */
    void ejected(boolean value) {
        ejected = value;
    }

    /** Whether discovery names it no longer: what is in flight ends, nothing new begins. */
    public boolean isRemoved() {
        return removed;
    }

    void remove() {
        removed = true;
    }

    /** The workload there as metrics name it, null where discovery does not say; made once per endpoint. */
    public @Nullable PeerMetadata peer() {
        Endpoint now = endpoint;
        Peer known = peer;
        if (known == null || known.of() != now) {
            known = Peer.of(now);
            peer = known;
        }
        return known.metadata();
    }

    /** What the loops that use it now counted for it. Any thread. */
    public HostNumbers numbers() {
        HostNumbers sum = HostNumbers.NONE;
        for (LoopHost part : onLoops) {
            if (part != null) {
                sum = sum.plus(part.numbers());
            }
        }
        return sum;
    }

    /** What a loop has of it, or null. */
    @Nullable
    LoopHost onLoop(int loop) {
        return onLoops[loop];
    }

    void onLoop(int loop, @Nullable LoopHost value) {
        onLoops[loop] = value;
    }

    @Override
    public String toString() {
        return text;
    }

    private record Peer(Endpoint of, @Nullable PeerMetadata metadata) {
        static Peer of(Endpoint endpoint) {
            Endpoint.Workload workload = endpoint.workload();
            if (!workload.isKnown()) {
                return new Peer(endpoint, null);
            }
            return new Peer(
                    endpoint,
                    new PeerMetadata(
                            "",
                            workload.name(),
                            workload.namespace(),
                            workload.canonicalName(),
                            workload.canonicalRevision(),
                            workload.canonicalName(),
                            workload.canonicalRevision(),
                            workload.cluster()));
        }
    }
}
