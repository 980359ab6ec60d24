package dev.weft.proxy.listener;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.Listener;
import dev.weft.proxy.config.ConfigHolder;
import dev.weft.proxy.config.ListenerSnapshot;
import dev.weft.proxy.config.ProxySnapshot;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.identity.TlsContexts;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All listeners of this proxy: opens, changes and closes them as the configuration says.
 *
 * <p>{@link #apply} and {@link #drain} run on the control thread, one at a time; the loops read one volatile index. A listener whose
 * address stays keeps its socket, a filter chain that stays keeps its connections; connections of a chain that went, or that now
 * speaks another transport, are drained. An address that cannot be bound is a problem of that listener only; the others serve, and
 * the next {@link #apply} tries again.
 */
public final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final ImmutableList<LoopConnections> loops;
    private final AtomicIntegerArray load;
    private final IoTransport io;
    private final TlsContexts tls;
    private final ConnectionHandler handler;
    private final Duration drainTime;
    private final Map<SocketAddress, Acceptor> acceptors = new LinkedHashMap<>();
    private Predicate<Listener> stopped = listener -> false;
    private volatile ListenerIndex index = ListenerIndex.EMPTY;
    private volatile ImmutableMap<String, String> problems = ImmutableMap.of();
    private volatile ImmutableMap<String, Acceptor> bound = ImmutableMap.of();

    /** @param drainTime how long connections of a removed chain may finish what is in flight */
    public Listeners(
            ImmutableList<Loop> loops, IoTransport io, TlsContexts tls, ConnectionHandler handler, Duration drainTime) {
        this.loops = loops.stream().map(LoopConnections::new).collect(ImmutableList.toImmutableList());
        this.load = new AtomicIntegerArray(loops.size());
        this.io = io;
        this.tls = tls;
        this.handler = handler;
        this.drainTime = drainTime;
    }

    /** Makes the sockets and chains those of {@code snapshot}; returns the problems by listener name. */
    public ImmutableMap<String, String> apply(ProxySnapshot snapshot) {
        ListenerIndex before = index;
        Map<String, String> found = new LinkedHashMap<>();
        Map<SocketAddress, ListenerSnapshot> wanted = wanted(snapshot, found);
        prepareTls(snapshot);
        closeUnwanted(wanted);
        // Before any socket opens: its first connection may be for a listener that only takes captured ones.
        index = ListenerIndex.of(snapshot);
        for (Map.Entry<SocketAddress, ListenerSnapshot> entry : wanted.entrySet()) {
            Acceptor acceptor = acceptors.get(entry.getKey());
            if (acceptor != null) {
                acceptor.listener(entry.getValue());
            } else {
                open(entry.getKey(), entry.getValue(), found);
            }
        }
        bound = byName();
        problems = ImmutableMap.copyOf(found);
        updateConnections(before, index);
        return problems;
    }

    private Map<SocketAddress, ListenerSnapshot> wanted(ProxySnapshot snapshot, Map<String, String> found) {
        Map<SocketAddress, ListenerSnapshot> wanted = new LinkedHashMap<>();
        for (ListenerSnapshot listener : snapshot.listeners().values()) {
            Listener model = listener.listener();
            if (!model.bindToPort() || stopped.test(model)) {
                continue;
            }
            model.addresses().forEach(address -> want(address, listener, wanted, found));
        }
        return wanted;
    }

    private void want(
            dev.weft.model.net.SocketAddress declared,
            ListenerSnapshot listener,
            Map<SocketAddress, ListenerSnapshot> wanted,
            Map<String, String> found) {
        String name = listener.listener().name();
        try {
            SocketAddress address = ListenerIndex.address(declared, io);
            // Each listener on port 0 gets a port of its own: they cannot be told apart by address.
            boolean ephemeral = address instanceof InetSocketAddress inet && inet.getPort() == 0;
            SocketAddress key = ephemeral ? new EphemeralAddress(name, address) : address;
            ListenerSnapshot other = wanted.putIfAbsent(key, listener);
            if (other != null) {
                found.put(
                        name,
                        "address " + declared.text() + " is that of listener '"
                                + other.listener().name() + "' already");
            }
        } catch (IllegalArgumentException e) {
            found.put(name, "address " + declared.text() + ": " + e.getMessage());
        }
    }

    /** On this thread, so that no loop builds a TLS context. */
    private void prepareTls(ProxySnapshot snapshot) {
        for (ListenerSnapshot listener : snapshot.listeners().values()) {
            for (FilterChain chain : listener.chains().values()) {
                chain.tls().ifPresent(tls::server);
            }
        }
    }

    private void closeUnwanted(Map<SocketAddress, ListenerSnapshot> wanted) {
        acceptors.entrySet().removeIf(entry -> {
            ListenerSnapshot still = wanted.get(entry.getKey());
            boolean transparent = entry.getValue().isTransparent();
            if (still != null && still.listener().sockets().transparent() == transparent) {
                return false;
            }
            entry.getValue().close().syncUninterruptibly();
            LOG.info(
                    "listener closed name={} address={}",
                    entry.getValue().listener().listener().name(),
                    entry.getKey());
            return true;
        });
    }

    private void open(SocketAddress key, ListenerSnapshot listener, Map<String, String> found) {
        String name = listener.listener().name();
        SocketAddress address = key instanceof EphemeralAddress ephemeral ? ephemeral.address() : key;
        Acceptor acceptor = new Acceptor(this, address, listener, statsOf(name));
        ChannelFuture binding = acceptor.bind().awaitUninterruptibly();
        if (binding.isSuccess()) {
            acceptors.put(key, acceptor);
            LOG.info("listener opened name={} address={}", name, acceptor.localAddress());
        } else {
            acceptor.close();
            String cause = String.valueOf(binding.cause().getMessage());
            String where = address instanceof InetSocketAddress inet ? ConnectionFacts.text(inet) : address.toString();
            found.put(name, "cannot bind " + where + ": " + cause);
            LOG.warn("cannot bind listener={} address={} cause={}", name, address, cause);
        }
    }

    /** The sockets of one listener count together. */
    private ListenerStats statsOf(String listener) {
        for (Acceptor acceptor : acceptors.values()) {
            if (acceptor.listener().listener().name().equals(listener)) {
                return acceptor.stats();
            }
        }
        return new ListenerStats();
    }

    private void updateConnections(ListenerIndex before, ListenerIndex now) {
        ChainChanges changes = ChainChanges.between(before, now);
        for (ChainChanges.Changed changed : changes.changed()) {
            loops.forEach(loop -> loop.chainChanged(changed.listener(), changed.key(), changed.chain()));
        }
        if (!changes.gone().isEmpty()) {
            drain(entry -> changes.isGone(entry.listener(), entry.chain()), drainTime);
        }
    }

    private void drain(Predicate<LoopConnections.Entry> selected, Duration limit) {
        loops.forEach(loop -> loop.drain(selected, limit));
    }

    /** Closes all sockets for good; connections stay. */
    public void stopAccepting() {
        stopAccepting(listener -> true);
    }

    /** Closes the sockets of inbound listeners for good; connections stay. */
    public void stopAcceptingInbound() {
        stopAccepting(listener -> listener.direction() == Listener.Direction.INBOUND);
    }

    /** A configuration that comes later opens none of these again. */
    private void stopAccepting(Predicate<Listener> which) {
        stopped = stopped.or(which);
        acceptors.values().removeIf(acceptor -> {
            boolean closes = which.test(acceptor.listener().listener());
            if (closes) {
                acceptor.close().syncUninterruptibly();
            }
            return closes;
        });
        bound = byName();
    }

    private ImmutableMap<String, Acceptor> byName() {
        Map<String, Acceptor> byName = new LinkedHashMap<>();
        acceptors
                .values()
                .forEach(acceptor ->
                        byName.putIfAbsent(acceptor.listener().listener().name(), acceptor));
        return ImmutableMap.copyOf(byName);
    }

    /** Tells the connections of inbound listeners, or of all, that the proxy will end soon. */
    public void leave(ConfigHolder.Leaving scope) {
        Predicate<LoopConnections.Entry> selected = of(scope);
        loops.forEach(loop -> loop.leave(selected));
    }

    /** Takes no more connections of these listeners, and closes those that are open after {@code limit}. */
    public void end(ConfigHolder.Leaving scope, Duration limit) {
        switch (scope) {
            case NOTHING -> {}
            case INBOUND -> {
                stopAcceptingInbound();
                drainInbound(limit);
            }
            case ALL -> {
                stopAccepting();
                drainAll(limit);
            }
        }
    }

    /** Connections of these listeners that are open. From a thread that may wait for the loops. */
    public int connections(ConfigHolder.Leaving scope) {
        Predicate<LoopConnections.Entry> selected = of(scope);
        return loops.stream().mapToInt(loop -> loop.count(selected)).sum();
    }

    private Predicate<LoopConnections.Entry> of(ConfigHolder.Leaving scope) {
        return switch (scope) {
            case NOTHING -> entry -> false;
            case INBOUND -> inbound();
            case ALL -> entry -> true;
        };
    }

    private Predicate<LoopConnections.Entry> inbound() {
        ImmutableMap<String, ListenerSnapshot> names = index.byName();
        return entry -> {
            ListenerSnapshot listener = names.get(entry.listener());
            return listener != null && listener.listener().direction() == Listener.Direction.INBOUND;
        };
    }

    /** Lets all connections finish what is in flight, and closes them after {@code limit}. */
    public void drainAll(Duration limit) {
        drain(entry -> true, limit);
    }

    /** Lets the connections of inbound listeners finish, and closes them after {@code limit}. */
    public void drainInbound(Duration limit) {
        drain(inbound(), limit);
    }

    /** Closes sockets and connections. */
    public void close() {
        stopAccepting();
        loops.forEach(LoopConnections::closeAll);
    }

    /** Ends at once what {@link #close} asked to close; from a thread that may wait for the loops. */
    public void abort() {
        loops.forEach(LoopConnections::abortAll);
    }

    /** Connections that are open, on all loops. */
    public int connections() {
        int all = 0;
        for (int i = 0; i < load.length(); i++) {
            all += load.get(i);
        }
        return all;
    }

    /** Connections of one loop. */
    public int connections(int loop) {
        return load.get(loop);
    }

    /** What could not be done of the newest configuration, by listener name. */
    public ImmutableMap<String, String> problems() {
        return problems;
    }

    /** Where a listener really listens, which tells the port where it asked for any. */
    public Optional<SocketAddress> boundAddress(String name) {
        Acceptor acceptor = bound.get(name);
        return acceptor == null ? Optional.empty() : Optional.of(acceptor.localAddress());
    }

    /** Counters of the listeners with a socket, by name. */
    public ImmutableMap<String, ListenerStats.Snapshot> stats() {
        ImmutableMap.Builder<String, ListenerStats.Snapshot> all = ImmutableMap.builder();
        bound.forEach((name, acceptor) -> all.put(name, acceptor.stats().snapshot()));
        return all.buildOrThrow();
    }

    // ---- for arrivals, on their loops ------------------------------------------------------------------------------

    /** The listener of a captured connection: by address and port, then any address with that port; null for none. */
    @Nullable
    ListenerSnapshot select(InetSocketAddress destination) {
        return index.select(destination);
    }

    /** The present version of a listener; null where it is gone. */
    @Nullable
    ListenerSnapshot newest(ListenerSnapshot listener) {
        return index.byName().get(listener.listener().name());
    }

    LoopConnections fewest() {
        int best = 0;
        for (int i = 1; i < load.length(); i++) {
            if (load.get(i) < load.get(best)) {
                best = i;
            }
        }
        return loops.get(best);
    }

    void placed(int loop) {
        load.incrementAndGet(loop);
    }

    void left(int loop) {
        load.decrementAndGet(loop);
    }

    Loop acceptLoop() {
        return loops.get(0).loop();
    }

    IoTransport io() {
        return io;
    }

    TlsContexts tls() {
        return tls;
    }

    ConnectionHandler handler() {
        return handler;
    }
}
