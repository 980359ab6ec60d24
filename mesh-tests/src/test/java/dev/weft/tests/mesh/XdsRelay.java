package dev.weft.tests.mesh;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.proxy.agent.ByteMarshaller;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Stands between sidecars and the control plane and passes on every call and every byte, except for endpoints of services that it is told to hold
 * back or to lose. Told by the test's thread.
 */
public final class XdsRelay extends HandlerRegistry implements AutoCloseable {
    private static final ByteMarshaller BYTES = new ByteMarshaller();
    private static final String ENDPOINTS = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";

    private final AtomicInteger held = new AtomicInteger();
    private final AtomicReference<@Nullable String> toLose = new AtomicReference<>();
    private volatile Hold hold = new Hold("", Duration.ZERO);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Server server;
    private @Nullable ManagedChannel controlPlane;

    private record Hold(String service, Duration time) {}

    public XdsRelay() throws IOException {
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .fallbackHandlerRegistry(this)
                .build()
                .start();
    }

    /** Endpoints of {@code service} take so much longer; what is sent meanwhile overtakes them. */
    public void hold(String service, Duration time) {
        hold = new Hold(service, time);
    }

    /** The next endpoints of {@code service} do not arrive: their stream breaks instead. */
    public void loseNext(String service) {
        toLose.set(service);
    }

    /** Whether what was to be lost is lost. */
    public boolean hasLost() {
        return toLose.get() == null;
    }

    /** Makes a bootstrap lead here. */
    public void standBetween(ObjectNode bootstrap) {
        ObjectNode cluster = (ObjectNode) bootstrap.at("/static_resources/clusters/0");
        ObjectNode address =
                (ObjectNode) cluster.at("/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address");
        if (controlPlane == null) {
            String roots = cluster.at(
                            "/transport_socket/typed_config/common_tls_context/validation_context/trusted_ca/filename")
                    .asText();
            controlPlane = open(address.path("port_value").asInt(), new File(roots));
        }
        address.put("port_value", server.getPort());
        cluster.remove("transport_socket");
    }

    private static ManagedChannel open(int port, File roots) {
        try {
            return NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .sslContext(GrpcSslContexts.forClient().trustManager(roots).build())
                    .overrideAuthority("istiod.istio-system.svc")
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many responses were held back. */
    public int held() {
        return held.get();
    }

    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
        return ServerMethodDefinition.create(method(name), (call, headers) -> relay(call, headers));
    }

    private ServerCall.Listener<byte[]> relay(ServerCall<byte[], byte[]> from, Metadata headers) {
        ManagedChannel channel = controlPlane;
        if (channel == null) {
            throw new IllegalStateException("a call before any bootstrap");
        }
        ClientCall<byte[], byte[]> to =
                channel.newCall(method(from.getMethodDescriptor().getFullMethodName()), CallOptions.DEFAULT);
        to.start(new Back(from, to), headers);
        to.request(Integer.MAX_VALUE);
        from.request(Integer.MAX_VALUE);
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(byte[] message) {
                to.sendMessage(message);
            }

            @Override
            public void onHalfClose() {
                to.halfClose();
            }

            @Override
            public void onCancel() {
                to.cancel("the sidecar went away", null);
            }
        };
    }

    private final class Back extends ClientCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> to;
        private final ClientCall<byte[], byte[]> from;
        private boolean broken;

        Back(ServerCall<byte[], byte[]> to, ClientCall<byte[], byte[]> from) {
            this.to = to;
            this.from = from;
        }

        @Override
        public void onHeaders(Metadata headers) {
            synchronized (to) {
                to.sendHeaders(headers);
            }
        }

        @Override
        public void onMessage(byte[] message) {
            Set<String> services = endpoints(message);
            String lost = toLose.get();
            Hold slow = hold;
            if (lost != null && services.contains(lost) && toLose.compareAndSet(lost, null)) {
                breakOff();
            } else if (services.contains(slow.service)) {
                held.incrementAndGet();
                timer.schedule(() -> send(message), slow.time.toMillis(), TimeUnit.MILLISECONDS);
            } else {
                send(message);
            }
        }

        private void breakOff() {
            synchronized (to) {
                broken = true;
                to.close(Status.UNAVAILABLE.withDescription("broken by the relay"), new Metadata());
            }
            from.cancel("broken by the relay", null);
        }

        private void send(byte[] message) {
            synchronized (to) {
                if (!to.isCancelled() && !broken) {
                    to.sendMessage(message);
                }
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            synchronized (to) {
                if (!to.isCancelled() && !broken) {
                    to.close(status, trailers);
                }
            }
        }

        /** The services of which a response holds endpoints, by their first label. */
        private Set<String> endpoints(byte[] message) {
            if (!to.getMethodDescriptor().getFullMethodName().endsWith("/DeltaAggregatedResources")) {
                return Set.of();
            }
            try {
                DeltaDiscoveryResponse response = DeltaDiscoveryResponse.parseFrom(message);
                return response.getTypeUrl().equals(ENDPOINTS)
                        ? response.getResourcesList().stream()
                                .map(resource -> serviceOf(resource.getName()))
                                .collect(Collectors.toUnmodifiableSet())
                        : Set.of();
            } catch (InvalidProtocolBufferException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** {@code outbound|80||reviews.shop.svc.cluster.local}. */
    private static String serviceOf(String cluster) {
        String host = cluster.substring(cluster.lastIndexOf('|') + 1);
        return host.substring(0, host.indexOf('.'));
    }

    private static MethodDescriptor<byte[], byte[]> method(String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(name)
                .setRequestMarshaller(BYTES)
                .setResponseMarshaller(BYTES)
                .build();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        server.shutdownNow();
        ManagedChannel channel = controlPlane;
        if (channel != null) {
            channel.shutdownNow();
        }
    }
}
