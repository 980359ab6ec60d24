package dev.weft.proxy.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.ThreadFactory;

/** How sockets are driven: epoll where the native library is there, else the JDK's. Immutable. */
public enum IoTransport {
    EPOLL,
    NIO;

    /** The fastest one that works on this machine. */
    public static IoTransport best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    public MultiThreadIoEventLoopGroup newGroup(int loops, ThreadFactory threads) {
        IoHandlerFactory factory = this == EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(loops, threads, factory);
    }

    /** Unregistered channels to connect to this kind of address. */
    public ChannelFactory<Channel> clientChannels(SocketAddress address) {
        boolean unix = isUnix(address);
        return switch (this) {
            case EPOLL -> unix ? EpollDomainSocketChannel::new : EpollSocketChannel::new;
            case NIO -> unix ? NioDomainSocketChannel::new : NioSocketChannel::new;
        };
    }

    ServerChannel newServer(SocketAddress address) {
        boolean unix = isUnix(address);
        return switch (this) {
            case EPOLL -> unix ? new EpollServerDomainSocketChannel() : new EpollServerSocketChannel();
            case NIO -> unix ? new NioServerDomainSocketChannel() : new NioServerSocketChannel();
        };
    }

    /** A Unix socket in the form that this transport takes. */
    public SocketAddress unixAddress(String path) {
        return this == EPOLL ? new DomainSocketAddress(path) : UnixDomainSocketAddress.of(path);
    }

    private static boolean isUnix(SocketAddress address) {
        return address instanceof DomainSocketAddress || address instanceof UnixDomainSocketAddress;
    }
}
