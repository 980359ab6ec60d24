package dev.weft.proxy.cluster;

import dev.weft.model.net.SocketAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.UnixDomainSocketAddress;

/** The kinds of sockets that the loops drive: epoll where there is one, else NIO. Immutable. */
@SuppressWarnings("ImmutableEnumChecker") // the factories are constructors
public enum UpstreamChannels {
    EPOLL(EpollSocketChannel::new, EpollDomainSocketChannel::new),
    NIO(NioSocketChannel::new, NioDomainSocketChannel::new);

    private final ChannelFactory<? extends Channel> tcp;
    private final ChannelFactory<? extends Channel> pipe;

    UpstreamChannels(ChannelFactory<? extends Channel> tcp, ChannelFactory<? extends Channel> pipe) {
        this.tcp = tcp;
        this.pipe = pipe;
    }

    /** The kind that fits this loop. */
    public static UpstreamChannels of(io.netty.channel.EventLoop loop) {
        return Epoll.isAvailable()
                        && loop instanceof io.netty.channel.IoEventLoop io
                        && io.isCompatible(EpollIoHandle.class)
                ? EPOLL
                : NIO;
    }

    /** Makes unregistered sockets for this address. */
    public ChannelFactory<? extends Channel> factory(java.net.SocketAddress address) {
        return address instanceof java.net.InetSocketAddress ? tcp : pipe;
    }

    /** The address of a Unix socket; a leading {@code @} means the abstract namespace, which only epoll knows. */
    public java.net.SocketAddress pipe(SocketAddress.Pipe pipe) {
        String path = pipe.path().startsWith("@") ? '\0' + pipe.path().substring(1) : pipe.path();
        return this == EPOLL ? new DomainSocketAddress(path) : UnixDomainSocketAddress.of(pipe.path());
    }
}
