package dev.weft.proxy.listener;

import dev.weft.model.listener.FilterChain;
import dev.weft.proxy.config.ListenerSnapshot;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Loop;
import io.netty.channel.Channel;

/** Who runs a connection once all is known about it. Implemented by {@code proxy.pipeline}; called on the connection's loop. */
public interface ConnectionHandler {
    /**
     * Takes a connection over by adding handlers to its pipeline; bytes already received follow as a read. The channel reads by
     * itself and tells of a half-close; the handler may change either.
     *
     * @return how the listener reaches it again
     */
    LiveConnection onConnection(Accepted connection);

    /** The connection is being closed before any filter saw it; {@code detail} is for logs. */
    void onRefused(Loop loop, ConnectionFacts facts, ListenerSnapshot listener, FailureReason reason, String detail);

    /**
     * A connection on its loop with its filter chain, TLS done.
     *
     * @param listener the version of the listener that took it
     */
    record Accepted(Channel channel, Loop loop, ConnectionFacts facts, ListenerSnapshot listener, FilterChain chain) {}
}
