package dev.weft.proxy.listener;

import io.netty.channel.ChannelException;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/** How sockets are driven: epoll where the native library is there, else the JDK's. Immutable. */
public enum IoTransport {
    EPOLL,
    NIO;

    private static final IntegerUnixChannelOption V6_ONLY = new IntegerUnixChannelOption("IPV6_V6ONLY", 41, 26);

    private static final IntegerUnixChannelOption V4_TRANSPARENT =
            new IntegerUnixChannelOption("IP_TRANSPARENT", 0, 19);
    private static final IntegerUnixChannelOption V6_TRANSPARENT =
            new IntegerUnixChannelOption("IPV6_TRANSPARENT", 41, 75);

    /** The fastest one that works on this machine. */
    public static IoTransport best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    public MultiThreadIoEventLoopGroup newGroup(int loops, ThreadFactory threads) {
        IoHandlerFactory factory = this == EPOLL ? LastingEpoll.factory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(loops, threads, factory);
    }

    /**
     * An unregistered server socket of the address's own family: a socket of both would take the port from the other family's
     * listener. (By the JDK a socket for IPv6 takes IPv4 too; there is no option against it.)
     */
    public ServerChannel newServer(SocketAddress address) {
        if (isUnix(address)) {
            return this == EPOLL ? new EpollServerDomainSocketChannel() : new NioServerDomainSocketChannel();
        }
        boolean v6 = address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address;
        SocketProtocolFamily family = v6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        if (this == NIO) {
            return new NioServerSocketChannel(SelectorProvider.provider(), family);
        }
        EpollServerSocketChannel server = new EpollServerSocketChannel(family);
        if (v6) {
            server.config().setOption(V6_ONLY, 1);
        }
        return server;
    }

    /**
     * Lets the socket take connections for addresses that are not this host's; before it binds.
     *
     * @return why it cannot
     */
    Optional<String> makeTransparent(ServerChannel server, SocketAddress address) {
        if (!(server instanceof EpollServerSocketChannel epoll)) {
            return Optional.of("transparent sockets need Linux and its native transport");
        }
        boolean v6 = address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address;
        try {
            epoll.config().setOption(v6 ? V6_TRANSPARENT : V4_TRANSPARENT, 1);
            return Optional.empty();
        } catch (ChannelException e) {
            return Optional.of(
                    "the socket may not be transparent (under TPROXY the proxy needs the capability NET_ADMIN): "
                            + e.getMessage());
        }
    }

    /** A Unix socket in the form that this transport takes. */
    public SocketAddress unixAddress(String path) {
        return this == EPOLL ? new DomainSocketAddress(path) : UnixDomainSocketAddress.of(path);
    }

    private static boolean isUnix(SocketAddress address) {
        return address instanceof DomainSocketAddress || address instanceof UnixDomainSocketAddress;
    }
}
