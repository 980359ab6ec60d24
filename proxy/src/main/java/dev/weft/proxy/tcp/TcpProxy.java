package dev.weft.proxy.tcp;

import com.google.common.collect.ImmutableList;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.rbac.Rbac;
import dev.weft.model.rbac.RbacPolicy;
import dev.weft.model.route.Forward;
import dev.weft.proxy.cluster.Cluster;
import dev.weft.proxy.cluster.LoopCluster;
import dev.weft.proxy.cluster.LoopHost;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.ResponseFlag;
import dev.weft.proxy.exchange.ResponseSink;
import dev.weft.proxy.exchange.Timer;
import dev.weft.proxy.exchange.TlsFacts;
import dev.weft.proxy.upstream.Connector;
import dev.weft.proxy.upstream.Established;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;

/**
 * Forwards the bytes of one client connection to an endpoint and back, until both directions have ended.
 *
 * <p>Made by {@code proxy.pipeline} as the last station of a TCP filter chain; loop-confined, owns both channels. The connection is an
 * {@link Exchange} without messages, so that access log and metrics see it like any other, once, when both sockets are closed.
 *
 * <p>The client's bytes wait in its socket until the endpoint is connected, and a server that speaks first needs none.
 */
public final class TcpProxy implements TcpSide.Events {
    private final Loop loop;
    private final ConnectionFacts facts;
    private final TcpSettings settings;
    private final Exchange exchange;
    private final TcpSide downstream;
    private final Idle idle = new Idle();
    private @Nullable TcpSide upstream;
    private @Nullable LoopCluster cluster;
    private @Nullable LoopHost host;
    private int attempts;
    private long lastBytes;
    private boolean admitted;
    private boolean downstreamClosed;
    private boolean upstreamClosed = true;
    private boolean finished;

    private TcpProxy(Channel channel, Loop loop, ConnectionFacts facts, TcpSettings settings) {
        this.loop = loop;
        this.facts = facts;
        this.settings = settings;
        this.downstream = new TcpSide(channel, this, settings.bufferLimit());
        this.exchange = loop.exchange();
        this.lastBytes = loop.now();
        exchange.begin(settings.chain(), facts, ResponseSink.IGNORE);
        exchange.timings().start = loop.now();
        exchange.timings().startEpochMillis = loop.epochMillis();
    }

    /** Takes an accepted channel over as its last handler. */
    public static TcpProxy start(Channel channel, Loop loop, ConnectionFacts facts, TcpSettings settings) {
        TcpProxy proxy = new TcpProxy(channel, loop, facts, settings);
        proxy.begin();
        return proxy;
    }

    private void begin() {
        Channel channel = downstream.channel();
        channel.config().setAutoRead(false);
        channel.pipeline().addLast("tcp", downstream);
        if (isRefused(settings.authorization())) {
            return;
        }
        TlsFacts tls = facts.tls();
        String protocol = settings.exchange().protocol();
        if (tls != null && !protocol.isEmpty() && tls.alpn().equals(protocol)) {
            channel.pipeline()
                    .addBefore(
                            "tcp",
                            "peer",
                            new PeerExchange(settings.exchange().own(), downstream, exchange::downstreamPeer));
        }
        exchange.began();
        connect();
    }

    /** Whether some rule refuses the connection; it is closed then. Also asked when rules change. */
    public boolean isRefused(ImmutableList<NetworkFilter.Authorization> rules) {
        for (NetworkFilter.Authorization authorization : rules) {
            if (authorization.rules().isEmpty()) {
                continue;
            }
            RbacPolicy matched = Rbac.match(authorization.rules().get(), Rbac.NoRequest.INSTANCE, facts);
            if (!Rbac.allowed(authorization.rules().get(), matched)) {
                if (!finished) {
                    exchange.fail(
                            FailureReason.RBAC_DENIED,
                            "rbac_access_denied_matched_policy[" + (matched == null ? "none" : matched.name()) + "]");
                }
                close();
                return true;
            }
        }
        return false;
    }

    // ---- the endpoint ----------------------------------------------------------------------------------------------

    private void connect() {
        attempts++;
        exchange.upstream().attempts(attempts);
        String name = clusterName();
        exchange.upstream().cluster(name);
        Cluster found = settings.clusters().find(name);
        if (found == null) {
            end(FailureReason.NO_CLUSTER);
            return;
        }
        LoopCluster onLoop = found.onLoop(loop);
        LoopHost picked = onLoop.pick(facts, null);
        if (picked == null) {
            end(FailureReason.NO_HEALTHY_HOST);
            return;
        }
        // A forwarded connection counts as a connection and as a request of its cluster.
        if (!found.breaker().admitConnection()) {
            end(FailureReason.OVERFLOW);
            return;
        }
        if (!found.breaker().admitRequest()) {
            found.breaker().connectionEnded();
            end(FailureReason.OVERFLOW);
            return;
        }
        admitted = true;
        cluster = onLoop;
        host = picked;
        onLoop.requestStarted(picked);
        exchange.upstream().host(picked.host().text(), picked.host().hostName());
        exchange.upstreamPeer(picked.host().peer());
        picked.establish(ImmutableList.of(), new Connector.Outcome() {
            @Override
            public void onConnected(Established established) {
                TcpProxy.this.onConnected(established);
            }

            @Override
            public void onConnectFailed(FailureReason reason, String detail) {
                TcpProxy.this.onConnectFailed(reason, detail);
            }
        });
    }

    private String clusterName() {
        return switch (settings.proxy().target()) {
            case Forward.SingleCluster single -> single.name();
            case Forward.WeightedClusters weighted ->
                weighted.pick(loop.random().nextLong()).name();
        };
    }

    private void onConnectFailed(FailureReason reason, String detail) {
        giveBack();
        exchange.upstream().failure(detail);
        if (finished || downstreamClosed) {
            finishIfClosed();
            return;
        }
        if (attempts < settings.proxy().maxConnectAttempts()) {
            connect();
            return;
        }
        if (attempts > 1) {
            exchange.addFlags(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED.bit());
        }
        end(reason);
    }

    private void onConnected(Established established) {
        Channel channel = established.channel();
        exchange.upstream().connection(established.id(), established.local(), HttpProtocol.HTTP_1_1, established.tls());
        if (finished || downstreamClosed) {
            channel.close();
            giveBack();
            finishIfClosed();
            return;
        }
        upstreamClosed = false;
        channel.config().setAutoRead(false);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        TcpSide side = new TcpSide(channel, this, settings.bufferLimit());
        upstream = side;
        channel.pipeline().addLast("tcp", side);
        exchangeMetadata(established, side);
        armIdle();
        downstream.forwardTo(side);
        side.forwardTo(downstream);
    }

    private void exchangeMetadata(Established established, TcpSide side) {
        TlsFacts tls = established.tls();
        LoopCluster target = cluster;
        if (tls == null || target == null || settings.exchange().own().length == 0) {
            return;
        }
        if (target.cluster().config().telemetry().metadataExchange()
                && tls.alpn().equals("istio-peer-exchange")) {
            established
                    .channel()
                    .pipeline()
                    .addBefore(
                            "tcp", "peer", new PeerExchange(settings.exchange().own(), side, exchange::upstreamPeer));
        }
    }

    private void giveBack() {
        LoopCluster target = cluster;
        LoopHost picked = host;
        if (admitted && target != null && picked != null) {
            admitted = false;
            target.requestEnded(picked);
            target.breaker().connectionEnded();
        }
    }

    // ---- both sides ------------------------------------------------------------------------------------------------

    @Override
    public void onBytes(TcpSide side, int bytes) {
        lastBytes = loop.now();
        if (side == downstream) {
            exchange.countRequest(bytes);
        } else {
            exchange.countResponse(bytes);
        }
    }

    @Override
    public void onClosed(TcpSide side) {
        if (side == downstream) {
            downstreamClosed = true;
        } else {
            upstreamClosed = true;
            giveBack();
        }
        finishIfClosed();
    }

    /** Ends the connection for a reason of our own. */
    private void end(FailureReason reason) {
        if (!finished && exchange.failure() == null) {
            exchange.fail(reason, reason.details());
        }
        close();
    }

    /** Closes both sides now. */
    public void close() {
        downstream.closeAfterFlush();
        TcpSide other = upstream;
        if (other != null) {
            other.closeAfterFlush();
        }
    }

    private void finishIfClosed() {
        if (finished || !downstreamClosed || !upstreamClosed || admitted) {
            return;
        }
        finished = true;
        loop.cancel(idle);
        exchange.timings().responseEnd = loop.now();
        exchange.complete();
        loop.recycle(exchange);
    }

    private void armIdle() {
        long limit = settings.idleTimeout().toNanos();
        if (limit > 0) {
            loop.schedule(idle, limit);
        }
    }

    private final class Idle extends Timer {
        @Override
        protected void onTimer() {
            long limit = settings.idleTimeout().toNanos();
            long left = lastBytes + limit - loop.now();
            if (left > 0) {
                loop.schedule(this, left);
            } else {
                end(FailureReason.IDLE_CLOSE);
            }
        }
    }
}
