package dev.weft.proxy.agent.app;

import com.google.common.net.InetAddresses;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.weft.proxy.agent.ByteMarshaller;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.rpc.AddressSource;
import dev.weft.proxy.rpc.RpcChannel;
import dev.weft.proxy.rpc.RpcCredential;
import dev.weft.proxy.rpc.RpcOptions;
import dev.weft.proxy.rpc.RpcTarget;
import dev.weft.proxy.upstream.SourceAddress;
import dev.weft.proxy.upstream.UpstreamTransport;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks an application by {@code grpc.health.v1}, on a connection that is closed behind the answer. The two messages have one field
 * each that counts here, so they are written and read by hand. Runs on the loop that asks.
 */
final class GrpcHealth {
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new ByteMarshaller();
    private static final MethodDescriptor<byte[], byte[]> CHECK = MethodDescriptor.newBuilder(BYTES, BYTES)
            .setFullMethodName("grpc.health.v1.Health/Check")
            .setType(MethodDescriptor.MethodType.UNARY)
            .build();
    private static final int MAX_ANSWER = 64 * 1024;
    private static final int SERVICE_FIELD = 1;
    private static final int STATUS_TAG = 1 << 3;
    private static final int SERVING = 1;

    private final AppDialer dialer;

    GrpcHealth(AppDialer dialer) {
        this.dialer = dialer;
    }

    void ask(AppProbe.GrpcHealth probe, Loop loop, ProbeRelay.Answer answer) {
        // As for other connections: an application may listen on the loopback address only.
        call(
                probe,
                loop,
                new Way(dialer.pod(), dialer.source()),
                answer,
                first -> call(
                        probe, loop, new Way(dialer.loopback(), null), answer, second -> answer.give(503, second)));
    }

    /** To where, and from where if that counts. */
    private record Way(InetAddress to, @Nullable InetAddress from) {}

    private void call(
            AppProbe.GrpcHealth probe, Loop loop, Way way, ProbeRelay.Answer answer, Consumer<String> unreached) {
        InetAddress from = way.from();
        RpcTarget target = new RpcTarget(
                AddressSource.fixed(
                        new InetSocketAddress(way.to(), probe.place().port())),
                InetAddresses.toUriString(way.to()) + ":" + probe.place().port(),
                UpstreamTransport.PLAINTEXT,
                from == null ? null : SourceAddress.own(from),
                probe.timeout());
        RpcChannel channel = new RpcChannel(
                loop, target, new RpcOptions(RpcCredential.NONE, Duration.ZERO, MAX_ANSWER), loop.eventLoop());
        ClientCalls.asyncUnaryCall(
                channel.newCall(
                        CHECK,
                        CallOptions.DEFAULT.withDeadlineAfter(probe.timeout().toNanos(), TimeUnit.NANOSECONDS)),
                request(probe.service()),
                new StreamObserver<>() {
                    private byte[] response = {};

                    @Override
                    public void onNext(byte[] message) {
                        response = message;
                    }

                    @Override
                    public void onError(Throwable failure) {
                        channel.close();
                        Status status = Status.fromThrowable(failure);
                        String why = "the application: " + status.getCode() + " " + status.getDescription() + "\n";
                        if (status.getCode() == Status.Code.UNAVAILABLE) {
                            unreached.accept(why);
                        } else {
                            answer.give(503, why);
                        }
                    }

                    @Override
                    public void onCompleted() {
                        channel.close();
                        boolean serving = isServing(response);
                        answer.give(serving ? 200 : 503, serving ? "" : "the application: not serving\n");
                    }
                });
    }

    static byte[] request(String service) {
        if (service.isEmpty()) {
            return new byte[0];
        }
        try {
            byte[] bytes = new byte[CodedOutputStream.computeStringSize(SERVICE_FIELD, service)];
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeString(SERVICE_FIELD, service);
            out.checkNoSpaceLeft();
            return bytes;
        } catch (IOException e) {
            throw new AssertionError("memory does not fail", e);
        }
    }

    static boolean isServing(byte[] response) {
        try {
            CodedInputStream in = ByteString.copyFrom(response).newCodedInput();
            int status = 0;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == STATUS_TAG) {
                    status = in.readEnum();
                } else {
                    in.skipField(tag);
                }
            }
            return status == SERVING;
        } catch (IOException e) {
            return false;
        }
    }
}
