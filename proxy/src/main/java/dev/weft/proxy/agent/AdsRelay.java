package dev.weft.proxy.agent;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Passes the two ADS methods on to the control plane, message by message as bytes, under the workload's own credential. What the
 * caller sent as credential is dropped. Each message is asked for only when the other side took the one before.
 */
final class AdsRelay {
    private static final String SERVICE = "envoy.service.discovery.v3.AggregatedDiscoveryService/";
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new ByteMarshaller();

    private final Channel controlPlane;

    AdsRelay(Channel controlPlane) {
        this.controlPlane = controlPlane;
    }

    HandlerRegistry registry() {
        return new HandlerRegistry() {
            @Override
            public @Nullable ServerMethodDefinition<?, ?> lookupMethod(String method, @Nullable String authority) {
                if (!method.startsWith(SERVICE)) {
                    return null;
                }
                MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.newBuilder(BYTES, BYTES)
                        .setFullMethodName(method)
                        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                        .build();
                return ServerMethodDefinition.create(descriptor, handler(descriptor));
            }
        };
    }

    private ServerCallHandler<byte[], byte[]> handler(MethodDescriptor<byte[], byte[]> method) {
        return (proxy, headers) -> {
            ClientCall<byte[], byte[]> upstream = controlPlane.newCall(method, CallOptions.DEFAULT);
            upstream.start(new Responses(proxy, upstream), new Metadata());
            upstream.request(1);
            proxy.request(1);
            return new Requests(proxy, upstream);
        };
    }

    /** From the proxy to the control plane. */
    private static final class Requests extends ServerCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> proxy;
        private final ClientCall<byte[], byte[]> upstream;

        Requests(ServerCall<byte[], byte[]> proxy, ClientCall<byte[], byte[]> upstream) {
            this.proxy = proxy;
            this.upstream = upstream;
        }

        @Override
        public void onMessage(byte[] message) {
            upstream.sendMessage(message);
            proxy.request(1);
        }

        @Override
        public void onHalfClose() {
            upstream.halfClose();
        }

        @Override
        public void onCancel() {
            upstream.cancel("the proxy went away", null);
        }
    }

    /** From the control plane to the proxy. */
    private static final class Responses extends ClientCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> proxy;
        private final ClientCall<byte[], byte[]> upstream;
        private boolean headersSent;

        Responses(ServerCall<byte[], byte[]> proxy, ClientCall<byte[], byte[]> upstream) {
            this.proxy = proxy;
            this.upstream = upstream;
        }

        @Override
        public void onHeaders(Metadata headers) {
            headersSent = true;
            proxy.sendHeaders(new Metadata());
        }

        @Override
        public void onMessage(byte[] message) {
            if (!headersSent) {
                onHeaders(new Metadata());
            }
            proxy.sendMessage(message);
            upstream.request(1);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (!proxy.isCancelled()) {
                proxy.close(status, new Metadata());
            }
        }
    }
}
