package dev.weft.proxy.pipeline;

import com.google.common.collect.ImmutableList;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.rbac.Rbac;
import dev.weft.model.rbac.RbacPolicy;
import dev.weft.proxy.config.ListenerSnapshot;
import dev.weft.proxy.config.ListenerSnapshot.ChainKey;
import dev.weft.proxy.config.ProxySnapshot;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.ResponseSink;
import dev.weft.proxy.listener.ConnectionHandler;
import dev.weft.proxy.listener.LiveConnection;
import dev.weft.proxy.server.DrainSignal;
import dev.weft.proxy.tcp.TcpProxy;
import dev.weft.proxy.tcp.TcpSettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs each accepted connection on what its filter chain says: network filters, then HTTP or a TCP proxy.
 *
 * <p>Called by {@code proxy.listener} on the connection's loop. What a chain compiles to is made when its first connection comes and
 * shared by the loops; see {@link HttpChain} for how it follows the configuration.
 */
public final class ChainHandlers implements ConnectionHandler {
    private final PipelineParts parts;
    private final Map<Key, HttpChain> http = new ConcurrentHashMap<>();
    private final Map<Key, TcpChain> tcp = new ConcurrentHashMap<>();

    public ChainHandlers(PipelineParts parts) {
        this.parts = parts;
        parts.config().follow((before, next) -> forgetGone(next));
    }

    @Override
    public LiveConnection onConnection(Accepted accepted) {
        ImmutableList<NetworkFilter> filters = accepted.chain().filters();
        NetworkFilter last = filters.isEmpty() ? null : filters.get(filters.size() - 1);
        return switch (last) {
            case NetworkFilter.Http manager -> serveHttp(accepted);
            case NetworkFilter.TcpProxy proxy -> forward(accepted, proxy);
            case NetworkFilter.Authorization ignored -> close(accepted);
            case NetworkFilter.MetadataExchange ignored -> close(accepted);
            case NetworkFilter.IstioStats ignored -> close(accepted);
            case null -> close(accepted);
        };
    }

    /** A chain without an end takes connections and drops them, as Envoy's does. */
    private LiveConnection close(Accepted accepted) {
        observe(accepted, FailureReason.DOWNSTREAM_LOCAL_CLOSE, FailureReason.DOWNSTREAM_LOCAL_CLOSE.details());
        accepted.channel().close();
        return new Closing(accepted.channel());
    }

    // ---- HTTP ------------------------------------------------------------------------------------------------------

    private LiveConnection serveHttp(Accepted accepted) {
        Channel channel = accepted.channel();
        LiveHttp live = new LiveHttp(this, accepted);
        if (live.isRefused(accepted.chain())) {
            return live;
        }
        HttpChain chain = http.computeIfAbsent(
                Key.of(accepted), key -> new HttpChain(key.listener(), key.chain(), accepted.listener(), parts));
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        CodecChoice.install(channel, accepted.loop(), accepted.facts(), chain);
        return live;
    }

    // ---- TCP -------------------------------------------------------------------------------------------------------

    private LiveConnection forward(Accepted accepted, NetworkFilter.TcpProxy proxy) {
        Key key = Key.of(accepted);
        TcpChain known = tcp.get(key);
        // A connection is forwarded as its own version of the chain says.
        if (known == null || !known.model().equals(accepted.chain())) {
            known = new TcpChain(
                    accepted.chain(),
                    TcpChain.settings(accepted.listener().listener(), accepted.chain(), proxy, parts));
            tcp.put(key, known);
        }
        TcpProxy running = TcpProxy.start(accepted.channel(), accepted.loop(), accepted.facts(), known.settings());
        return new LiveTcp(running);
    }

    // ---- refusals --------------------------------------------------------------------------------------------------

    @Override
    public void onRefused(
            Loop loop, ConnectionFacts facts, ListenerSnapshot listener, FailureReason reason, String detail) {
        observe(loop, facts, listener.listener(), reason, detail.isEmpty() ? reason.details() : detail);
    }

    private void observe(Accepted accepted, FailureReason reason, String details) {
        observe(accepted.loop(), accepted.facts(), accepted.listener().listener(), reason, details);
    }

    /** A connection that came to nothing is an exchange that ended before it began. */
    private void observe(Loop loop, ConnectionFacts facts, Listener listener, FailureReason reason, String details) {
        Exchange exchange = loop.exchange();
        exchange.begin(
                new dev.weft.proxy.exchange.FilterChain(
                        ImmutableList.of(), NoRouter.INSTANCE, parts.observers().refused(listener), 0),
                facts,
                ResponseSink.IGNORE);
        exchange.timings().start = loop.now();
        exchange.timings().startEpochMillis = loop.epochMillis();
        exchange.timings().responseEnd = loop.now();
        exchange.fail(reason, details);
        exchange.complete();
        loop.recycle(exchange);
    }

    private void forgetGone(ProxySnapshot next) {
        http.keySet().removeIf(key -> key.isGoneFrom(next));
        tcp.keySet().removeIf(key -> key.isGoneFrom(next));
    }

    private record Key(String listener, ChainKey chain) {
        static Key of(Accepted accepted) {
            return new Key(accepted.listener().listener().name(), ChainKey.of(accepted.chain()));
        }

        boolean isGoneFrom(ProxySnapshot snapshot) {
            ListenerSnapshot now = snapshot.listeners().get(listener);
            return now == null || now.chain(chain) == null;
        }
    }

    /** Rules of a chain for connections, in their order. */
    static ImmutableList<NetworkFilter.Authorization> authorization(FilterChain chain) {
        return chain.filters().stream()
                .filter(NetworkFilter.Authorization.class::isInstance)
                .map(NetworkFilter.Authorization.class::cast)
                .collect(ImmutableList.toImmutableList());
    }

    /** An HTTP connection. */
    private static final class LiveHttp implements LiveConnection {
        private final ChainHandlers owner;
        private final Accepted accepted;

        LiveHttp(ChainHandlers owner, Accepted accepted) {
            this.owner = owner;
            this.accepted = accepted;
        }

        /** Asks the chain's rules for connections; closes what they refuse. */
        boolean isRefused(FilterChain chain) {
            for (NetworkFilter.Authorization authorization : authorization(chain)) {
                if (authorization.rules().isPresent()) {
                    RbacPolicy matched =
                            Rbac.match(authorization.rules().get(), Rbac.NoRequest.INSTANCE, accepted.facts());
                    if (!Rbac.allowed(authorization.rules().get(), matched)) {
                        owner.observe(
                                accepted,
                                FailureReason.RBAC_DENIED,
                                "rbac_access_denied_matched_policy[" + (matched == null ? "none" : matched.name())
                                        + "]");
                        accepted.channel().close();
                        return true;
                    }
                }
            }
            return false;
        }

        @Override
        public void drain() {
            accepted.channel().pipeline().fireUserEventTriggered(DrainSignal.DRAIN);
        }

        @Override
        public void leave() {
            accepted.channel().pipeline().fireUserEventTriggered(DrainSignal.LEAVE);
        }

        @Override
        public void chainChanged(FilterChain now) {
            isRefused(now);
        }

        @Override
        public void close() {
            accepted.channel().close();
        }
    }

    /** A forwarded connection. It has no place to stop at, so draining waits for its end or for the limit. */
    private record LiveTcp(TcpProxy running) implements LiveConnection {
        @Override
        public void drain() {}

        @Override
        public void leave() {}

        @Override
        public void chainChanged(FilterChain now) {
            running.isRefused(authorization(now));
        }

        @Override
        public void close() {
            running.close();
        }
    }

    private record Closing(Channel channel) implements LiveConnection {
        @Override
        public void drain() {}

        @Override
        public void leave() {}

        @Override
        public void chainChanged(FilterChain now) {}

        @Override
        public void close() {
            channel.close();
        }
    }

    /** A TCP chain, compiled. */
    private record TcpChain(FilterChain model, TcpSettings settings) {
        static TcpSettings settings(
                Listener listener, FilterChain chain, NetworkFilter.TcpProxy proxy, PipelineParts parts) {
            TcpSettings.PeerExchangeSettings exchange = parts.peerExchange();
            Observers.TcpMetrics metrics = Observers.TcpMetrics.NONE;
            for (NetworkFilter filter : chain.filters()) {
                switch (filter) {
                    case NetworkFilter.MetadataExchange asked -> exchange = exchange.withProtocol(asked.protocol());
                    case NetworkFilter.IstioStats ignored -> metrics = Observers.TcpMetrics.ISTIO;
                    case NetworkFilter.Authorization ignored -> {}
                    case NetworkFilter.TcpProxy ignored -> {}
                    case NetworkFilter.Http ignored -> {}
                }
            }
            return new TcpSettings(
                    new dev.weft.proxy.exchange.FilterChain(
                            ImmutableList.of(),
                            NoRouter.INSTANCE,
                            parts.observers().tcp(listener, proxy, metrics),
                            listener.bufferLimit()),
                    proxy,
                    authorization(chain),
                    exchange,
                    parts.clusters(),
                    listener.bufferLimit());
        }
    }
}
