package dev.weft.xds.decode;

import com.google.common.collect.ImmutableSortedMap;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import dev.weft.model.net.CidrRange;
import dev.weft.model.net.SocketAddress;
import dev.weft.xds.FieldPath;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;

/** The small words that every decoder uses. */
final class ValueDecoder {
    private static final CidrRange NO_RANGE = CidrRange.of("0.0.0.0", 0);

    private final Reading reading;

    ValueDecoder(Reading reading) {
        this.reading = reading;
    }

    java.time.Duration duration(Duration message, FieldPath at) {
        boolean negative = message.getSeconds() < 0 || message.getNanos() < 0;
        if (negative || message.getNanos() > 999_999_999 || message.getSeconds() > 315_576_000_000L) {
            reading.problem(
                    at,
                    "found " + message.getSeconds() + " s and " + message.getNanos()
                            + " ns, expected a duration of 0 or more");
            return java.time.Duration.ZERO;
        }
        return java.time.Duration.ofSeconds(message.getSeconds(), message.getNanos());
    }

    java.time.Duration positiveDuration(Duration message, FieldPath at) {
        if (message.getSeconds() == 0 && message.getNanos() == 0) {
            reading.problem(at, "found 0 s, expected a duration above 0");
        }
        return duration(message, at);
    }

    /** A number of the unsigned wire type that must fit between the two. */
    int number(UInt32Value message, int least, int most, FieldPath at) {
        return number(message.getValue(), least, most, at);
    }

    int number(int unsigned, int least, int most, FieldPath at) {
        long value = Integer.toUnsignedLong(unsigned);
        if (value < least || value > most) {
            reading.problem(at, "found " + value + ", expected " + least + " to " + most);
            return least;
        }
        return (int) value;
    }

    String required(String text, FieldPath at) {
        if (text.isEmpty()) {
            reading.problem(at, "is required");
        }
        return text;
    }

    SocketAddress address(Address message, FieldPath at) {
        switch (message.getAddressCase()) {
            case SOCKET_ADDRESS -> {
                var socket = message.getSocketAddress();
                FieldPath socketAt = at.field("socket_address");
                if (socket.getProtocol() != io.envoyproxy.envoy.config.core.v3.SocketAddress.Protocol.TCP) {
                    reading.problem(socketAt.field("protocol"), "found " + socket.getProtocol() + ", expected TCP");
                }
                required(socket.getAddress(), socketAt.field("address"));
                int port = number(socket.getPortValue(), 0, 65_535, socketAt.field("port_value"));
                return new SocketAddress.Inet(socket.getAddress(), port);
            }
            case PIPE -> {
                required(message.getPipe().getPath(), at.field("pipe").field("path"));
                return new SocketAddress.Pipe(message.getPipe().getPath());
            }
            case ENVOY_INTERNAL_ADDRESS -> reading.problem(at.field("envoy_internal_address"), "is not supported");
            case ADDRESS_NOT_SET -> reading.problem(at, "is required");
        }
        return new SocketAddress.Inet("0.0.0.0", 0);
    }

    CidrRange cidr(io.envoyproxy.envoy.config.core.v3.CidrRange message, FieldPath at) {
        int length = number(message.getPrefixLen(), 0, 128, at.field("prefix_len"));
        return reading.checked(
                at.field("address_prefix"), NO_RANGE, () -> CidrRange.of(message.getAddressPrefix(), length));
    }

    /** A flat struct of texts. */
    ImmutableSortedMap<String, String> texts(Struct message, FieldPath at) {
        ImmutableSortedMap.Builder<String, String> texts = ImmutableSortedMap.naturalOrder();
        message.getFieldsMap().forEach((key, value) -> texts.put(key, text(value, at.field(key))));
        return texts.buildOrThrow();
    }

    String text(Value value, FieldPath at) {
        if (value.getKindCase() != Value.KindCase.STRING_VALUE) {
            reading.problem(at, "found a " + value.getKindCase() + ", expected text");
        }
        return value.getStringValue();
    }

    /** Demands the aggregated stream. */
    void ads(ConfigSource source, FieldPath at) {
        switch (source.getConfigSourceSpecifierCase()) {
            case ADS -> version(source, at);
            case PATH, PATH_CONFIG_SOURCE, API_CONFIG_SOURCE, SELF, CONFIGSOURCESPECIFIER_NOT_SET ->
                reading.problem(
                        at,
                        "found " + source.getConfigSourceSpecifierCase()
                                + ", expected ads: no other source is supported");
        }
    }

    void version(ConfigSource source, FieldPath at) {
        version(source.getResourceApiVersion(), at.field("resource_api_version"));
    }

    private void version(ApiVersion version, FieldPath at) {
        if (version != ApiVersion.V3) {
            reading.problem(at, "found " + version + ", expected V3");
        }
    }

    /** The one static cluster behind a gRPC source. */
    String grpcCluster(ApiConfigSource source, FieldPath at) {
        version(source.getTransportApiVersion(), at.field("transport_api_version"));
        if (source.getGrpcServicesCount() != 1) {
            reading.problem(
                    at.field("grpc_services"), "found " + source.getGrpcServicesCount() + " services, expected one");
            return "";
        }
        FieldPath cluster =
                at.field("grpc_services").index(0).field("envoy_grpc").field("cluster_name");
        return required(source.getGrpcServices(0).getEnvoyGrpc().getClusterName(), cluster);
    }
}
