package dev.weft.xds.encode;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import dev.weft.model.ProxyConfig;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.listener.Listener;
import dev.weft.model.route.RouteConfig;
import dev.weft.xds.Dialect;
import dev.weft.xds.DialectAdapter;
import dev.weft.xds.SecretResource;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;

/**
 * Model to xDS resources in one dialect. Stands between translation and the cache; {@link dev.weft.xds.decode.XdsDecoder} is the
 * way back: {@code decode(encode(m))} equals {@code adapt(m)} of the dialect's {@link DialectAdapter}. Immutable.
 */
public final class XdsEncoder {
    private final Dialect dialect;
    private final DialectAdapter adapter;

    public XdsEncoder(Dialect dialect) {
        this.dialect = dialect;
        this.adapter = new DialectAdapter(dialect);
    }

    public EncodedResource listener(Listener listener) {
        ByteString bytes = (dialect == Dialect.GRPC
                        ? GrpcListenerEncoder.encode(adapter.listener(listener))
                        : ListenerEncoder.encode(adapter.listener(listener)))
                .toByteString();
        return EncodedResource.of(ApiTypes.LISTENER.url(), listener.name(), bytes);
    }

    public EncodedResource routes(RouteConfig routes) {
        return EncodedResource.of(
                ApiTypes.ROUTE_CONFIGURATION.url(),
                routes.name(),
                RouteEncoder.encode(routes).toByteString());
    }

    public EncodedResource cluster(Cluster cluster) {
        return EncodedResource.of(
                ApiTypes.CLUSTER.url(),
                cluster.name(),
                ClusterEncoder.encode(adapter.cluster(cluster)).toByteString());
    }

    public EncodedResource endpoints(EndpointSet endpoints) {
        return EncodedResource.of(
                ApiTypes.CLUSTER_LOAD_ASSIGNMENT.url(),
                endpoints.name(),
                EndpointEncoder.encode(endpoints).toByteString());
    }

    public EncodedResource secret(SecretResource secret) {
        Secret.Builder message = Secret.newBuilder().setName(secret.name());
        switch (secret) {
            case SecretResource.KeyPair pair ->
                message.setTlsCertificate(TlsCertificate.newBuilder()
                        .setCertificateChain(inline(pair.chain()))
                        .setPrivateKey(inline(pair.privateKey())));
            case SecretResource.TrustBundle trust ->
                message.setValidationContext(
                        CertificateValidationContext.newBuilder().setTrustedCa(inline(trust.roots())));
        }
        return EncodedResource.of(
                ApiTypes.SECRET.url(), secret.name(), message.build().toByteString());
    }

    /** Everything, clusters and endpoints before the listeners and routes that refer to them. */
    public ImmutableList<EncodedResource> all(ProxyConfig config) {
        ImmutableList.Builder<EncodedResource> all = ImmutableList.builder();
        config.clusters().values().forEach(cluster -> all.add(cluster(cluster)));
        config.endpoints().values().forEach(endpoints -> all.add(endpoints(endpoints)));
        config.listeners().values().forEach(listener -> all.add(listener(listener)));
        config.routes().values().forEach(routes -> all.add(routes(routes)));
        return all.build();
    }

    private static DataSource inline(byte[] pem) {
        return DataSource.newBuilder().setInlineBytes(ByteString.copyFrom(pem)).build();
    }
}
