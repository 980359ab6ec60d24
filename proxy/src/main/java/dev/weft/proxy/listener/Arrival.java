package dev.weft.proxy.listener;

import com.google.common.collect.ImmutableList;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.ListenerFilter;
import dev.weft.proxy.config.ListenerSnapshot;
import dev.weft.proxy.config.ListenerSnapshot.ChainKey;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.TlsFacts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Walks a fresh connection from its placement on a loop to the handler of its filter chain: original destination, listener,
 * sniffing, filter chain, TLS. One per connection, on its loop.
 *
 * <p>Each step takes the listener's newest version, so a connection that waited for its client's first byte is judged by what holds
 * then.
 */
final class Arrival extends ChannelInboundHandlerAdapter implements ProtocolSniffer.Outcome, DownstreamTls.Outcome {
    private static final InetSocketAddress NOWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Acceptor acceptor;
    private final Listeners listeners;
    private final LoopConnections connections;
    private final Channel channel;
    private InetSocketAddress remote = NOWHERE;
    private InetSocketAddress local = NOWHERE;
    private InetSocketAddress destination = NOWHERE;
    private ListenerSnapshot listener;
    private Sniffed sniffed = Sniffed.NOTHING;
    private @Nullable FilterChain chain;
    private @Nullable LiveConnection live;

    Arrival(Acceptor acceptor, Listeners listeners, LoopConnections connections, Channel channel) {
        this.acceptor = acceptor;
        this.listeners = listeners;
        this.connections = connections;
        this.channel = channel;
        this.listener = acceptor.listener();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        connections.arrived(channel);
        remote = inet(channel.remoteAddress());
        local = inet(channel.localAddress());
        destination = local;
        local = acceptor.ownAddress(local);
        chooseListener();
        ProtocolSniffer.Look look = ProtocolSniffer.Look.on(listener.listener().inspection(), destination.getPort());
        if (look == ProtocolSniffer.Look.NOTHING) {
            context.pipeline().remove(this);
            onSniffed(Sniffed.NOTHING);
            return;
        }
        Loop loop = connections.loop();
        context.pipeline()
                .replace(
                        this,
                        "sniff",
                        new ProtocolSniffer(look, listener.listener().inspection(), loop, this, context));
        channel.read();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    private void chooseListener() {
        Listener own = listener.listener();
        if (!own.useOriginalDestination() && !asksOriginalDestination(own)) {
            return;
        }
        destination = OriginalDestination.of(channel, destination);
        if (own.useOriginalDestination() && !destination.equals(local)) {
            ListenerSnapshot other = listeners.select(destination);
            if (other != null) {
                listener = other;
            }
        }
    }

    private static boolean asksOriginalDestination(Listener listener) {
        for (ListenerFilter filter : listener.inspection().filters()) {
            if (filter instanceof ListenerFilter.OriginalDestination) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void onGivenUp() {
        acceptor.stats().sniffTimeouts.increment();
    }

    @Override
    public void onInputEnded() {
        LiveConnection connection = live;
        if (connection != null) {
            connection.drain();
        }
    }

    @Override
    public void onSniffed(Sniffed found) {
        sniffed = found;
        ListenerSnapshot now = listeners.newest(listener);
        if (now == null) {
            refuse(FailureReason.DOWNSTREAM_LOCAL_CLOSE, "the listener is gone");
            return;
        }
        listener = now;
        FilterChain match = listener.match(new ArrivalFacts(remote, destination, found));
        if (match == null) {
            acceptor.stats().noFilterChain.increment();
            refuse(FailureReason.FILTER_CHAIN_NOT_FOUND, "");
            return;
        }
        chain = match;
        if (match.tls().isEmpty()) {
            handOver(match, null);
            return;
        }
        String name = found.serverName() == null ? "" : found.serverName();
        boolean begun = DownstreamTls.begin(
                channel.pipeline(),
                listeners.tls().server(match.tls().get()),
                name,
                match.tls().get(),
                match.handshakeTimeout().orElse(DownstreamTls.DEFAULT_HANDSHAKE_TIMEOUT),
                this);
        if (begun) {
            channel.config().setAutoRead(true);
        } else {
            acceptor.stats().missingSecret.increment();
            refuse(
                    FailureReason.TLS_FAILURE,
                    listeners.tls().server(match.tls().get()).problem());
        }
    }

    @Override
    public void onTls(TlsFacts facts) {
        acceptor.stats().handshakes.increment();
        FilterChain match = chain;
        if (match == null) {
            throw new AssertionError("TLS without a filter chain on " + channel);
        }
        handOver(match, facts);
    }

    @Override
    public void onTlsFailed(String reason) {
        acceptor.stats().handshakeFailures.increment();
        listeners.handler().onRefused(connections.loop(), facts(null), listener, FailureReason.TLS_FAILURE, reason);
    }

    /** A handshake takes its time: what was chosen before it must still be there, and is used in its newest version. */
    private void handOver(FilterChain match, @Nullable TlsFacts tls) {
        ChainKey key = ChainKey.of(match);
        ListenerSnapshot now = listeners.newest(listener);
        FilterChain current = now == null ? null : now.chain(key);
        if (now == null || current == null || !current.tls().equals(match.tls())) {
            refuse(FailureReason.DOWNSTREAM_LOCAL_CLOSE, "the filter chain changed during the handshake");
            return;
        }
        listener = now;
        channel.config().setAutoRead(true);
        LiveConnection connection = listeners
                .handler()
                .onConnection(
                        new ConnectionHandler.Accepted(channel, connections.loop(), facts(tls), listener, current));
        live = connection;
        connections.add(channel, listener.listener().name(), key, connection);
    }

    private void refuse(FailureReason reason, String detail) {
        listeners.handler().onRefused(connections.loop(), facts(null), listener, reason, detail);
        channel.close();
    }

    private ConnectionFacts facts(@Nullable TlsFacts tls) {
        ConnectionFacts.Builder facts = ConnectionFacts.builder(remote, local)
                .destination(destination)
                .direction(
                        switch (listener.listener().direction()) {
                            case INBOUND -> ConnectionFacts.Direction.INBOUND;
                            case OUTBOUND -> ConnectionFacts.Direction.OUTBOUND;
                            case UNSPECIFIED -> ConnectionFacts.Direction.UNSPECIFIED;
                        })
                .listener(listener.listener().name())
                .sniffed(sniffed.transport(), protocols(tls));
        for (ListenerFilter filter : listener.listener().inspection().filters()) {
            if (filter instanceof ListenerFilter.OriginalSource(int mark)) {
                facts.keepSource(mark);
            }
        }
        FilterChain match = chain;
        if (match != null) {
            facts.filterChain(match.name());
        }
        if (sniffed.serverName() != null) {
            facts.serverName(sniffed.serverName());
        }
        if (tls != null) {
            facts.tls(tls);
        }
        return facts.build();
    }

    private ImmutableList<String> protocols(@Nullable TlsFacts tls) {
        return tls != null && sniffed.protocols().isEmpty() && !tls.alpn().isEmpty()
                ? ImmutableList.of(tls.alpn())
                : sniffed.protocols();
    }

    /** A Unix socket's ends have no address; they count as this host. */
    private static InetSocketAddress inet(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet : NOWHERE;
    }
}
