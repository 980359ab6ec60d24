package dev.weft.proxy.agent;

import dev.weft.proxy.identity.KeyMaterial;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.xds.Dialect;
import dev.weft.xds.SecretResource;
import dev.weft.xds.encode.EncodedResource;
import dev.weft.xds.encode.XdsEncoder;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SDS, state of the world, one stream per secret or for several: answers with what the store holds and again whenever a secret
 * changes. A name that the store does not hold yet is answered when it comes. Each stream is guarded by its own monitor, since
 * requests come on the server's loop and changes on the control thread.
 */
final class SecretService extends SecretDiscoveryServiceGrpc.SecretDiscoveryServiceImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(SecretService.class);
    private static final String TYPE = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

    private final SecretStore secrets;
    private final XdsEncoder encoder = new XdsEncoder(Dialect.ENVOY);
    private final Set<SecretStream> streams = ConcurrentHashMap.newKeySet();

    SecretService(SecretStore secrets) {
        this.secrets = secrets;
        secrets.watch(name -> streams.forEach(stream -> stream.changed(name)));
    }

    @Override
    public StreamObserver<DiscoveryRequest> streamSecrets(StreamObserver<DiscoveryResponse> responses) {
        SecretStream stream = new SecretStream((ServerCallStreamObserver<DiscoveryResponse>) responses);
        streams.add(stream);
        return stream;
    }

    private Optional<EncodedResource> encode(String name) {
        return secrets.find(name)
                .map(SecretStore.Versioned::material)
                .map(material -> switch (material) {
                    case KeyMaterial.Identity identity ->
                        new SecretResource.KeyPair(
                                name,
                                bytes(PemText.certificates(identity.chain())),
                                bytes(PemText.privateKey(identity.key())));
                    case KeyMaterial.TrustBundle trust ->
                        new SecretResource.TrustBundle(name, bytes(PemText.certificates(trust.roots())));
                })
                .map(encoder::secret);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** One client's stream. */
    private final class SecretStream implements StreamObserver<DiscoveryRequest> {
        private final ServerCallStreamObserver<DiscoveryResponse> responses;
        private final Set<String> names = new LinkedHashSet<>();
        private long sent;
        private boolean over;

        SecretStream(ServerCallStreamObserver<DiscoveryResponse> responses) {
            this.responses = responses;
            responses.setOnCancelHandler(() -> streams.remove(this));
        }

        @Override
        public synchronized void onNext(DiscoveryRequest request) {
            boolean more = names.addAll(request.getResourceNamesList());
            names.retainAll(new LinkedHashSet<>(request.getResourceNamesList()));
            if (request.hasErrorDetail()) {
                LOG.warn(
                        "a proxy refused a secret names={} reason={}",
                        names,
                        request.getErrorDetail().getMessage());
            }
            if (more || request.getResponseNonce().isEmpty()) {
                send();
            }
        }

        synchronized void changed(String name) {
            if (names.contains(name)) {
                send();
            }
        }

        private void send() {
            if (over || responses.isCancelled()) {
                return;
            }
            DiscoveryResponse.Builder response = DiscoveryResponse.newBuilder().setTypeUrl(TYPE);
            for (String name : names) {
                encode(name).ifPresent(secret -> response.addResources(secret.any()));
            }
            if (response.getResourcesCount() == 0) {
                return;
            }
            String version = String.valueOf(++sent);
            responses.onNext(response.setVersionInfo(version).setNonce(version).build());
        }

        @Override
        public void onError(Throwable failure) {
            streams.remove(this);
        }

        @Override
        public synchronized void onCompleted() {
            streams.remove(this);
            over = true;
            responses.onCompleted();
        }
    }
}
