package dev.weft.proxy.server;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.ExchangeObserver;
import dev.weft.proxy.exchange.FilterChain;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RouteDecision;
import dev.weft.proxy.exchange.Router;
import dev.weft.proxy.exchange.Ticker;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** An {@link Http2Server} on a real socket whose router is the test's. */
public final class Http2ServerHarness implements HttpService, AutoCloseable {
    /** What observers saw, one line per exchange. */
    public final List<String> done = new CopyOnWriteArrayList<>();

    private final MultiThreadIoEventLoopGroup group;
    private final Loop loop;
    private final FilterChain chain;
    private final ServerOptions options;
    private final Channel listener;
    private final List<Channel> connections = new CopyOnWriteArrayList<>();
    private volatile boolean draining;

    /** Serves with this as the upstream's side of every exchange. */
    public Http2ServerHarness(
            ServerOptions options, BiFunction<Exchange, Boolean, dev.weft.proxy.exchange.RequestSink> upstream) {
        this(options, upstream, NioIoHandler.newFactory(), NioServerSocketChannel.class, 0);
    }

    Http2ServerHarness(
            ServerOptions options,
            BiFunction<Exchange, Boolean, dev.weft.proxy.exchange.RequestSink> upstream,
            IoHandlerFactory io,
            Class<? extends io.netty.channel.ServerChannel> serverChannel,
            int port) {
        this.options = options;
        this.group = new MultiThreadIoEventLoopGroup(1, io);
        EventLoop eventLoop = group.next();
        this.loop = new Loop(0, eventLoop, PooledByteBufAllocator.DEFAULT, Ticker.system(), new SplittableRandom(1));
        this.chain = new FilterChain(
                ImmutableList.of(),
                new Router() {
                    @Override
                    public @Nullable RouteDecision route(Exchange exchange) {
                        return null;
                    }

                    @Override
                    public dev.weft.proxy.exchange.RequestSink start(Exchange exchange, boolean end) {
                        return upstream.apply(exchange, end);
                    }
                },
                new ExchangeObserver() {
                    @Override
                    public void done(Exchange exchange) {
                        done.add(exchange.request().methodText() + " "
                                + exchange.request().path() + " "
                                + exchange.response().status() + " " + exchange.details());
                    }
                },
                1024 * 1024);
        this.listener = new ServerBootstrap()
                .group(group)
                .channel(serverChannel)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
                        InetSocketAddress local = (InetSocketAddress) channel.localAddress();
                        Http2Server.install(
                                channel,
                                loop,
                                ConnectionFacts.builder(remote, local).build(),
                                Http2ServerHarness.this);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .syncUninterruptibly()
                .channel();
    }

    /** Answers every request itself: bodies are sent back, a request without one gets a short text. */
    public static Http2ServerHarness echo() {
        return new Http2ServerHarness(ServerOptions.DEFAULTS, EchoUpstream::start);
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    public Loop loop() {
        return loop;
    }

    /** Lets connections end. */
    public void drain() {
        draining = true;
        for (Channel connection : connections) {
            connection.pipeline().fireUserEventTriggered(DrainSignal.DRAIN);
        }
    }

    /** Connections that are open. */
    public long openConnections() {
        return connections.stream().filter(Channel::isActive).count();
    }

    @Override
    public FilterChain filterChain() {
        return chain;
    }

    @Override
    public ServerOptions options() {
        return options;
    }

    @Override
    public boolean isDraining() {
        return draining;
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        for (Channel connection : connections) {
            connection.close().syncUninterruptibly();
        }
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** A header value of a name that need not be well known. */
    public static HeaderName name(String text) {
        return HeaderName.of(text);
    }
}
