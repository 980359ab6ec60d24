package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.model.listener.Listener;
import dev.weft.model.net.SocketAddress;
import dev.weft.resources.MeshConfig;

/** Where listeners for captured traffic listen, and what the proxy binds towards its own application. Pure. */
final class CapturedAddresses {
    /** Connections from these go to the application and are never captured, as the rules of the kernel know. */
    static final ImmutableList<String> INBOUND_SOURCES = ImmutableList.of("127.0.0.6", "::6");
    /** Of packets of connections that keep the client's address, under TPROXY. */
    static final int MARK = 1337;

    private static final String ANY = "0.0.0.0";
    private static final String ANY_V6 = "::";

    private CapturedAddresses() {}

    /** Any address of the workload's first family. */
    static String any(ProxyFacts proxy) {
        return proxy.families() == ProxyFacts.Families.V6 ? ANY_V6 : ANY;
    }

    /** The socket of a listener on any address and this port: where the workload has both families, one of each. */
    static Listener.Sockets sockets(ProxyFacts proxy, int port, boolean transparent) {
        return new Listener.Sockets(
                proxy.families() == ProxyFacts.Families.DUAL
                        ? ImmutableList.of(new SocketAddress.Inet(ANY_V6, port))
                        : ImmutableList.of(),
                transparent);
    }

    static boolean isTransparent(ProxyFacts proxy) {
        return proxy.interception() == ProxyFacts.Interception.TPROXY;
    }

    /** Whether a port is one of those that captured traffic arrives at: who dials it is sent in a circle otherwise. */
    static boolean isOwn(int port, MeshConfig mesh) {
        return port == mesh.ports().outbound() || port == mesh.ports().inbound();
    }
}
