package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FilterChain;
import dev.weft.proxy.exchange.HttpFilter;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.ResponseFlag;
import dev.weft.proxy.exchange.Ticker;
import dev.weft.proxy.upstream.Admission;
import dev.weft.proxy.upstream.ConnectionObserver;
import dev.weft.proxy.upstream.ConnectionPool;
import dev.weft.proxy.upstream.Connector;
import dev.weft.proxy.upstream.PoolOptions;
import dev.weft.proxy.upstream.UpstreamTransport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A whole HTTP/1 request path on loopback: server, filter chain, pool, client. Checks that no buffer was leaked. */
final class TestProxy implements AutoCloseable {
    /** What an observer saw of an exchange. */
    record Seen(int status, String flags, String details, long requestBytes, long responseBytes) {}

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final EventLoop eventLoop = group.next();
    private final Loop loop = new Loop(0, eventLoop, allocator, Ticker.system(), new Random(1));
    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    private final Channel listener;
    /** Set before a connection comes to serve it with TLS. */
    volatile @Nullable SslContext tls;

    final ConnectionPool pool;
    volatile boolean draining;

    TestProxy(int originPort) throws Exception {
        this(originPort, ServerOptions.DEFAULTS, PoolOptions.defaults(PoolOptions.Protocol.HTTP1));
    }

    TestProxy(int originPort, ServerOptions options, PoolOptions poolOptions, HttpFilter... filters) throws Exception {
        Connector connector = new Connector(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), originPort),
                NioSocketChannel::new,
                UpstreamTransport.PLAINTEXT,
                (channel, owner) -> {
                    throw new AssertionError("no HTTP/2 here");
                },
                ConnectionObserver.NONE);
        pool = new ConnectionPool(loop, connector, poolOptions, Admission.UNLIMITED);
        FilterChain chain =
                new FilterChain(ImmutableList.copyOf(filters), new PassRouter(pool), this::note, options.bufferLimit());
        HttpService service = new HttpService() {
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
        };
        listener = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(options.bufferLimit() / 2, options.bufferLimit()))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        SslContext context = tls;
                        if (context != null) {
                            channel.pipeline().addLast("tls", context.newHandler(channel.alloc()));
                        }
                        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
                        InetSocketAddress local = (InetSocketAddress) channel.localAddress();
                        Http1Server.install(
                                channel,
                                loop,
                                ConnectionFacts.builder(remote, local).build(),
                                service);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** The next exchange that is over. */
    Seen next() throws InterruptedException {
        Seen next = seen.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("an exchange is over within 10 s").isNotNull();
        return next;
    }

    <T> T onLoop(Callable<T> question) throws Exception {
        return eventLoop.submit(question).get(10, TimeUnit.SECONDS);
    }

    long directBytes() {
        return allocator.metric().usedDirectMemory();
    }

    private void note(Exchange exchange) {
        seen.add(new Seen(
                exchange.response().status(),
                ResponseFlag.codes(exchange.flags()),
                exchange.details(),
                exchange.requestBytes(),
                exchange.responseBytes()));
    }

    @Override
    public void close() throws Exception {
        listener.close().sync();
        onLoop(() -> {
            pool.close();
            return true;
        });
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        assertThat(allocator.metric().usedDirectMemory())
                .as("direct bytes leaked")
                .isZero();
        assertThat(allocator.metric().usedHeapMemory()).as("heap bytes leaked").isZero();
    }
}
