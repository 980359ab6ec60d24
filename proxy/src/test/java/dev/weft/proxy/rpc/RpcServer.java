package dev.weft.proxy.rpc;

import dev.weft.proxy.agent.ByteMarshaller;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** A server of gRPC's own, for calls of ours. */
final class RpcServer implements AutoCloseable {
    static final MethodDescriptor<byte[], byte[]> ECHO = method("Echo", MethodDescriptor.MethodType.BIDI_STREAMING);
    /** Answers with the metadata that came. */
    static final MethodDescriptor<byte[], byte[]> FIELDS = method("Fields", MethodDescriptor.MethodType.UNARY);
    /** Sends messages of {@link #FLOOD_MESSAGE} bytes as long as it may, {@link #FLOOD_MESSAGES} at most. */
    static final MethodDescriptor<byte[], byte[]> FLOOD = method("Flood", MethodDescriptor.MethodType.SERVER_STREAMING);
    /** Never answers. */
    static final MethodDescriptor<byte[], byte[]> SILENT = method("Silent", MethodDescriptor.MethodType.UNARY);
    /** Fails with the message as description. */
    static final MethodDescriptor<byte[], byte[]> FAIL = method("Fail", MethodDescriptor.MethodType.UNARY);

    static final int FLOOD_MESSAGE = 64 * 1024;
    static final int FLOOD_MESSAGES = 256;

    final AtomicLong flooded = new AtomicLong();
    final AtomicInteger connections = new AtomicInteger();
    final BlockingQueue<String> cancelled = new LinkedBlockingQueue<>();
    private final Server server;

    private static final Context.Key<Metadata> HEADERS = Context.key("headers");

    RpcServer(UnaryOperator<NettyServerBuilder> settings) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .maxInboundMessageSize(64 << 20)
                .intercept(new Headers())
                .addTransportFilter(new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes attributes) {
                        connections.incrementAndGet();
                        return attributes;
                    }
                })
                .addService(ServerServiceDefinition.builder("test.Calls")
                        .addMethod(ECHO, ServerCalls.asyncBidiStreamingCall(RpcServer::echo))
                        .addMethod(FIELDS, ServerCalls.asyncUnaryCall((request, response) -> {
                            response.onNext(HEADERS.get().toString().getBytes(StandardCharsets.UTF_8));
                            response.onCompleted();
                        }))
                        .addMethod(FLOOD, ServerCalls.asyncServerStreamingCall((request, response) -> flood(response)))
                        .addMethod(
                                SILENT,
                                ServerCalls.asyncUnaryCall(
                                        (request, response) -> ((ServerCallStreamObserver<byte[]>) response)
                                                .setOnCancelHandler(() -> cancelled.add("silent"))))
                        .addMethod(
                                FAIL,
                                ServerCalls.asyncUnaryCall(
                                        (request, response) -> response.onError(Status.RESOURCE_EXHAUSTED
                                                .withDescription(new String(request, StandardCharsets.UTF_8))
                                                .asRuntimeException())))
                        .build());
        this.server = settings.apply(builder).build().start();
    }

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.newBuilder(new ByteMarshaller(), new ByteMarshaller())
                .setFullMethodName("test.Calls/" + name)
                .setType(type)
                .build();
    }

    SocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
    }

    int port() {
        return server.getPort();
    }

    private static StreamObserver<byte[]> echo(StreamObserver<byte[]> responses) {
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] message) {
                responses.onNext(message);
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {
                responses.onCompleted();
            }
        };
    }

    private void flood(StreamObserver<byte[]> responses) {
        ServerCallStreamObserver<byte[]> call = (ServerCallStreamObserver<byte[]>) responses;
        call.setOnReadyHandler(() -> {
            while (call.isReady() && flooded.get() < FLOOD_MESSAGES) {
                call.onNext(new byte[FLOOD_MESSAGE]);
                if (flooded.incrementAndGet() == FLOOD_MESSAGES) {
                    call.onCompleted();
                }
            }
        });
    }

    /** Without a goodbye for calls that are open. */
    @Override
    public void close() {
        server.shutdownNow();
    }

    private static final class Headers implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            return io.grpc.Contexts.interceptCall(Context.current().withValue(HEADERS, headers), call, headers, next);
        }
    }
}
