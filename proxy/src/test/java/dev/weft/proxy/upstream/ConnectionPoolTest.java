package dev.weft.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.ResponseHead;
import dev.weft.proxy.exchange.Ticker;
import dev.weft.proxy.exchange.TlsFacts;
import dev.weft.proxy.exchange.UpstreamStream;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ConnectionPoolTest {
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop eventLoop = group.next();
    private final Loop loop = new Loop(0, eventLoop, UnpooledByteBufAllocator.DEFAULT, Ticker.system(), new Random(1));
    private final List<Channel> accepted = new ArrayList<>();
    private final BlockingQueue<Channel> asked = new LinkedBlockingQueue<>();
    private final Limits limits = new Limits();
    private Channel origin;

    @BeforeEach
    void listen() throws InterruptedException {
        origin = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted.add(channel);
                        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext ctx, Object message) {
                                ((ByteBuf) message).release();
                                asked.add(ctx.channel());
                            }
                        });
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    @AfterEach
    void stop() throws InterruptedException {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    @Test
    void usesTheConnectionAgainThatWasUsedLast() throws Exception {
        ConnectionPool pool = pool(defaults(), UpstreamTransport.PLAINTEXT);
        Call first = open(pool);
        Call second = open(pool);
        Channel one = asked.take();
        Channel two = asked.take();
        answer(one);
        answer(two);
        assertThat(first.outcome.take()).isEqualTo("200");
        assertThat(second.outcome.take()).isEqualTo("200");

        for (int i = 0; i < 5; i++) {
            Call next = open(pool);
            Channel again = asked.take();
            assertThat(again).isSameAs(two);
            answer(again);
            next.outcome.take();
        }

        assertThat(accepted).hasSize(2);
        assertThat(limits.waiting).hasValue(0);
    }

    @Test
    void letsRequestsWaitAtTheConnectionLimitAndServesThemInOrder() throws Exception {
        limits.connections.set(1);
        ConnectionPool pool = pool(defaults(), UpstreamTransport.PLAINTEXT);
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(open(pool));
        }
        calls.get(2).cancel();

        for (int i : new int[] {0, 1, 3}) {
            answer(asked.take());
            assertThat(calls.get(i).outcome.take()).isEqualTo("200");
        }

        assertThat(accepted).hasSize(1);
        assertThat(calls.get(2).outcome).isEmpty();
        assertThat(limits.waiting).hasValue(0);
    }

    @Test
    void refusesRequestsThatMayNotWait() throws Exception {
        limits.connections.set(0);
        limits.mostWaiting = 1;
        ConnectionPool pool = pool(defaults(), UpstreamTransport.PLAINTEXT);
        open(pool);

        assertThat(open(pool).outcome.take()).isEqualTo("refused OVERFLOW");
    }

    @Test
    void servesWaitingRequestsWhenTheClusterAdmitsAConnection() throws Exception {
        limits.connections.set(0);
        ConnectionPool pool = pool(defaults(), UpstreamTransport.PLAINTEXT);
        Call call = open(pool);
        limits.connections.set(1);
        onLoop(() -> {
            pool.connectWaiting();
            return true;
        });

        answer(asked.take());

        assertThat(call.outcome.take()).isEqualTo("200");
    }

    @Test
    void closesAConnectionThatServedItsRequests() throws Exception {
        PoolOptions options = options(Duration.ofSeconds(5), Duration.ZERO, 1);
        ConnectionPool pool = pool(options, UpstreamTransport.PLAINTEXT);
        for (int i = 0; i < 2; i++) {
            Call call = open(pool);
            answer(asked.take());
            call.outcome.take();
        }

        assertThat(accepted).hasSize(2);
    }

    @Test
    void closesIdleConnections() throws Exception {
        ConnectionPool pool =
                pool(options(Duration.ofSeconds(5), Duration.ofMillis(50), 0), UpstreamTransport.PLAINTEXT);
        Call call = open(pool);
        Channel channel = asked.take();
        answer(channel);
        call.outcome.take();

        assertThat(channel.closeFuture().await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(onLoop(pool::connections)).isZero();
        assertThat(limits.connections).hasValue(100);
    }

    @Test
    void makesNewConnectionsAfterADrain() throws Exception {
        ConnectionPool pool = pool(defaults(), UpstreamTransport.PLAINTEXT);
        Call running = open(pool);
        Channel old = asked.take();
        onLoop(() -> {
            pool.drainConnections();
            return true;
        });
        Call next = open(pool);
        Channel fresh = asked.take();
        answer(old);
        answer(fresh);

        assertThat(running.outcome.take()).isEqualTo("200");
        assertThat(next.outcome.take()).isEqualTo("200");
        assertThat(fresh).isNotSameAs(old);
        assertThat(old.closeFuture().await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void countsTheHandshakeToTheConnectTimeout() throws Exception {
        UpstreamTransport silentPeer = new UpstreamTransport() {
            @Override
            public String key() {
                return "tls";
            }

            @Override
            public @Nullable SslHandler newHandler(ByteBufAllocator allocator, InetSocketAddress peer) {
                try {
                    return SslContextBuilder.forClient().build().newHandler(allocator);
                } catch (javax.net.ssl.SSLException e) {
                    throw new AssertionError(e);
                }
            }

            @Override
            public TlsFacts describe(SslHandler handler) {
                throw new AssertionError("the handshake never ends");
            }
        };
        ConnectionPool pool = pool(options(Duration.ofMillis(300), Duration.ZERO, 0), silentPeer);

        Call call = open(pool);

        assertThat(call.outcome.take()).isEqualTo("refused CONNECT_TIMEOUT");
        assertThat(limits.connections).hasValue(100);
    }

    @Test
    void refusesWhoeverWaitsWhenItShutsDown() throws Exception {
        limits.connections.set(0);
        ConnectionPool pool = pool(defaults(), UpstreamTransport.PLAINTEXT);
        Call call = open(pool);
        onLoop(() -> {
            pool.shutdown();
            return true;
        });

        assertThat(call.outcome.take()).isEqualTo("refused NO_HEALTHY_HOST");
        assertThat(open(pool).outcome.take()).isEqualTo("refused NO_HEALTHY_HOST");
    }

    private ConnectionPool pool(PoolOptions options, UpstreamTransport transport) {
        Connector connector = new Connector(
                origin.localAddress(),
                NioSocketChannel::new,
                transport,
                (channel, owner) -> {
                    throw new AssertionError("no HTTP/2 here");
                },
                ConnectionObserver.NONE);
        return new ConnectionPool(loop, connector, options, limits);
    }

    private Call open(ConnectionPool pool) throws Exception {
        Call call = new Call();
        onLoop(() -> {
            pool.open(call);
            return true;
        });
        return call;
    }

    private void answer(Channel channel) {
        channel.writeAndFlush(channel.alloc().buffer().writeBytes(OK.getBytes(StandardCharsets.US_ASCII)));
    }

    private <T> T onLoop(Callable<T> question) throws Exception {
        return eventLoop.submit(question).get(10, TimeUnit.SECONDS);
    }

    private static PoolOptions defaults() {
        return PoolOptions.defaults(PoolOptions.Protocol.HTTP1);
    }

    private static PoolOptions options(Duration connect, Duration idle, long maxRequests) {
        return new PoolOptions(PoolOptions.Protocol.HTTP1, connect, idle, maxRequests, HeadLimits.RESPONSE, 1 << 20);
    }

    /** A cluster's limits, counted down. */
    private static final class Limits implements Admission {
        final AtomicInteger connections = new AtomicInteger(100);
        final AtomicInteger waiting = new AtomicInteger();
        volatile int mostWaiting = 100;

        @Override
        public boolean admitConnection() {
            if (connections.get() == 0) {
                return false;
            }
            connections.decrementAndGet();
            return true;
        }

        @Override
        public void connectionEnded() {
            connections.incrementAndGet();
        }

        @Override
        public boolean admitWaiting() {
            if (waiting.get() == mostWaiting) {
                return false;
            }
            waiting.incrementAndGet();
            return true;
        }

        @Override
        public void waitingEnded() {
            waiting.decrementAndGet();
        }
    }

    private final class Call extends StreamRequest {
        final BlockingQueue<String> outcome = new LinkedBlockingQueue<>();
        private final RequestHead request = new RequestHead();
        private final ResponseHead response = new ResponseHead();
        private final Headers trailers = new Headers();

        Call() {
            request.method("GET");
            request.path("/");
            request.authority("a");
        }

        void cancel() throws Exception {
            onLoop(() -> {
                cancelWaiting();
                return true;
            });
        }

        @Override
        protected void onStream(UpstreamStream stream) {
            stream.writeHead(request, true);
        }

        @Override
        protected void onRefused(FailureReason reason, String detail) {
            outcome.add("refused " + reason);
        }

        @Override
        public ResponseHead responseHead() {
            return response;
        }

        @Override
        public Headers responseTrailers() {
            return trailers;
        }

        @Override
        public void onInformational() {}

        @Override
        public void onHead(boolean end) {
            outcome.add(Integer.toString(response.status()));
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            data.release();
        }

        @Override
        public void onTrailers() {}

        @Override
        public void onReset(FailureReason reason, String detail) {
            outcome.add("reset " + reason);
        }

        @Override
        public void onRequestConsumed(int bytes) {}
    }
}
