package dev.weft.proxy.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Ticker;
import dev.weft.proxy.listener.IoTransport;
import dev.weft.proxy.upstream.UpstreamTransport;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a server of gRPC's own. */
@Timeout(60)
final class RpcChannelTest {
    private static final int MOST = 16 << 20;
    private static final RpcOptions PLAIN = new RpcOptions(RpcCredential.NONE, Duration.ZERO, MOST);

    private final EventLoopGroup group = IoTransport.best().newGroup(1, new DefaultThreadFactory("rpc-test", true));
    private final Loop loop =
            new Loop(0, group.next(), ByteBufAllocator.DEFAULT, Ticker.system(), new SplittableRandom(1));
    private final ExecutorService callbacks = Executors.newSingleThreadExecutor();

    @AfterEach
    void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        callbacks.shutdownNow();
    }

    private RpcChannel to(AddressSource addresses, RpcOptions options) {
        RpcTarget target =
                new RpcTarget(addresses, "calls.test", UpstreamTransport.PLAINTEXT, null, Duration.ofSeconds(2));
        return new RpcChannel(loop, target, options, callbacks);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String fields(RpcChannel channel) {
        return new String(
                ClientCalls.blockingUnaryCall(channel, RpcServer.FIELDS, CallOptions.DEFAULT, utf8("?")),
                StandardCharsets.UTF_8);
    }

    @Test
    void aCallCarriesItsCredentialDeadlineAndName() throws Exception {
        try (RpcServer server = new RpcServer(UnaryOperator.identity());
                RpcChannel channel = to(
                        AddressSource.fixed(server.address()),
                        new RpcOptions(() -> "Bearer of-the-workload", Duration.ZERO, MOST))) {
            String seen = new String(
                    ClientCalls.blockingUnaryCall(
                            channel,
                            RpcServer.FIELDS,
                            CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
                            utf8("?")),
                    StandardCharsets.UTF_8);

            assertThat(seen).contains("authorization=Bearer of-the-workload", "user-agent=weft-proxy", "grpc-timeout=");
        }
    }

    @Test
    void aCredentialThatCannotBeReadEndsTheCallAsUnauthenticated() throws Exception {
        RpcCredential missing = () -> {
            throw new IOException("cannot read the workload token /run/token");
        };
        try (RpcServer server = new RpcServer(UnaryOperator.identity());
                RpcChannel channel =
                        to(AddressSource.fixed(server.address()), new RpcOptions(missing, Duration.ZERO, MOST))) {
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> fields(channel))
                    .withMessage("UNAUTHENTICATED: cannot read the workload token /run/token");
            assertThat(server.connections).hasValue(0);
        }
    }

    @Test
    void messagesLongerThanAnyWindowGoBothWaysInTheirOrder() throws Exception {
        try (RpcServer server = new RpcServer(UnaryOperator.identity());
                RpcChannel channel = to(AddressSource.fixed(server.address()), PLAIN)) {
            Recorder recorder = new Recorder();
            ClientCall<byte[], byte[]> call = channel.newCall(RpcServer.ECHO, CallOptions.DEFAULT);
            call.start(recorder, new Metadata());
            call.request(3);
            byte[] large = new byte[4 << 20];
            new Random(1).nextBytes(large);
            call.sendMessage(utf8("first"));
            assertThat(recorder.next()).isEqualTo(utf8("first"));
            // Now nothing is under way: the large one alone must get the connection going.
            call.sendMessage(large);
            call.sendMessage(new byte[0]);
            call.halfClose();

            assertThat(recorder.next()).isEqualTo(large);
            assertThat(recorder.next()).isEmpty();
            assertThat(recorder.end().isOk()).isTrue();
        }
    }

    @Test
    void aMessageThatIsTooLongEndsTheCall() throws Exception {
        try (RpcServer server = new RpcServer(UnaryOperator.identity());
                RpcChannel channel = to(
                        AddressSource.fixed(server.address()),
                        new RpcOptions(RpcCredential.NONE, Duration.ZERO, 1000))) {
            Recorder recorder = new Recorder();
            ClientCall<byte[], byte[]> call = channel.newCall(RpcServer.ECHO, CallOptions.DEFAULT);
            call.start(recorder, new Metadata());
            call.request(1);
            call.sendMessage(new byte[1001]);

            assertThat(recorder.end().toString()).contains("INTERNAL", "1001 bytes, at most 1000");
        }
    }

    @Test
    void aCallerWhoAsksForNothingStopsTheSender() throws Exception {
        try (RpcServer server = new RpcServer(UnaryOperator.identity());
                RpcChannel channel = to(AddressSource.fixed(server.address()), PLAIN)) {
            Recorder recorder = new Recorder();
            ClientCall<byte[], byte[]> call = channel.newCall(RpcServer.FLOOD, CallOptions.DEFAULT);
            call.start(recorder, new Metadata());
            call.request(1);
            call.sendMessage(utf8("go"));
            call.halfClose();
            assertThat(recorder.next()).hasSize(RpcServer.FLOOD_MESSAGE);

            // Another call on the same connection is answered behind all that the flood could send.
            for (int i = 0; i < 20; i++) {
                fields(channel);
            }
            assertThat(server.flooded.get()).isLessThan(RpcServer.FLOOD_MESSAGES / 4);
            assertThat(recorder.messages).isEmpty();

            call.request(RpcServer.FLOOD_MESSAGES);
            for (int i = 1; i < RpcServer.FLOOD_MESSAGES; i++) {
                recorder.next();
            }
            assertThat(recorder.end().isOk()).isTrue();
        }
    }

    @Test
    void aDeadlineEndsTheCallAtBothEnds() throws Exception {
        try (RpcServer server = new RpcServer(UnaryOperator.identity());
                RpcChannel channel = to(AddressSource.fixed(server.address()), PLAIN)) {
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> ClientCalls.blockingUnaryCall(
                            channel,
                            RpcServer.SILENT,
                            CallOptions.DEFAULT.withDeadlineAfter(200, TimeUnit.MILLISECONDS),
                            utf8("?")))
                    .matches(e -> e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED);
            assertThat(server.cancelled.poll(10, TimeUnit.SECONDS)).isEqualTo("silent");
        }
    }

    @Test
    void aCancelledCallEndsAtBothEnds() throws Exception {
        try (RpcServer server = new RpcServer(UnaryOperator.identity());
                RpcChannel channel = to(AddressSource.fixed(server.address()), PLAIN)) {
            fields(channel);
            Recorder recorder = new Recorder();
            ClientCall<byte[], byte[]> call = channel.newCall(RpcServer.SILENT, CallOptions.DEFAULT);
            call.start(recorder, new Metadata());
            call.sendMessage(utf8("?"));
            call.halfClose();
            call.cancel("enough", null);

            assertThat(recorder.end().toString()).contains("CANCELLED", "enough");
            fields(channel);
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void aFailureComesWithItsDescription() throws Exception {
        try (RpcServer server = new RpcServer(UnaryOperator.identity());
                RpcChannel channel = to(AddressSource.fixed(server.address()), PLAIN)) {
            String text = "100 % of the Gäste\nare in";
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() ->
                            ClientCalls.blockingUnaryCall(channel, RpcServer.FAIL, CallOptions.DEFAULT, utf8(text)))
                    .withMessage("RESOURCE_EXHAUSTED: " + text);
        }
    }

    @Test
    void aServerThatDiesEndsItsCallsAndTheNextCallFindsAnother() throws Exception {
        RpcServer first = new RpcServer(UnaryOperator.identity());
        try (RpcServer second = new RpcServer(UnaryOperator.identity())) {
            ImmutableList<SocketAddress> both = ImmutableList.of(first.address(), second.address());
            RpcChannel channel = to(answer -> answer.found(both), PLAIN);
            Recorder recorder = new Recorder();
            ClientCall<byte[], byte[]> call = channel.newCall(RpcServer.ECHO, CallOptions.DEFAULT);
            call.start(recorder, new Metadata());
            call.request(2);
            call.sendMessage(utf8("hello"));
            assertThat(recorder.next()).isEqualTo(utf8("hello"));

            first.close();

            assertThat(recorder.end().getCode()).isIn(Status.Code.UNAVAILABLE, Status.Code.CANCELLED);
            fields(channel);
            assertThat(second.connections).hasValue(1);
            channel.close();
        }
    }

    @Test
    void noCallFailsWhenTheServerEndsItsConnectionsInGoodOrder() throws Exception {
        try (RpcServer server = new RpcServer(builder -> builder.maxConnectionAge(100, TimeUnit.MILLISECONDS));
                RpcChannel channel = to(AddressSource.fixed(server.address()), PLAIN)) {
            while (server.connections.get() < 4) {
                fields(channel);
            }
        }
    }

    @Test
    void whereNobodyListensTheCallFailsWithTheAddress() throws Exception {
        SocketAddress nobody;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort());
        }
        try (RpcChannel channel = to(AddressSource.fixed(nobody), PLAIN)) {
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> fields(channel))
                    .withMessageStartingWith("UNAVAILABLE: remote connection failure")
                    .withMessageContaining(nobody.toString());
        }
    }

    @Test
    void aNameThatDoesNotResolveFailsTheCall() {
        try (RpcChannel channel = to(AddressSource.named("nowhere.invalid", 1), PLAIN)) {
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> fields(channel))
                    .withMessageStartingWith("UNAVAILABLE: the name nowhere.invalid does not resolve");
        }
    }

    @Test
    void aNameIsLookedUp() throws Exception {
        try (RpcServer server = new RpcServer(UnaryOperator.identity());
                RpcChannel channel = to(AddressSource.named("localhost", server.port()), PLAIN)) {
            assertThat(fields(channel)).contains("user-agent");
        }
    }

    @Test
    void aPeerThatFellSilentIsFoundOut() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RpcChannel channel = to(
                        AddressSource.fixed(silent.getLocalSocketAddress()),
                        new RpcOptions(RpcCredential.NONE, Duration.ofMillis(100), MOST))) {
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> fields(channel))
                    .matches(e -> e.getStatus().getCode() == Status.Code.UNAVAILABLE);
        }
    }

    @Test
    void aLivingPeerIsKeptThoughItHasNothingToSay() throws Exception {
        try (RpcServer server = new RpcServer(builder -> builder.permitKeepAliveTime(1, TimeUnit.MILLISECONDS));
                RpcChannel channel = to(
                        AddressSource.fixed(server.address()),
                        new RpcOptions(RpcCredential.NONE, Duration.ofMillis(300), MOST))) {
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> ClientCalls.blockingUnaryCall(
                            channel,
                            RpcServer.SILENT,
                            CallOptions.DEFAULT.withDeadlineAfter(1500, TimeUnit.MILLISECONDS),
                            utf8("?")))
                    .matches(e -> e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED);
            fields(channel);
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void aClosedChannelEndsItsCallsAndTakesNoMore() throws Exception {
        try (RpcServer server = new RpcServer(UnaryOperator.identity())) {
            RpcChannel channel = to(AddressSource.fixed(server.address()), PLAIN);
            Recorder recorder = new Recorder();
            ClientCall<byte[], byte[]> call = channel.newCall(RpcServer.ECHO, CallOptions.DEFAULT);
            call.start(recorder, new Metadata());
            call.request(1);
            call.sendMessage(utf8("hello"));
            recorder.next();

            channel.close();

            assertThat(recorder.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> fields(channel))
                    .withMessage("UNAVAILABLE: the channel is closed");
        }
    }

    private static final class Recorder extends ClientCall.Listener<byte[]> {
        final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
        private final BlockingQueue<Status> ends = new LinkedBlockingQueue<>();

        byte[] next() throws InterruptedException {
            byte[] message = messages.poll(20, TimeUnit.SECONDS);
            assertThat(message).as("a message; the call's end: %s", ends.peek()).isNotNull();
            return message;
        }

        Status end() throws InterruptedException {
            Status status = ends.poll(20, TimeUnit.SECONDS);
            assertThat(status).isNotNull();
            return status;
        }

        @Override
        public void onMessage(byte[] message) {
            messages.add(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ends.add(status);
        }
    }
}
