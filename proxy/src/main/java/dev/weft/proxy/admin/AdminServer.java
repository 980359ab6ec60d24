package dev.weft.proxy.admin;

import com.google.common.collect.ImmutableList;
import dev.weft.model.net.SocketAddress.Inet;
import dev.weft.model.net.SocketAddress.Pipe;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.FilterChain;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.listener.IoTransport;
import dev.weft.proxy.server.Http1Server;
import dev.weft.proxy.server.HttpService;
import dev.weft.proxy.server.ServerOptions;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * Serves admin pages on one address, over the proxy's own HTTP/1 server. Its sockets share an event loop with data; what takes longer
 * than a moment is made on the admin thread of the {@link AdminPages}.
 *
 * <p>There is no access control: who may connect may ask, which is why the address is a loopback one unless the bootstrap names
 * another.
 */
public final class AdminServer implements AutoCloseable {
    private static final int BUFFER_LIMIT = 256 * 1024;

    private final Channel listener;

    private AdminServer(Channel listener) {
        this.listener = listener;
    }

    /**
     * Listens.
     *
     * @throws IllegalArgumentException when the address cannot be had
     */
    public static AdminServer start(
            AdminPages pages, dev.weft.model.net.SocketAddress where, Loop loop, IoTransport io) {
        SocketAddress address = switch (where) {
            case Inet(String host, int port) -> new InetSocketAddress(host, port);
            case Pipe(String path) -> io.unixAddress(path);
        };
        Service service = new Service(new AdminRouter(pages));
        ChannelFuture bound = new ServerBootstrap()
                .group(loop.eventLoop())
                .channelFactory(() -> io.newServer(address))
                .childOption(ChannelOption.ALLOCATOR, loop.allocator())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Http1Server.install(channel, loop, facts(channel), service);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IllegalArgumentException(
                    "admin address " + where.text() + " cannot be had: "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return new AdminServer(bound.channel());
    }

    /** Where it listens, which tells the port where any was asked for. */
    public SocketAddress address() {
        return listener.localAddress();
    }

    /** Takes no more connections. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
    }

    private static ConnectionFacts facts(Channel channel) {
        return ConnectionFacts.builder(inet(channel.remoteAddress()), inet(channel.localAddress()))
                .build();
    }

    /** A Unix socket has no address that facts could tell. */
    private static InetSocketAddress inet(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static final class Service implements HttpService {
        private static final ServerOptions OPTIONS = new ServerOptions(
                ServerOptions.DEFAULTS.limits(),
                new ServerOptions.Timeouts(
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1),
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ofSeconds(1)),
                new ServerOptions.Http1(
                        ServerOptions.Http10.ACCEPT,
                        "admin",
                        ServerOptions.ExpectContinue.ANSWER,
                        ServerOptions.Trailers.DROP,
                        ServerOptions.Underscores.ALLOW),
                ServerOptions.DEFAULTS.http2(),
                BUFFER_LIMIT,
                0);

        private final FilterChain chain;

        Service(AdminRouter router) {
            this.chain = new FilterChain(ImmutableList.of(), router, exchange -> {}, BUFFER_LIMIT);
        }

        @Override
        public FilterChain filterChain() {
            return chain;
        }

        @Override
        public ServerOptions options() {
            return OPTIONS;
        }

        @Override
        public boolean isDraining() {
            return false;
        }
    }
}
