package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.model.cluster.UpstreamProtocol.Http2Options;
import dev.weft.proxy.upstream.PoolOptions;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** gRPC's own client and server with our HTTP/2 in between. */
@Timeout(60)
class Http2InteropTest {
    private static final MethodDescriptor<byte[], byte[]> UNARY = method("Unary", MethodDescriptor.MethodType.UNARY);
    private static final MethodDescriptor<byte[], byte[]> STREAM =
            method("Stream", MethodDescriptor.MethodType.BIDI_STREAMING);
    private static final MethodDescriptor<byte[], byte[]> MANY =
            method("Many", MethodDescriptor.MethodType.SERVER_STREAMING);
    private static final MethodDescriptor<byte[], byte[]> FAIL = method("Fail", MethodDescriptor.MethodType.UNARY);
    private static final Metadata.Key<String> KEY = Metadata.Key.of("x-key", Metadata.ASCII_STRING_MARSHALLER);

    private final AtomicReference<Metadata> received = new AtomicReference<>();
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    private Server backend;
    private Http2ProxyHarness proxy;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        ServerServiceDefinition service = ServerServiceDefinition.builder("test.Service")
                .addMethod(UNARY, ServerCalls.asyncUnaryCall((request, answer) -> {
                    answer.onNext(request);
                    answer.onCompleted();
                }))
                .addMethod(MANY, ServerCalls.asyncServerStreamingCall((request, answer) -> {
                    for (int i = 0; i < 200; i++) {
                        answer.onNext(request);
                    }
                    answer.onCompleted();
                }))
                .addMethod(STREAM, ServerCalls.asyncBidiStreamingCall(answer -> new Echo(answer, cancelled)))
                .addMethod(
                        FAIL,
                        ServerCalls.asyncUnaryCall((request, answer) -> answer.onError(Status.RESOURCE_EXHAUSTED
                                .withDescription("no more ä")
                                .asRuntimeException())))
                .build();
        backend = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerInterceptors.intercept(service, new Remember()))
                .directExecutor()
                .maxInboundMessageSize(64 << 20)
                .build()
                .start();
        proxy = new Http2ProxyHarness(backend.getPort(), PoolOptions.Protocol.HTTP2, Http2Options.DEFAULT);
        channel = NettyChannelBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()))
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        proxy.close();
        backend.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    @Test
    void carriesUnaryCallsOfAllSizes() {
        for (int size : new int[] {0, 1, 100, 16_384, 65_536, 1 << 20, 20 << 20}) {
            byte[] message = new byte[size];
            new Random(size).nextBytes(message);

            assertThat(ClientCalls.blockingUnaryCall(channel, UNARY, CallOptions.DEFAULT, message))
                    .isEqualTo(message);
        }
    }

    @Test
    void carriesMetadataAndErrors() {
        Metadata sent = new Metadata();
        sent.put(KEY, "value");
        io.grpc.Channel withHeaders =
                io.grpc.ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(sent));

        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(withHeaders, FAIL, CallOptions.DEFAULT, new byte[1]))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                    assertThat(e.getStatus().getDescription()).isEqualTo("no more ä");
                });
        assertThat(received.get().get(KEY)).isEqualTo("value");
    }

    @Test
    void carriesStreamsBothWays() throws Exception {
        List<Integer> sizes = new ArrayList<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        StreamObserver<byte[]> out = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(STREAM, CallOptions.DEFAULT), new StreamObserver<>() {
                    @Override
                    public void onNext(byte[] value) {
                        sizes.add(value.length);
                    }

                    @Override
                    public void onError(Throwable t) {
                        done.completeExceptionally(t);
                    }

                    @Override
                    public void onCompleted() {
                        done.complete(null);
                    }
                });
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            out.onNext(new byte[i * 10]);
            expected.add(i * 10);
        }
        out.onCompleted();

        done.get(20, TimeUnit.SECONDS);

        assertThat(sizes).isEqualTo(expected);
    }

    @Test
    void carriesAServersStreamToASlowReader() {
        Iterator<byte[]> answers =
                ClientCalls.blockingServerStreamingCall(channel, MANY, CallOptions.DEFAULT, new byte[100_000]);

        int count = 0;
        while (answers.hasNext()) {
            assertThat(answers.next()).hasSize(100_000);
            count++;
        }
        assertThat(count).isEqualTo(200);
    }

    @Test
    void carriesCancellation() throws Exception {
        io.grpc.ClientCall<byte[], byte[]> call = channel.newCall(STREAM, CallOptions.DEFAULT);
        StreamObserver<byte[]> out = ClientCalls.asyncBidiStreamingCall(call, new StreamObserver<>() {
            @Override
            public void onNext(byte[] value) {
                call.cancel("enough", null);
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {}
        });
        out.onNext(new byte[1]);

        cancelled.get(10, TimeUnit.SECONDS);
    }

    @Test
    void carriesManyCallsAtOnce() throws Exception {
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            answers.add(answer);
            ClientCalls.asyncUnaryCall(
                    channel.newCall(UNARY, CallOptions.DEFAULT), new byte[i], new StreamObserver<>() {
                        @Override
                        public void onNext(byte[] value) {
                            answer.complete(value);
                        }

                        @Override
                        public void onError(Throwable t) {
                            answer.completeExceptionally(t);
                        }

                        @Override
                        public void onCompleted() {}
                    });
        }

        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).get(20, TimeUnit.SECONDS)).hasSize(i);
        }
    }

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                .setType(type)
                .setFullMethodName("test.Service/" + name)
                .build();
    }

    private record Bytes() implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private record Echo(StreamObserver<byte[]> answer, CompletableFuture<Void> cancelled)
            implements StreamObserver<byte[]> {
        @Override
        public void onNext(byte[] value) {
            answer.onNext(value);
        }

        @Override
        public void onError(Throwable t) {
            cancelled.complete(null);
        }

        @Override
        public void onCompleted() {
            answer.onCompleted();
        }
    }

    private final class Remember implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            received.set(headers);
            return next.startCall(call, headers);
        }
    }
}
