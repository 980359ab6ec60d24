package dev.weft.benchmarks;

import com.google.common.collect.ImmutableList;
import com.sun.management.ThreadMXBean;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.FilterChain;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Ticker;
import dev.weft.proxy.server.Http1Server;
import dev.weft.proxy.server.HttpService;
import dev.weft.proxy.server.ServerOptions;
import dev.weft.proxy.upstream.Admission;
import dev.weft.proxy.upstream.ConnectionObserver;
import dev.weft.proxy.upstream.ConnectionPool;
import dev.weft.proxy.upstream.Connector;
import dev.weft.proxy.upstream.PoolOptions;
import dev.weft.proxy.upstream.UpstreamTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * What one proxied HTTP/1 request costs on a loop: CPU time and heap bytes of the loop's thread, kernel included.
 *
 * <p>Load, proxy and backend run in one process, each on a thread of its own, over loopback sockets; only the proxy's
 * thread is measured. Arguments: connections, seconds. There are no routes and filters here; what the program allocates for all that a
 * request meets is told by {@code benchmarks/run}.
 *
 * <p>To be run with the proxy's own JVM flags ({@code bin/launch.sh}): the path itself allocates nothing then. Without {@code
 * --sun-misc-unsafe-memory-access=allow} Netty may not ask a buffer for its address, and makes a view of it for each of the four
 * socket calls instead: 222 bytes per request that no proxy pays.
 */
public final class RequestPathCost {
    private static final int BODY = 1024;
    private static final String REQUEST = "GET /api/v1/reviews/7?limit=10 HTTP/1.1\r\nHost: reviews:9080\r\n"
            + "User-Agent: load/1\r\nAccept: */*\r\nX-Request-Id: 3f0a9c1e-77aa-4bde-9d11-0c5a2b8c1f00\r\n"
            + "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n";
    private static final String RESPONSE = "HTTP/1.1 200 OK\r\nserver: backend\r\ncontent-type: application/json\r\n"
            + "date: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: " + BODY + "\r\n\r\n" + "x".repeat(BODY);

    private static long served;

    private RequestPathCost() {}

    public static void main(String[] args) throws InterruptedException {
        int connections = args.length > 0 ? Integer.parseInt(args[0]) : 64;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        EventLoop backend = loop("backend");
        EventLoop proxy = loop("proxy");
        EventLoop load = loop("load");
        int port = proxy(proxy, backend(backend));
        for (int i = 0; i < connections; i++) {
            connect(load, port);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = proxy.submit(() -> Thread.currentThread().threadId())
                .syncUninterruptibly()
                .getNow();
        for (int round = 0; round < 6; round++) {
            long servedBefore = proxy.submit(() -> served).syncUninterruptibly().getNow();
            long cpuBefore = threads.getThreadCpuTime(id);
            long userBefore = threads.getThreadUserTime(id);
            long bytesBefore = threads.getThreadAllocatedBytes(id);
            TimeUnit.SECONDS.sleep(seconds);
            long requests = proxy.submit(() -> served).syncUninterruptibly().getNow() - servedBefore;
            System.out.printf(
                    "%,d requests/s, %.2f us CPU (%.2f user), %d heap bytes per request%n",
                    requests / seconds,
                    (threads.getThreadCpuTime(id) - cpuBefore) / 1e3 / requests,
                    (threads.getThreadUserTime(id) - userBefore) / 1e3 / requests,
                    (threads.getThreadAllocatedBytes(id) - bytesBefore) / requests);
        }
        System.exit(0);
    }

    private static EventLoop loop(String name) {
        ThreadFactory threads = new DefaultThreadFactory(name);
        return new MultiThreadIoEventLoopGroup(1, threads, EpollIoHandler.newFactory()).next();
    }

    private static int proxy(EventLoop eventLoop, int backendPort) throws InterruptedException {
        Loop loop = new Loop(0, eventLoop, PooledByteBufAllocator.DEFAULT, Ticker.system(), new SplittableRandom(1));
        Connector connector = new Connector(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), backendPort),
                EpollSocketChannel::new,
                UpstreamTransport.PLAINTEXT,
                (channel, owner) -> {
                    throw new AssertionError("no HTTP/2 here");
                },
                ConnectionObserver.NONE);
        ConnectionPool pool = new ConnectionPool(
                loop, connector, PoolOptions.defaults(PoolOptions.Protocol.HTTP1), Admission.UNLIMITED);
        FilterChain chain =
                new FilterChain(ImmutableList.of(), new PassThrough(pool), exchange -> served++, 1024 * 1024);
        HttpService service = new HttpService() {
            @Override
            public FilterChain filterChain() {
                return chain;
            }

            @Override
            public ServerOptions options() {
                return ServerOptions.DEFAULTS;
            }

            @Override
            public boolean isDraining() {
                return false;
            }
        };
        return listen(eventLoop, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                ConnectionFacts facts = ConnectionFacts.builder(
                                (InetSocketAddress) channel.remoteAddress(), (InetSocketAddress) channel.localAddress())
                        .build();
                Http1Server.install(channel, loop, facts, service);
            }
        });
    }

    private static int backend(EventLoop eventLoop) throws InterruptedException {
        ByteBuf response = bytes(RESPONSE);
        return listen(eventLoop, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        ((ByteBuf) message).release();
                        ctx.writeAndFlush(response.retainedDuplicate(), ctx.voidPromise());
                    }
                });
            }
        });
    }

    private static int listen(EventLoop eventLoop, ChannelInitializer<Channel> child) throws InterruptedException {
        Channel channel = new ServerBootstrap()
                .group(eventLoop)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(child)
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Sends the next request when the response before it is in; any other byte count is an error. */
    private static void connect(EventLoop eventLoop, int port) {
        ByteBuf request = bytes(REQUEST);
        new Bootstrap()
                .group(eventLoop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInboundHandlerAdapter() {
                    private int missing;

                    @Override
                    public void channelActive(ChannelHandlerContext ctx) {
                        send(ctx);
                    }

                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        ByteBuf in = (ByteBuf) message;
                        missing -= in.readableBytes();
                        in.release();
                        if (missing == 0) {
                            send(ctx);
                        } else if (missing < 0) {
                            throw new IllegalStateException("a response has " + -missing + " bytes too many");
                        }
                    }

                    private void send(ChannelHandlerContext ctx) {
                        missing = RESPONSE.length();
                        ctx.writeAndFlush(request.retainedDuplicate(), ctx.voidPromise());
                    }
                })
                .connect(InetAddress.getLoopbackAddress(), port);
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.unreleasableBuffer(Unpooled.directBuffer()
                .writeBytes(text.getBytes(StandardCharsets.ISO_8859_1))
                .asReadOnly());
    }
}
