package dev.weft.control.serve;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.Any;
import com.google.rpc.Status;
import dev.weft.control.ca.CallerIdentity;
import dev.weft.control.ca.CallerInterceptor;
import dev.weft.control.cache.EncodedResource;
import io.envoyproxy.envoy.config.core.v3.ControlPlane;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Envoy's aggregated discovery service, both variants: turns messages into {@link AdsRequest}s and {@link Push}es into
 * messages. What they mean is decided in {@link AdsStream}; who may ask, in {@link NodeParser}.
 */
public final class AdsService extends AggregatedDiscoveryServiceImplBase {

    private final ProxySessions sessions;
    private final ControlPlane controlPlane;

    public AdsService(ProxySessions sessions, String identifier) {
        this.sessions = sessions;
        this.controlPlane = ControlPlane.newBuilder().setIdentifier(identifier).build();
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
            StreamObserver<DeltaDiscoveryResponse> responses) {
        return new Requests<>(
                AdsStream.Variant.DELTA,
                responses,
                this::deltaResponse,
                DeltaDiscoveryRequest::getNode,
                request -> new AdsRequest(
                        request.getTypeUrl(),
                        request.getResponseNonce(),
                        error(request.hasErrorDetail(), request.getErrorDetail()),
                        new AdsRequest.Change(
                                ImmutableList.copyOf(request.getResourceNamesSubscribeList()),
                                ImmutableList.copyOf(request.getResourceNamesUnsubscribeList()),
                                ImmutableMap.copyOf(request.getInitialResourceVersionsMap()))));
    }

    @Override
    public StreamObserver<DiscoveryRequest> streamAggregatedResources(StreamObserver<DiscoveryResponse> responses) {
        return new Requests<>(
                AdsStream.Variant.STATE_OF_THE_WORLD,
                responses,
                this::fullResponse,
                DiscoveryRequest::getNode,
                request -> new AdsRequest(
                        request.getTypeUrl(),
                        request.getResponseNonce(),
                        error(request.hasErrorDetail(), request.getErrorDetail()),
                        new AdsRequest.Names(ImmutableList.copyOf(request.getResourceNamesList()))));
    }

    private static Optional<String> error(boolean present, Status status) {
        if (!present) {
            return Optional.empty();
        }
        return Optional.of(status.getMessage().isEmpty() ? "rejected without a reason" : status.getMessage());
    }

    private DeltaDiscoveryResponse deltaResponse(Push push) {
        DeltaDiscoveryResponse.Builder response = DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(push.type().url())
                .setNonce(push.nonce())
                .setSystemVersionInfo(push.version())
                .setControlPlane(controlPlane)
                .addAllRemovedResources(push.removed());
        for (EncodedResource resource : push.resources()) {
            response.addResources(Resource.newBuilder()
                    .setName(resource.name())
                    .setVersion(resource.version())
                    .setResource(any(resource)));
        }
        return response.build();
    }

    private DiscoveryResponse fullResponse(Push push) {
        DiscoveryResponse.Builder response = DiscoveryResponse.newBuilder()
                .setTypeUrl(push.type().url())
                .setNonce(push.nonce())
                .setVersionInfo(push.version())
                .setControlPlane(controlPlane);
        push.resources().forEach(resource -> response.addResources(any(resource)));
        return response.build();
    }

    private static Any any(EncodedResource resource) {
        return Any.newBuilder()
                .setTypeUrl(resource.type().url())
                .setValue(resource.body())
                .build();
    }

    /** The requests of one stream; gRPC calls it by one thread at a time. */
    private final class Requests<ReqT, RespT> implements StreamObserver<ReqT> {
        private final AdsStream.Variant variant;
        private final ServerCallStreamObserver<RespT> responses;
        private final Function<Push, RespT> encode;
        private final Function<ReqT, Node> node;
        private final Function<ReqT, AdsRequest> decode;
        private final CallerIdentity caller = CallerInterceptor.caller();
        private final Instant expires = CallerInterceptor.expires();
        private @Nullable AdsSession session;
        private volatile boolean refused;

        private Requests(
                AdsStream.Variant variant,
                StreamObserver<RespT> responses,
                Function<Push, RespT> encode,
                Function<ReqT, Node> node,
                Function<ReqT, AdsRequest> decode) {
            this.variant = variant;
            this.responses = (ServerCallStreamObserver<RespT>) responses;
            this.encode = encode;
            this.node = node;
            this.decode = decode;
            this.responses.setOnReadyHandler(this::onReady);
            this.responses.setOnCancelHandler(this::close);
        }

        @Override
        public void onNext(ReqT request) {
            if (refused) {
                return;
            }
            if (session == null) {
                switch (NodeParser.parse(node.apply(request), caller)) {
                    case NodeParser.Parsed.Accepted accepted ->
                        session = sessions.open(
                                accepted.node(),
                                variant,
                                new AdsSession.Outbox() {
                                    @Override
                                    public boolean isReady() {
                                        return responses.isReady();
                                    }

                                    @Override
                                    public void send(Push push) {
                                        responses.onNext(encode.apply(push));
                                    }

                                    @Override
                                    public void expire() {
                                        refuse(io.grpc.Status.UNAUTHENTICATED.withDescription(
                                                "the token has expired: connect again with a new one"));
                                    }
                                },
                                expires);
                    case NodeParser.Parsed.Denied denied -> {
                        refuse(io.grpc.Status.PERMISSION_DENIED.withDescription(denied.message()));
                        return;
                    }
                    case NodeParser.Parsed.Malformed malformed -> {
                        refuse(io.grpc.Status.INVALID_ARGUMENT.withDescription(malformed.message()));
                        return;
                    }
                }
            }
            session.onRequest(decode.apply(request));
        }

        private void refuse(io.grpc.Status status) {
            refused = true;
            responses.onError(status.asRuntimeException());
        }

        private void onReady() {
            if (session != null) {
                session.onReady();
            }
        }

        private void close() {
            if (session != null) {
                sessions.close(session);
            }
        }

        @Override
        public void onError(Throwable failure) {
            close();
        }

        @Override
        public void onCompleted() {
            close();
            if (!refused) {
                responses.onCompleted();
            }
        }
    }
}
