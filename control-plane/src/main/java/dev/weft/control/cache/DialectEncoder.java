package dev.weft.control.cache;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import dev.weft.control.registry.ProxyFacts.Client;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.listener.Listener;
import dev.weft.model.route.RouteConfig;
import dev.weft.xds.Dialect;
import dev.weft.xds.SecretResource;
import dev.weft.xds.encode.XdsEncoder;
import java.util.EnumSet;

/** Encodes with the xDS dictionary in the dialect that a kind of client speaks. Immutable. */
final class DialectEncoder implements ResourceEncoder {

    private final XdsEncoder encoder;

    private DialectEncoder(Dialect dialect) {
        this.encoder = new XdsEncoder(dialect);
    }

    /** One for every kind of client. */
    static ImmutableMap<Client, ResourceEncoder> all() {
        return Maps.toMap(EnumSet.allOf(Client.class), client -> new DialectEncoder(dialect(client)));
    }

    private static Dialect dialect(Client client) {
        return switch (client) {
            case MESH_PROXY -> Dialect.WEFT;
            case STOCK_ENVOY -> Dialect.ENVOY;
            case PROXYLESS_GRPC -> Dialect.GRPC;
        };
    }

    @Override
    public EncodedResource cluster(Cluster cluster) {
        return of(ResourceType.CLUSTER, encoder.cluster(cluster));
    }

    @Override
    public EncodedResource endpoints(EndpointSet endpoints) {
        return of(ResourceType.ENDPOINT, encoder.endpoints(endpoints));
    }

    @Override
    public EncodedResource listener(Listener listener) {
        return of(ResourceType.LISTENER, encoder.listener(listener));
    }

    @Override
    public EncodedResource routes(RouteConfig routes) {
        return of(ResourceType.ROUTE, encoder.routes(routes));
    }

    @Override
    public EncodedResource secret(SecretResource secret) {
        return of(ResourceType.SECRET, encoder.secret(secret));
    }

    private static EncodedResource of(ResourceType type, dev.weft.xds.encode.EncodedResource encoded) {
        return new EncodedResource(type, encoded.name(), encoded.version(), encoded.bytes());
    }
}
