package dev.weft.proxy.server;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.ExchangeObserver;
import dev.weft.proxy.exchange.FilterChain;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.exchange.RouteDecision;
import dev.weft.proxy.exchange.Router;
import dev.weft.proxy.exchange.Ticker;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
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
    public Http2ServerHarness(ServerOptions options, BiFunction<Exchange, Boolean, RequestSink> upstream) {
        this(options, upstream, null);
    }

    Http2ServerHarness(
            ServerOptions options,
            BiFunction<Exchange, Boolean, RequestSink> upstream,
            @Nullable ExchangeObserver observer) {
        this.options = options;
        this.group = new MultiThreadIoEventLoopGroup(
                1, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
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
                    public RequestSink start(Exchange exchange, boolean end) {
                        return upstream.apply(exchange, end);
                    }
                },
                observer == null ? this::note : observer,
                1024 * 1024);
        this.listener = new ServerBootstrap()
                .group(group)
                .channel(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
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
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    /** Makes client channels of the kind that the loop drives. */
    public static Channel newClientChannel() {
        return Epoll.isAvailable() ? new EpollSocketChannel() : new NioSocketChannel();
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

    /** Waits until so many exchanges are over. */
    public List<String> awaitDone(int count) {
        long deadline = System.nanoTime() + 5_000_000_000L;
        while (done.size() < count && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        return done;
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

    private void note(Exchange exchange) {
        done.add(exchange.request().methodText() + " " + exchange.request().path() + " "
                + exchange.response().status() + " " + exchange.details());
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
}
