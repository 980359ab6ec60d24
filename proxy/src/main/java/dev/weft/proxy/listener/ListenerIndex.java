package dev.weft.proxy.listener;

import com.google.common.collect.ImmutableMap;
import com.google.common.net.InetAddresses;
import dev.weft.model.listener.Listener;
import dev.weft.model.net.SocketAddress;
import dev.weft.proxy.config.ListenerSnapshot;
import dev.weft.proxy.config.ProxySnapshot;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The listeners of one configuration, by name and by the address of captured connections. Immutable; read by the loops. */
final class ListenerIndex {
    static final ListenerIndex EMPTY = new ListenerIndex(ImmutableMap.of(), ImmutableMap.of());

    private final ImmutableMap<String, ListenerSnapshot> byName;
    private final ImmutableMap<InetSocketAddress, ListenerSnapshot> byAddress;

    private ListenerIndex(
            ImmutableMap<String, ListenerSnapshot> byName,
            ImmutableMap<InetSocketAddress, ListenerSnapshot> byAddress) {
        this.byName = byName;
        this.byAddress = byAddress;
    }

    static ListenerIndex of(ProxySnapshot snapshot) {
        Map<InetSocketAddress, ListenerSnapshot> byAddress = new HashMap<>();
        for (ListenerSnapshot listener : snapshot.listeners().values()) {
            for (SocketAddress address : listener.listener().addresses()) {
                if (address instanceof SocketAddress.Inet inet && InetAddresses.isInetAddress(inet.host())) {
                    InetAddress host = InetAddresses.forString(inet.host());
                    if (!host.isAnyLocalAddress() || takesCaptured(listener.listener())) {
                        byAddress.putIfAbsent(new InetSocketAddress(host, inet.port()), listener);
                    }
                }
            }
        }
        return new ListenerIndex(snapshot.listeners(), ImmutableMap.copyOf(byAddress));
    }

    /**
     * Whether connections to a port of any host are for this listener. Not for one that serves this host, such as that of the proxy's own
     * metrics: a connection to the same port of another host is not for it.
     */
    private static boolean takesCaptured(Listener listener) {
        return !listener.bindToPort()
                || listener.direction() == Listener.Direction.OUTBOUND && !listener.useOriginalDestination();
    }

    ImmutableMap<String, ListenerSnapshot> byName() {
        return byName;
    }

    @Nullable
    ListenerSnapshot select(InetSocketAddress destination) {
        ListenerSnapshot exact = byAddress.get(destination);
        if (exact != null) {
            return exact;
        }
        boolean v4 = destination.getAddress() instanceof Inet4Address;
        return byAddress.get(new InetSocketAddress(v4 ? Any.V4 : Any.V6, destination.getPort()));
    }

    /** @throws IllegalArgumentException when the host is no IP address */
    static java.net.SocketAddress address(SocketAddress address, IoTransport io) {
        return switch (address) {
            case SocketAddress.Inet inet -> new InetSocketAddress(InetAddresses.forString(inet.host()), inet.port());
            case SocketAddress.Pipe pipe -> io.unixAddress(pipe.path());
        };
    }

    private static final class Any {
        static final InetAddress V4 = InetAddresses.forString("0.0.0.0");
        static final InetAddress V6 = InetAddresses.forString("::");
    }
}
