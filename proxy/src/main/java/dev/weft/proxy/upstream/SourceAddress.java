package dev.weft.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The address that connections to an endpoint come from. Immutable; a {@link Connector} binds each of its sockets to it.
 *
 * @param kind whose address it is
 * @param mark of the packets, 0 for none; takes the capability NET_ADMIN
 */
public record SourceAddress(InetAddress address, Kind kind, int mark) {
    private static final IntegerUnixChannelOption TRANSPARENT = new IntegerUnixChannelOption("IP_TRANSPARENT", 0, 19);
    private static final IntegerUnixChannelOption MARK = new IntegerUnixChannelOption("SO_MARK", 1, 36);

    /** Whose address it is. */
    public enum Kind {
        /** One of this host. */
        OWN,
        /** The client's: takes the capability NET_ADMIN, and rules of the kernel that bring the answers here (TPROXY). */
        CLIENT
    }

    /** One of this host's own. */
    public static SourceAddress own(InetAddress address) {
        return new SourceAddress(address, Kind.OWN, 0);
    }

    InetSocketAddress any() {
        return new InetSocketAddress(address, 0);
    }

    /** Before the socket is bound. */
    void prepare(Channel channel) {
        // The port is chosen when the other end is known: as many connections to each endpoint as there are ports, not
        // to all together.
        channel.config().setOption(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        if (kind == Kind.CLIENT) {
            channel.config().setOption(TRANSPARENT, 1);
        }
        if (mark != 0) {
            channel.config().setOption(MARK, mark);
        }
    }
}
