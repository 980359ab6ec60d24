package dev.weft.proxy;

import dev.weft.proxy.cluster.NameResolver;
import dev.weft.proxy.cluster.NettyNameResolver;
import dev.weft.proxy.listener.IoTransport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes the DNS client when the first name is asked for: most sidecars know their endpoints by address. Guarded by itself. */
final class LazyResolver implements NameResolver, AutoCloseable {
    private final EventLoopGroup loops;
    private final IoTransport io;
    private @Nullable DnsNameResolver dns;

    LazyResolver(EventLoopGroup loops, IoTransport io) {
        this.loops = loops;
        this.io = io;
    }

    @Override
    public void resolve(String name, Consumer<Answer> callback) {
        new NettyNameResolver(resolver()).resolve(name, callback);
    }

    private synchronized DnsNameResolver resolver() {
        DnsNameResolver made = dns;
        if (made == null) {
            Class<? extends DatagramChannel> type =
                    io == IoTransport.EPOLL ? EpollDatagramChannel.class : NioDatagramChannel.class;
            made = new DnsNameResolverBuilder(loops.next())
                    .datagramChannelType(type)
                    .build();
            dns = made;
        }
        return made;
    }

    @Override
    public synchronized void close() {
        DnsNameResolver made = dns;
        if (made != null) {
            made.close();
        }
    }
}
