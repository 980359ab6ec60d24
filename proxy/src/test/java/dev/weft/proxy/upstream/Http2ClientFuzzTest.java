package dev.weft.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.cluster.UpstreamProtocol.Http2Options;
import dev.weft.proxy.codec.http2.hpack.HpackText;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.ResponseHead;
import dev.weft.proxy.exchange.Ticker;
import dev.weft.proxy.exchange.UpstreamListener;
import dev.weft.proxy.exchange.UpstreamStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever an upstream says: nothing escapes, nothing leaks, and every request ends exactly once. */
class Http2ClientFuzzTest {
    @Test
    void survivesUpstreamsOfAllKinds() {
        for (int seed = 0; seed < 600; seed++) {
            run(new Random(seed));
        }
    }

    private static void run(Random random) {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        channel.config().setAllocator(allocator);
        Throwable[] escaped = new Throwable[1];
        Loop loop = new Loop(0, channel.eventLoop(), allocator, Ticker.system(), new SplittableRandom(1));
        Owner owner = new Owner();
        UpstreamConnection connection = Http2Client.protocol(Http2Options.DEFAULT)
                .attach(
                        new Established(channel, loop, 1, "", null, PoolOptions.defaults(PoolOptions.Protocol.HTTP2)),
                        owner);
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                escaped[0] = cause;
            }
        });
        List<Asking> asking = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            asking.add(new Asking(connection, loop, random.nextBoolean()));
        }
        byte[] bytes = answers(random);
        for (int at = 0; at < bytes.length && channel.isOpen(); ) {
            int size = Math.min(bytes.length - at, 1 + random.nextInt(200));
            channel.writeInbound(allocator.heapBuffer(size).writeBytes(bytes, at, size));
            at += size;
            channel.runPendingTasks();
        }
        channel.finishAndReleaseAll();
        channel.runPendingTasks();

        assertThat(escaped[0]).isNull();
        assertThat(asking).allMatch(each -> each.ends == 1);
        assertThat(owner.closed).isEqualTo(1);
        assertThat(connection.capacity()).isZero();
        assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
                .isZero();
    }

    /** A conversation that is sound but for some bits. */
    private static byte[] answers(Random random) {
        HpackText hpack = new HpackText();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        frame(bytes, 4, 0, 0, new byte[0]);
        for (int i = random.nextInt(25); i >= 0; i--) {
            int stream = 1 + 2 * random.nextInt(5);
            switch (random.nextInt(9)) {
                case 0, 1, 2 ->
                    frame(bytes, 1, random.nextInt(3) == 0 ? 5 : 4, stream, hpack.encode(":status", "200", "x", "y"));
                case 3 -> frame(bytes, 1, 5, stream, hpack.encode("grpc-status", "0"));
                case 4, 5 -> frame(bytes, 0, random.nextInt(4) == 0 ? 1 : 0, stream, new byte[random.nextInt(500)]);
                case 6 -> frame(bytes, 3, 0, stream, new byte[4]);
                case 7 -> frame(bytes, 7, 0, 0, new byte[] {0, 0, 0, (byte) random.nextInt(8), 0, 0, 0, 0});
                default -> {
                    byte[] payload = new byte[random.nextInt(12)];
                    random.nextBytes(payload);
                    frame(bytes, random.nextInt(11), random.nextInt(256), random.nextInt(9), payload);
                }
            }
        }
        byte[] all = bytes.toByteArray();
        if (random.nextBoolean()) {
            all[random.nextInt(all.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return all;
    }

    private static void frame(ByteArrayOutputStream to, int type, int flags, int stream, byte[] payload) {
        to.write(payload.length >> 16);
        to.write(payload.length >> 8);
        to.write(payload.length);
        to.write(type);
        to.write(flags);
        to.write(0);
        to.write(0);
        to.write(0);
        to.write(stream);
        to.writeBytes(payload);
    }

    private static final class Owner implements ConnectionOwner {
        private int closed;

        @Override
        public void onCapacity(UpstreamConnection connection) {}

        @Override
        public void onClosed(UpstreamConnection connection) {
            closed++;
        }
    }

    private static final class Asking implements UpstreamListener {
        private final ResponseHead head = new ResponseHead();
        private final Headers trailers = new Headers();
        private final UpstreamStream stream;
        private int ends;

        Asking(UpstreamConnection connection, Loop loop, boolean body) {
            RequestHead request = new RequestHead();
            request.method("POST");
            request.path("/");
            request.authority("test");
            stream = connection.open(this);
            stream.writeHead(request, !body);
            if (body) {
                stream.writeData(
                        loop.allocator().heapBuffer().writeZero(1000),
                        loop.random().nextBoolean());
            }
        }

        @Override
        public ResponseHead responseHead() {
            return head;
        }

        @Override
        public Headers responseTrailers() {
            return trailers;
        }

        @Override
        public void onInformational() {}

        @Override
        public void onHead(boolean end) {
            ends += end ? 1 : 0;
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            int bytes = data.readableBytes();
            data.release();
            ends += end ? 1 : 0;
            if (!end) {
                stream.onResponseConsumed(bytes);
            }
        }

        @Override
        public void onTrailers() {
            ends++;
        }

        @Override
        public void onReset(FailureReason reason, String detail) {
            ends++;
        }

        @Override
        public void onRequestConsumed(int bytes) {}
    }
}
