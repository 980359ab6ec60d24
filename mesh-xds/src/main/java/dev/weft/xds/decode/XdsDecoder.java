package dev.weft.xds.decode;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.listener.Listener;
import dev.weft.model.route.RouteConfig;
import dev.weft.xds.Decoded;
import dev.weft.xds.FieldPath;
import dev.weft.xds.SecretResource;
import dev.weft.xds.api.ApiType;
import dev.weft.xds.api.ApiTypes;
import dev.weft.xds.check.FieldTable;
import dev.weft.xds.check.UnreadFields;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import java.util.function.BiFunction;

/**
 * xDS resources to the model. Every set field is read, known to be harmless, or a problem with its path; bytes that are no message are a problem,
 * never an exception. Used by the proxy's control thread, which calls {@link #release} after a batch; not safe for use by several threads.
 */
public final class XdsDecoder {
    private final OnDemandDescriptors descriptors;
    private final FieldTable table = FieldTable.load();

    public XdsDecoder(OnDemandDescriptors descriptors) {
        this.descriptors = descriptors;
    }

    public Decoded<Listener> listener(ByteString bytes) {
        return decode(
                ApiTypes.LISTENER,
                bytes,
                (message, reading) -> new ListenerDecoder(reading).decode(message, FieldPath.of("Listener")));
    }

    public Decoded<RouteConfig> routes(ByteString bytes) {
        return decode(
                ApiTypes.ROUTE_CONFIGURATION,
                bytes,
                (message, reading) -> new RouteDecoder(reading).decode(message, FieldPath.of("RouteConfiguration")));
    }

    public Decoded<Cluster> cluster(ByteString bytes) {
        return decode(
                ApiTypes.CLUSTER,
                bytes,
                (message, reading) -> new ClusterDecoder(reading).decode(message, FieldPath.of("Cluster")));
    }

    public Decoded<EndpointSet> endpoints(ByteString bytes) {
        return decode(
                ApiTypes.CLUSTER_LOAD_ASSIGNMENT,
                bytes,
                (message, reading) ->
                        new EndpointDecoder(reading).decode(message, FieldPath.of("ClusterLoadAssignment")));
    }

    public Decoded<SecretResource> secret(ByteString bytes) {
        return decode(
                ApiTypes.SECRET,
                bytes,
                (message, reading) -> new SecretDecoder(reading).decode(message, FieldPath.of("Secret")));
    }

    /** By the type URL that the resource came under. */
    public Decoded<DecodedResource> resource(Any any) {
        ByteString bytes = any.getValue();
        if (ApiTypes.LISTENER.is(any)) {
            return listener(bytes).map(DecodedResource.OfListener::new);
        }
        if (ApiTypes.ROUTE_CONFIGURATION.is(any)) {
            return routes(bytes).map(DecodedResource.OfRoutes::new);
        }
        if (ApiTypes.CLUSTER.is(any)) {
            return cluster(bytes).map(DecodedResource.OfCluster::new);
        }
        if (ApiTypes.CLUSTER_LOAD_ASSIGNMENT.is(any)) {
            return endpoints(bytes).map(DecodedResource.OfEndpoints::new);
        }
        if (ApiTypes.SECRET.is(any)) {
            return secret(bytes).map(DecodedResource.OfSecret::new);
        }
        return Decoded.rejected("", "unknown resource type " + any.getTypeUrl());
    }

    /** Lets go of the descriptors; the next decoding loads them again. */
    public void release() {
        descriptors.release();
    }

    private <M extends MessageLite, T> Decoded<T> decode(
            ApiType<M> type, ByteString bytes, BiFunction<M, Reading, T> decoder) {
        String shortName = type.name().substring(type.name().lastIndexOf('.') + 1);
        M message;
        try {
            message = type.parser().parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return Decoded.rejected(shortName, "not the bytes of a " + type.name() + ": " + e.getMessage());
        }
        Reading reading = new Reading(descriptors);
        reading.problems().addAll(UnreadFields.check(descriptors.get(), table, type.name(), bytes));
        T value = decoder.apply(message, reading);
        return reading.result(value);
    }
}
