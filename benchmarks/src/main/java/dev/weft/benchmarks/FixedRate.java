package dev.weft.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client that sends HTTP/1 requests at a fixed rate, whatever becomes of the answers, and tells how long each took since it was
 * due: what waits behind a stall counts as long as a user would have waited, while a client that sends only when it has an answer
 * leaves such requests out.
 *
 * <p>Arguments: port, connections, requests per second, seconds, seconds before that whose times do not count. Prints one line: all
 * requests, failures, then microseconds at 50, 99, 99.9 and 100 %. One loop does all; run it from source with Netty on the class path.
 */
public final class FixedRate {
    private static final int LONGEST_MICROS = 10_000_000;
    private static final String LENGTH = "content-length: ";

    private final EventLoop loop;
    private final ByteBuf request;
    private final long interval;
    private final long countFrom;
    private final long end;
    private final int[] micros = new int[LONGEST_MICROS + 1];
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
    private final ArrayDeque<Long> waiting = new ArrayDeque<>();
    private long due;
    private int done;
    private int counted;
    private int failed;

    private FixedRate(EventLoop loop, int port, int rate, int seconds, int before) {
        this.loop = loop;
        this.request = Unpooled.unreleasableBuffer(Unpooled.directBuffer()
                .writeBytes(("GET /some/path?x=1 HTTP/1.1\r\nhost: 127.0.0.1:" + port + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII)));
        this.interval = TimeUnit.SECONDS.toNanos(1) / rate;
        this.due = System.nanoTime();
        this.countFrom = due + TimeUnit.SECONDS.toNanos(before);
        this.end = countFrom + TimeUnit.SECONDS.toNanos(seconds);
    }

    public static void main(String[] args) throws InterruptedException {
        int port = Integer.parseInt(args[0]);
        int connections = Integer.parseInt(args[1]);
        EventLoop loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()).next();
        FixedRate client = new FixedRate(
                loop, port, Integer.parseInt(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]));
        for (int i = 0; i < connections; i++) {
            client.connect(port).sync();
        }
        loop.submit(client::sendDue).sync();
        loop.terminationFuture().sync();
        client.report();
    }

    private ChannelFuture connect(int port) {
        return new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new Connection())
                .connect("127.0.0.1", port);
    }

    private void sendDue() {
        long now = System.nanoTime();
        while (due <= now && due < end) {
            Connection free = idle.poll();
            if (free == null) {
                waiting.add(due);
            } else {
                free.send(due);
            }
            due += interval;
        }
        if (due < end) {
            loop.schedule(this::sendDue, due - System.nanoTime(), TimeUnit.NANOSECONDS);
        } else {
            loop.schedule(() -> loop.parent().shutdownGracefully(0, 0, TimeUnit.SECONDS), 1, TimeUnit.SECONDS);
        }
    }

    private void count(long since) {
        done++;
        if (since >= countFrom) {
            counted++;
            micros[(int) Math.min((System.nanoTime() - since) / 1000, LONGEST_MICROS)]++;
        }
    }

    private void report() {
        // Whatever still waits has had no answer.
        failed += waiting.size();
        System.out.printf("%d %d %d %d %d %d%n", done, failed, at(0.5), at(0.99), at(0.999), at(1));
    }

    private int at(double share) {
        long left = (long) Math.ceil(counted * share);
        int slot = 0;
        while (slot < LONGEST_MICROS && (left -= micros[slot]) > 0) {
            slot++;
        }
        return slot;
    }

    /** One connection: a request at a time, each answered with a content length. */
    private final class Connection extends ChannelInboundHandlerAdapter {
        private @Nullable ChannelHandlerContext ctx;
        private final ByteBuf head = Unpooled.buffer(4096);
        private long since;
        private int missing;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            ctx = context;
            idle.add(this);
        }

        private void send(long dueAt) {
            since = dueAt;
            missing = -1;
            head.clear();
            ChannelHandlerContext context = ctx;
            if (context != null) {
                context.writeAndFlush(request.retainedDuplicate(), context.voidPromise());
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            if (missing >= 0) {
                missing -= in.readableBytes();
            } else {
                head.writeBytes(in, in.readableBytes());
                missing = missing();
            }
            in.release();
            if (missing == 0) {
                answered();
            }
        }

        /** How many bytes of the answer are not there yet; -1 while its head is not complete. */
        private int missing() {
            String text = head.toString(StandardCharsets.ISO_8859_1);
            int bodyAt = text.indexOf("\r\n\r\n");
            if (bodyAt < 0) {
                return -1;
            }
            if (!text.startsWith("HTTP/1.1 200 ")) {
                failed++;
            }
            int length = text.toLowerCase(Locale.ROOT).indexOf(LENGTH);
            int valueAt = length + LENGTH.length();
            return Integer.parseInt(text.substring(valueAt, text.indexOf('\r', valueAt)))
                    - (text.length() - bodyAt - 4);
        }

        private void answered() {
            count(since);
            Long next = waiting.poll();
            if (next == null) {
                idle.add(this);
            } else {
                send(next);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (!loop.isShuttingDown()) {
                failed++;
            }
        }
    }
}
