package dev.weft.proxy.listener;

import dev.weft.model.listener.FilterChain;
import dev.weft.proxy.config.ListenerSnapshot.ChainKey;
import dev.weft.proxy.exchange.Loop;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The running connections of one loop, so that they can be drained. Its methods are for that loop's thread, but those that say so
 * hop onto it.
 */
final class LoopConnections {
    private final Loop loop;
    private final Set<Entry> entries = Collections.newSetFromMap(new IdentityHashMap<>());

    private final Set<Channel> arriving = Collections.newSetFromMap(new IdentityHashMap<>());

    LoopConnections(Loop loop) {
        this.loop = loop;
    }

    Loop loop() {
        return loop;
    }

    /** A fresh connection: its filter chain is not known yet, or its handshake not done. */
    void arrived(Channel channel) {
        arriving.add(channel);
        channel.closeFuture().addListener(closed -> arriving.remove(channel));
    }

    /** Keeps the connection until its channel closes. */
    void add(Channel channel, String listener, ChainKey chain, LiveConnection connection) {
        Entry entry = new Entry(channel, listener, chain, connection);
        arriving.remove(channel);
        entries.add(entry);
        channel.closeFuture().addListener(closed -> entries.remove(entry));
    }

    /** Drains what is selected and closes the rest of it after {@code limit}; from any thread. */
    void drain(Predicate<Entry> selected, Duration limit) {
        loop.eventLoop().execute(() -> {
            List<Entry> found = select(selected);
            loop.beginBatch();
            found.forEach(entry -> entry.connection().drain());
            loop.endBatch();
            if (!found.isEmpty()) {
                loop.eventLoop()
                        .schedule(
                                () -> found.stream()
                                        .filter(entry -> entry.channel().isOpen())
                                        .forEach(entry -> entry.connection().close()),
                                limit.toNanos(),
                                TimeUnit.NANOSECONDS);
            }
        });
    }

    /** Tells those that are selected that the proxy will end soon; from any thread. */
    void leave(Predicate<Entry> selected) {
        loop.eventLoop().execute(() -> {
            loop.beginBatch();
            select(selected).forEach(entry -> entry.connection().leave());
            loop.endBatch();
        });
    }

    /** How many are selected; from any thread but this loop's, waits for it. */
    int count(Predicate<Entry> selected) {
        return loop.eventLoop()
                .submit(() -> select(selected).size())
                .syncUninterruptibly()
                .getNow();
    }

    /** Tells the connections of a chain that it has new content; from any thread. */
    void chainChanged(String listener, ChainKey key, FilterChain now) {
        loop.eventLoop().execute(() -> {
            for (Entry entry : select(e -> e.isOf(listener, key))) {
                entry.connection().chainChanged(now);
            }
        });
    }

    /** Closes everything; from any thread. */
    void closeAll() {
        loop.eventLoop().execute(() -> {
            List.copyOf(arriving).forEach(Channel::close);
            select(e -> true).forEach(entry -> entry.connection().close());
        });
    }

    /**
     * Ends what {@link #closeAll} did not end yet: a TLS connection says good-bye first, and to a client that does not read it would
     * say it longer than its loop lives. From any thread but this loop's, waits for it.
     */
    void abortAll() {
        loop.eventLoop()
                .submit(() -> {
                    List.copyOf(arriving).forEach(LoopConnections::abort);
                    select(e -> true).forEach(entry -> abort(entry.channel()));
                })
                .syncUninterruptibly();
    }

    private static void abort(Channel channel) {
        channel.unsafe().close(channel.voidPromise());
    }

    private List<Entry> select(Predicate<Entry> selected) {
        List<Entry> found = new ArrayList<>();
        for (Entry entry : entries) {
            if (selected.test(entry)) {
                found.add(entry);
            }
        }
        return found;
    }

    record Entry(Channel channel, String listener, ChainKey chain, LiveConnection connection) {
        boolean isOf(String name, ChainKey key) {
            return listener.equals(name) && chain.equals(key);
        }
    }
}
