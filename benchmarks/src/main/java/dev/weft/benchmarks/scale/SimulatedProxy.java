package dev.weft.benchmarks.scale;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client of the control plane that asks for what a sidecar asks for, takes all and does nothing with it: its own connection, delta ADS, the
 * names of endpoints and routes from what clusters and listeners say. When its stream ends it connects again and says what it has. Guarded by its
 * own lock; the connection is its owner's.
 */
final class SimulatedProxy {
    private static final List<String> TYPES =
            List.of(Contents.CLUSTERS, Contents.ENDPOINTS, Contents.LISTENERS, Contents.ROUTES);

    /** Nothing has this name; the answer says that the stream is served. */
    private static final String NOBODY = "weft-scale-nobody";

    private final int service;
    private final ManagedChannel channel;
    private final Bearer token;
    private final Contents contents;
    private final ProxyFleet fleet;
    private final Map<String, Type> types = new LinkedHashMap<>();

    private @Nullable Stream stream;
    private boolean complete;
    private boolean again;
    private boolean closed;

    /** What the proxy has of one type: versions by name, and what each refers to. */
    private static final class Type {
        private final Map<String, String> versions = new HashMap<>();
        private final Map<String, Set<String>> references = new HashMap<>();
        private Set<String> subscribed = Set.of();
        private boolean answered;
    }

    SimulatedProxy(int service, ManagedChannel channel, Bearer token, Contents contents, ProxyFleet fleet) {
        this.service = service;
        this.channel = channel;
        this.token = token;
        this.contents = contents;
        this.fleet = fleet;
        TYPES.forEach(type -> types.put(type, new Type()));
    }

    private Node node() {
        String name = ScaleMesh.pod(service, 0);
        String namespace = ScaleMesh.namespace(service);
        return Node.newBuilder()
                .setId("sidecar~" + ScaleMesh.address(service, 0) + "~" + name + "." + namespace + "~" + namespace
                        + ".svc.cluster.local")
                .setUserAgentName("weft")
                .setMetadata(Struct.newBuilder()
                        .putFields("NAMESPACE", text(namespace))
                        .putFields("NAME", text(name))
                        .putFields("SERVICE_ACCOUNT", text(ScaleMesh.name(service)))
                        .putFields("INTERCEPTION_MODE", text("REDIRECT")))
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    /** Opens a stream and says on it what is there from before. */
    synchronized void connect() {
        if (closed) {
            return;
        }
        Stream fresh = new Stream();
        stream = fresh;
        fresh.requests = AggregatedDiscoveryServiceGrpc.newStub(channel)
                .withCallCredentials(token)
                .deltaAggregatedResources(fresh);
        boolean first = true;
        for (String url : TYPES) {
            Type type = type(url);
            boolean wildcard = url.equals(Contents.CLUSTERS) || url.equals(Contents.LISTENERS);
            if (wildcard || again) {
                DeltaDiscoveryRequest.Builder request = DeltaDiscoveryRequest.newBuilder()
                        .setTypeUrl(url)
                        .putAllInitialResourceVersions(type.versions)
                        .addAllResourceNamesSubscribe(wildcard ? Set.of() : type.subscribed);
                if (again && url.equals(Contents.ROUTES)) {
                    request.addResourceNamesSubscribe(NOBODY);
                }
                fresh.requests.onNext((first ? request.setNode(node()) : request).build());
                first = false;
            }
        }
    }

    synchronized void close() {
        closed = true;
        if (stream != null && stream.requests != null) {
            stream.requests.onError(new IllegalStateException("closed"));
        }
    }

    private Type type(String url) {
        Type type = types.get(url);
        if (type == null) {
            throw new IllegalStateException("a type that nobody asked for: " + url);
        }
        return type;
    }

    private synchronized void take(Stream from, DeltaDiscoveryResponse response, long now) {
        if (!from.equals(stream) || from.requests == null) {
            return;
        }
        Type type = type(response.getTypeUrl());
        type.answered = true;
        long bytes = 0;
        for (Resource resource : response.getResourcesList()) {
            String version = contents.shared(resource.getVersion());
            String before = type.versions.put(contents.shared(resource.getName()), version);
            bytes += resource.getResource().getValue().size();
            if (!version.equals(before)) {
                fleet.changed(this, response.getTypeUrl(), resource.getName(), now);
            }
            Set<String> references = contents.refersTo(resource);
            if (!references.isEmpty()) {
                type.references.put(contents.shared(resource.getName()), references);
            }
        }
        response.getRemovedResourcesList().forEach(name -> {
            type.versions.remove(name);
            type.references.remove(name);
        });
        fleet.received(response.getResourcesCount(), bytes);
        from.requests.onNext(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce())
                .build());
        switch (response.getTypeUrl()) {
            case Contents.CLUSTERS -> subscribe(from, type, Contents.ENDPOINTS);
            case Contents.LISTENERS -> subscribe(from, type, Contents.ROUTES);
            default -> {}
        }
        boolean served = response.getRemovedResourcesList().contains(NOBODY);
        if (again ? served : !complete && hasEverything()) {
            again = false;
            complete = true;
            fleet.completed(now);
        }
    }

    private void subscribe(Stream to, Type from, String url) {
        Type type = type(url);
        Set<String> wanted = new HashSet<>();
        from.references.values().forEach(wanted::addAll);
        Set<String> fresh = new HashSet<>(wanted);
        fresh.removeAll(type.subscribed);
        Set<String> gone = new HashSet<>(type.subscribed);
        gone.removeAll(wanted);
        if (fresh.isEmpty() && gone.isEmpty()) {
            return;
        }
        type.subscribed = Set.copyOf(wanted);
        if (to.requests != null) {
            to.requests.onNext(DeltaDiscoveryRequest.newBuilder()
                    .setTypeUrl(url)
                    .addAllResourceNamesSubscribe(fresh)
                    .addAllResourceNamesUnsubscribe(gone)
                    .build());
        }
    }

    private boolean hasEverything() {
        return type(Contents.CLUSTERS).answered
                && type(Contents.LISTENERS).answered
                && type(Contents.ENDPOINTS).versions.keySet().containsAll(type(Contents.ENDPOINTS).subscribed)
                && type(Contents.ROUTES).versions.keySet().containsAll(type(Contents.ROUTES).subscribed);
    }

    private synchronized void ended(Stream which) {
        if (!which.equals(stream) || closed) {
            return;
        }
        stream = null;
        again = complete;
        fleet.later(
                () -> {
                    channel.resetConnectBackoff();
                    connect();
                },
                200,
                TimeUnit.MILLISECONDS);
    }

    /** One stream; what comes of an older one is not heard. */
    private final class Stream implements StreamObserver<DeltaDiscoveryResponse> {
        private @Nullable StreamObserver<DeltaDiscoveryRequest> requests;

        @Override
        public void onNext(DeltaDiscoveryResponse response) {
            take(this, response, System.nanoTime());
        }

        @Override
        public void onError(Throwable failure) {
            fleet.failed(failure);
            ended(this);
        }

        @Override
        public void onCompleted() {
            ended(this);
        }
    }
}
