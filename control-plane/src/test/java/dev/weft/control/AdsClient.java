package dev.weft.control;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A raw delta client that keeps what comes and acknowledges only when told. */
final class AdsClient implements StreamObserver<DeltaDiscoveryResponse> {
    static final String TYPE = "type.googleapis.com/envoy.config.";
    static final String CLUSTER = TYPE + "cluster.v3.Cluster";
    static final String ENDPOINT = TYPE + "endpoint.v3.ClusterLoadAssignment";
    static final String LISTENER = TYPE + "listener.v3.Listener";
    static final String ROUTE = TYPE + "route.v3.RouteConfiguration";

    final BlockingQueue<DeltaDiscoveryResponse> responses = new LinkedBlockingQueue<>();
    final BlockingQueue<Status> end = new LinkedBlockingQueue<>();
    private final StreamObserver<DeltaDiscoveryRequest> requests;

    AdsClient(ManagedChannel channel, String token) {
        this.requests = AggregatedDiscoveryServiceGrpc.newStub(channel)
                .withCallCredentials(new Bearer(token))
                .deltaAggregatedResources(this);
    }

    static Node node(String workload, String namespace, String account) {
        return Node.newBuilder()
                .setId("sidecar~127.0.0.1~" + workload + "." + namespace + "~" + namespace + ".svc.cluster.local")
                .setUserAgentName("weft")
                .setMetadata(Struct.newBuilder()
                        .putFields("NAMESPACE", text(namespace))
                        .putFields("NAME", text(workload))
                        .putFields("SERVICE_ACCOUNT", text(account))
                        .putFields("INTERCEPTION_MODE", text("NONE")))
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    void subscribe(Node node, String type, String... names) {
        requests.onNext(DeltaDiscoveryRequest.newBuilder()
                .setNode(node)
                .setTypeUrl(type)
                .addAllResourceNamesSubscribe(java.util.List.of(names))
                .build());
    }

    /** Asks for all of a type, and says what is there from an earlier stream. */
    void resume(Node node, String type, Map<String, String> versions) {
        requests.onNext(DeltaDiscoveryRequest.newBuilder()
                .setNode(node)
                .setTypeUrl(type)
                .putAllInitialResourceVersions(versions)
                .build());
    }

    DeltaDiscoveryResponse next() throws InterruptedException {
        DeltaDiscoveryResponse response = responses.poll(10, TimeUnit.SECONDS);
        if (response == null) {
            throw new AssertionError("no response; stream ended: " + end);
        }
        return response;
    }

    void ack(DeltaDiscoveryResponse response) {
        requests.onNext(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce())
                .build());
    }

    void reject(DeltaDiscoveryResponse response, String message) {
        requests.onNext(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce())
                .setErrorDetail(com.google.rpc.Status.newBuilder().setCode(13).setMessage(message))
                .build());
    }

    Status ending() throws InterruptedException {
        Status status = end.poll(10, TimeUnit.SECONDS);
        if (status == null) {
            throw new AssertionError("the stream goes on: " + responses);
        }
        return status;
    }

    @Override
    public void onNext(DeltaDiscoveryResponse response) {
        responses.add(response);
    }

    @Override
    public void onError(Throwable failure) {
        end.add(((StatusRuntimeException) failure).getStatus());
    }

    @Override
    public void onCompleted() {
        end.add(Status.OK);
    }

    /** Puts a token into each call. */
    static final class Bearer extends CallCredentials {
        private static final Metadata.Key<String> AUTHORIZATION =
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
        private final String token;

        Bearer(String token) {
            this.token = token;
        }

        @Override
        public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
            Metadata headers = new Metadata();
            if (!token.isEmpty()) {
                headers.put(AUTHORIZATION, "Bearer " + token);
            }
            applier.apply(headers);
        }
    }
}
