package dev.weft.proxy.dns;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.exchange.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes queries on over UDP, byte for byte but for their id, and hands back the responses the same way. Servers take turns; one that
 * says nothing is followed by the next, until each was asked. How many queries are on their way is bounded.
 *
 * <p>A response counts when it comes from the server that was asked, with the random id of the query and its question: somebody off
 * the path has to guess. Confined to its loop; owns its socket.
 */
final class UdpForwarder extends SimpleChannelInboundHandler<DatagramPacket> {
    private static final int MOST = 1024;
    private static final int IDS = 1 << 16;

    private final Loop loop;
    private final ImmutableList<InetSocketAddress> servers;
    private final Duration patience;
    private final DnsMetrics metrics;
    private final IntObjectHashMap<Waiting> waiting = new IntObjectHashMap<>();
    private @Nullable Channel socket;
    private int turn;

    /** @param patience how long one server may take */
    UdpForwarder(Loop loop, ImmutableList<InetSocketAddress> servers, Duration patience, DnsMetrics metrics) {
        this.loop = loop;
        this.servers = servers;
        this.patience = patience;
        this.metrics = metrics;
    }

    void over(Channel made) {
        socket = made;
    }

    /** Whether one more query is taken. */
    boolean hasRoom() {
        return !servers.isEmpty() && waiting.size() < MOST;
    }

    /**
     * @param query the callee's
     * @param then gets the response, which is the callee's, or null where no server answered
     */
    void forward(ByteBuf query, int questionEnd, Consumer<@Nullable ByteBuf> then) {
        turn = (turn + 1) % servers.size();
        new Waiting(query, questionEnd, then, turn).send();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
        ByteBuf response = packet.content();
        if (response.readableBytes() < DnsQuery.HEAD) {
            return;
        }
        Waiting query = waiting.get(response.getUnsignedShort(response.readerIndex()));
        if (query != null && query.isAnsweredBy(packet.sender(), response)) {
            query.answer(response.retain());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A server's port that is closed shows here; the query's time runs out and the next server is asked.
    }

    void close() {
        for (Waiting query : waiting.values().toArray(new Waiting[0])) {
            query.end(null);
        }
        Channel open = socket;
        if (open != null) {
            open.close();
        }
    }

    /** One query on its way. */
    private final class Waiting {
        private final ByteBuf query;
        private final int questionEnd;
        private final Consumer<@Nullable ByteBuf> then;
        private final int clientsId;
        private final int first;
        private int tried;
        private int id;
        private @Nullable Future<?> timer;

        Waiting(ByteBuf query, int questionEnd, Consumer<@Nullable ByteBuf> then, int first) {
            this.query = query;
            this.questionEnd = questionEnd;
            this.then = then;
            this.first = first;
            this.clientsId = query.getUnsignedShort(query.readerIndex());
        }

        private InetSocketAddress server() {
            return servers.get((first + tried) % servers.size());
        }

        void send() {
            do {
                id = loop.random().nextInt(IDS);
            } while (waiting.containsKey(id));
            waiting.put(id, this);
            metrics.forwarded.increment();
            ByteBuf copy = query.copy();
            copy.setShort(copy.readerIndex(), id);
            Channel open = socket;
            if (open == null) {
                copy.release();
                end(null);
                return;
            }
            open.writeAndFlush(new DatagramPacket(copy, server()));
            timer = loop.eventLoop().schedule(this::silent, patience.toNanos(), TimeUnit.NANOSECONDS);
        }

        private void silent() {
            waiting.remove(id);
            metrics.failures.increment();
            if (++tried < servers.size()) {
                send();
            } else {
                end(null);
            }
        }

        boolean isAnsweredBy(InetSocketAddress sender, ByteBuf response) {
            if (!sender.equals(server()) || response.readableBytes() < questionEnd) {
                return false;
            }
            // A server may refuse without repeating the question.
            boolean bare = response.getUnsignedShort(response.readerIndex() + 4) == 0;
            for (int i = DnsQuery.HEAD; !bare && i < questionEnd; i++) {
                if (response.getByte(response.readerIndex() + i) != query.getByte(query.readerIndex() + i)) {
                    return false;
                }
            }
            return true;
        }

        void answer(ByteBuf response) {
            ByteBuf mine = response.copy();
            response.release();
            mine.setShort(mine.readerIndex(), clientsId);
            end(mine);
        }

        void end(@Nullable ByteBuf response) {
            waiting.remove(id);
            Future<?> running = timer;
            if (running != null) {
                running.cancel(false);
            }
            query.release();
            then.accept(response);
        }
    }
}
