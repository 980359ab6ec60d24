package dev.weft.model.listener;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.http.AccessLog;
import dev.weft.model.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * An address and what happens to its connections ({@code envoy.config.listener.v3.Listener}).
 *
 * @param bindToPort whether a socket is opened; a listener without one only takes connections handed over by original destination
 * @param useOriginalDestination whether connections are handed to the listener of their original destination
 * @param bufferLimit bytes buffered per connection before reading stops
 * @param sockets further addresses, and what the sockets on all of them are like
 */
@Immutable
public record Listener(
        String name,
        SocketAddress address,
        boolean bindToPort,
        boolean useOriginalDestination,
        Direction direction,
        Inspection inspection,
        ImmutableList<FilterChain> filterChains,
        Optional<FilterChain> defaultFilterChain,
        ImmutableList<AccessLog> accessLogs,
        int bufferLimit,
        Sockets sockets) {
    /** Envoy's per connection limit in bytes. */
    public static final int DEFAULT_BUFFER_LIMIT = 1 << 20;

    /** With one plain socket. */
    public Listener(
            String name,
            SocketAddress address,
            boolean bindToPort,
            boolean useOriginalDestination,
            Direction direction,
            Inspection inspection,
            ImmutableList<FilterChain> filterChains,
            Optional<FilterChain> defaultFilterChain,
            ImmutableList<AccessLog> accessLogs,
            int bufferLimit) {
        this(
                name,
                address,
                bindToPort,
                useOriginalDestination,
                direction,
                inspection,
                filterChains,
                defaultFilterChain,
                accessLogs,
                bufferLimit,
                Sockets.PLAIN);
    }

    public Listener withSockets(Sockets other) {
        return new Listener(
                name,
                address,
                bindToPort,
                useOriginalDestination,
                direction,
                inspection,
                filterChains,
                defaultFilterChain,
                accessLogs,
                bufferLimit,
                other);
    }

    /** The address and those beside it. */
    public ImmutableList<SocketAddress> addresses() {
        return ImmutableList.<SocketAddress>builder()
                .add(address)
                .addAll(sockets.additional())
                .build();
    }

    /** Which way traffic flows, seen from the workload. */
    public enum Direction {
        UNSPECIFIED,
        INBOUND,
        OUTBOUND
    }

    /**
     * What the sockets of a listener are like.
     *
     * @param additional addresses beside the first, such as that of the other family
     * @param transparent whether connections for any address are taken, where the kernel's rules hand them over (TPROXY)
     */
    @Immutable
    public record Sockets(ImmutableList<SocketAddress> additional, boolean transparent) {
        public static final Sockets PLAIN = new Sockets(ImmutableList.of(), false);
    }

    /**
     * What is looked at before a filter chain is chosen.
     *
     * @param timeout how long the client may take to send the first bytes; absent is 15 s, zero waits for ever
     * @param continueOnTimeout whether the chain is then chosen without them; else the connection is closed
     */
    @Immutable
    public record Inspection(
            ImmutableList<ListenerFilter> filters, Optional<Duration> timeout, boolean continueOnTimeout) {
        public static final Inspection NONE = new Inspection(ImmutableList.of(), Optional.empty(), false);
    }
}
