package dev.weft.proxy.dns;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.listener.IoTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes queries on over TCP, each on a connection of its own: they are rare, since only what does not fit a datagram comes this way.
 * Confined to its loop.
 */
final class TcpForwarder {
    static final int MAX_MESSAGE = 65_535;

    private static final int MOST = 64;

    private final Loop loop;
    private final IoTransport io;
    private final ImmutableList<InetSocketAddress> servers;
    private final Duration patience;
    private final DnsMetrics metrics;
    private int running;
    private int turn;

    TcpForwarder(
            Loop loop,
            IoTransport io,
            ImmutableList<InetSocketAddress> servers,
            Duration patience,
            DnsMetrics metrics) {
        this.loop = loop;
        this.io = io;
        this.servers = servers;
        this.patience = patience;
        this.metrics = metrics;
    }

    boolean hasRoom() {
        return !servers.isEmpty() && running < MOST;
    }

    /** As {@link UdpForwarder#forward}. */
    void forward(ByteBuf query, Consumer<@Nullable ByteBuf> then) {
        running++;
        turn = (turn + 1) % servers.size();
        attempt(query, then, turn, 0);
    }

    private void attempt(ByteBuf query, Consumer<@Nullable ByteBuf> then, int first, int tried) {
        if (tried == servers.size()) {
            running--;
            query.release();
            then.accept(null);
            return;
        }
        metrics.forwarded.increment();
        Reader reader = new Reader(response -> {
            if (response == null) {
                metrics.failures.increment();
                attempt(query, then, first, tried + 1);
            } else {
                running--;
                query.release();
                then.accept(response);
            }
        });
        new Bootstrap()
                .group(loop.eventLoop())
                .channelFactory(io == IoTransport.EPOLL ? EpollSocketChannel::new : NioSocketChannel::new)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) patience.toMillis())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new LengthFieldBasedFrameDecoder(MAX_MESSAGE + 2, 0, 2, 0, 2))
                                .addLast(new LengthFieldPrepender(2))
                                .addLast(reader);
                    }
                })
                .connect(servers.get((first + tried) % servers.size()))
                .addListener((ChannelFuture connected) -> {
                    if (connected.isSuccess()) {
                        Channel channel = connected.channel();
                        channel.writeAndFlush(query.retainedDuplicate());
                        channel.eventLoop().schedule(() -> channel.close(), patience.toNanos(), TimeUnit.NANOSECONDS);
                    } else {
                        reader.end(null);
                    }
                });
    }

    /** Takes the first message, or the end of the connection. */
    private static final class Reader extends SimpleChannelInboundHandler<ByteBuf> {
        private final Consumer<@Nullable ByteBuf> then;
        private boolean over;

        Reader(Consumer<@Nullable ByteBuf> then) {
            this.then = then;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            end(message.retain());
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end(null);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        void end(@Nullable ByteBuf response) {
            if (!over) {
                over = true;
                then.accept(response);
            } else if (response != null) {
                response.release();
            }
        }
    }
}
