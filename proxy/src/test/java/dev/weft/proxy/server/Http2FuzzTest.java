package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.codec.http2.hpack.HpackText;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FilterChain;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.exchange.RouteDecision;
import dev.weft.proxy.exchange.Router;
import dev.weft.proxy.exchange.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bytes in any pieces and of any kind: nothing escapes, nothing leaks, and the pieces make no difference. */
class Http2FuzzTest {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @Test
    void piecesMakeNoDifference() {
        Random random = new Random(5);
        byte[] conversation = conversation(random, 40);
        Map<Integer, String> whole = streams(run(random, conversation, conversation.length));

        assertThat(whole).hasSize(40);
        for (int most : new int[] {1, 2, 7, 100, 5000}) {
            assertThat(streams(run(random, conversation, most)))
                    .as("pieces of up to %d bytes", most)
                    .isEqualTo(whole);
        }
    }

    /** What was said on each stream; where DATA was cut is of no matter. */
    private static Map<Integer, String> streams(byte[] answered) {
        HpackText hpack = new HpackText();
        Map<Integer, String> streams = new TreeMap<>();
        ByteBuffer frames = ByteBuffer.wrap(answered);
        while (frames.hasRemaining()) {
            int lengthAndType = frames.getInt();
            int flags = frames.get();
            int stream = frames.getInt();
            byte[] payload = new byte[lengthAndType >>> 8];
            frames.get(payload);
            int type = lengthAndType & 0xFF;
            String said = switch (type) {
                case 0 -> new String(payload, StandardCharsets.ISO_8859_1);
                case 1 -> hpack.decode(payload).toString();
                case 3 -> "reset";
                default -> "";
            };
            if (stream != 0 && type != 8) {
                streams.merge(stream, said + ((flags & 1) != 0 && type < 2 ? " end" : ""), String::concat);
            }
        }
        return streams;
    }

    @Test
    void survivesRandomFrames() {
        for (int seed = 0; seed < 600; seed++) {
            Random random = new Random(seed);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(PREFACE);
            frame(bytes, 4, 0, 0, new byte[0]);
            for (int i = random.nextInt(30); i >= 0; i--) {
                byte[] payload = new byte[random.nextInt(random.nextInt(4) == 0 ? 200 : 10)];
                random.nextBytes(payload);
                frame(bytes, random.nextInt(11), random.nextInt(256), random.nextInt(6), payload);
            }
            run(random, bytes.toByteArray(), 100);
        }
    }

    @Test
    void survivesFlippedBits() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] bytes = conversation(random, 8);
            for (int i = random.nextInt(6); i >= 0; i--) {
                bytes[PREFACE.length + random.nextInt(bytes.length - PREFACE.length)] ^=
                        (byte) (1 << random.nextInt(8));
            }
            run(random, bytes, 400);
        }
    }

    @Test
    void survivesRandomBytes() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            run(random, bytes, 50);
        }
    }

    /** Requests with and without bodies, trailers, padding, resets; all sound. */
    private static byte[] conversation(Random random, int streams) {
        HpackText hpack = new HpackText();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(PREFACE);
        frame(bytes, 4, 0, 0, new byte[0]);
        frame(bytes, 8, 0, 0, new byte[] {0x3F, 0, 0, 0});
        for (int i = 0; i < streams; i++) {
            int stream = 2 * i + 1;
            boolean body = random.nextBoolean();
            byte[] head = hpack.encode(
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":path",
                    body ? "/echo" : "/bytes/" + (1 + random.nextInt(3000)),
                    ":authority",
                    "t",
                    "x-number",
                    "" + random.nextInt(5));
            if (random.nextInt(4) == 0) {
                int cut = random.nextInt(head.length);
                frame(bytes, 1, body ? 0 : 1, stream, Arrays.copyOf(head, cut));
                frame(bytes, 9, 4, stream, Arrays.copyOfRange(head, cut, head.length));
            } else {
                frame(bytes, 1, body ? 4 : 5, stream, head);
            }
            if (!body) {
                continue;
            }
            for (int k = random.nextInt(3); k >= 0; k--) {
                byte[] data = new byte[1 + random.nextInt(2000)];
                if (random.nextBoolean()) {
                    data[0] = (byte) random.nextInt(Math.min(256, data.length));
                    frame(bytes, 0, 8, stream, data);
                } else {
                    frame(bytes, 0, 0, stream, data);
                }
            }
            if (random.nextBoolean()) {
                frame(bytes, 1, 5, stream, hpack.encode("x-trailer", "yes"));
            } else {
                frame(bytes, 0, 1, stream, new byte[0]);
            }
            if (random.nextInt(5) == 0) {
                frame(bytes, 6, 0, 0, new byte[8]);
            }
        }
        return bytes.toByteArray();
    }

    private static void frame(ByteArrayOutputStream to, int type, int flags, int stream, byte[] payload) {
        to.write(payload.length >> 16);
        to.write(payload.length >> 8);
        to.write(payload.length);
        to.write(type);
        to.write(flags);
        to.write(0);
        to.write(0);
        to.write(stream >> 8);
        to.write(stream);
        to.writeBytes(payload);
    }

    /** Delivers the bytes in pieces; returns what was answered. */
    private static byte[] run(Random random, byte[] bytes, int mostPerPiece) {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        Throwable[] escaped = new Throwable[1];
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        channel.config().setAllocator(allocator);
        Loop loop = new Loop(0, channel.eventLoop(), allocator, new Stopped(), new SplittableRandom(1));
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        Service service = new Service();
        Http2Server.install(
                channel, loop, ConnectionFacts.builder(address, address).build(), service);
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                escaped[0] = cause;
            }
        });
        ByteArrayOutputStream answered = new ByteArrayOutputStream();
        for (int at = 0; at < bytes.length && channel.isOpen(); ) {
            int size = Math.min(
                    bytes.length - at, mostPerPiece == bytes.length ? mostPerPiece : 1 + random.nextInt(mostPerPiece));
            ByteBuf piece = allocator.heapBuffer(size).writeBytes(bytes, at, size);
            at += size;
            channel.writeInbound(piece);
            channel.runPendingTasks();
            drain(channel, answered);
        }
        channel.finishAndReleaseAll();
        channel.runPendingTasks();

        assertThat(escaped[0]).isNull();
        assertThat(service.done).as("exchanges that ended").isEqualTo(service.begun);
        assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
                .isZero();
        return answered.toByteArray();
    }

    private static void drain(EmbeddedChannel channel, ByteArrayOutputStream to) {
        ByteBuf out = channel.readOutbound();
        while (out != null) {
            byte[] bytes = new byte[out.readableBytes()];
            out.readBytes(bytes);
            out.release();
            to.writeBytes(bytes);
            out = channel.readOutbound();
        }
    }

    private static final class Stopped implements Ticker {
        @Override
        public long nanos() {
            return 1;
        }

        @Override
        public long epochMillis() {
            return 0;
        }
    }

    private static final class Service implements HttpService {
        private int begun;
        private int done;
        private final FilterChain chain = new FilterChain(
                ImmutableList.of(),
                new Router() {
                    @Override
                    public @Nullable RouteDecision route(Exchange exchange) {
                        return null;
                    }

                    @Override
                    public RequestSink start(Exchange exchange, boolean end) {
                        return EchoUpstream.start(exchange, end);
                    }
                },
                exchange -> done++,
                1 << 20);

        @Override
        public FilterChain filterChain() {
            begun++;
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
    }
}
