package dev.weft.xds.encode;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import dev.weft.model.net.CidrRange;
import dev.weft.model.net.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import java.util.Map;

/** The small words that every encoder uses. */
final class WireValues {
    static final String RAW_BUFFER_SOCKET = "envoy.transport_sockets.raw_buffer";
    static final String TLS_SOCKET = "envoy.transport_sockets.tls";

    private WireValues() {}

    static Duration duration(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    /** The low 32 bits, unsigned. */
    static UInt32Value uint32(long value) {
        return UInt32Value.of((int) value);
    }

    static BoolValue bool(boolean value) {
        return BoolValue.of(value);
    }

    static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    /** In the order of the map, which is the order of the bytes. */
    static Struct struct(Map<String, String> texts) {
        Struct.Builder struct = Struct.newBuilder();
        texts.forEach((key, value) -> struct.putFields(key, text(value)));
        return struct.build();
    }

    static Address address(SocketAddress address) {
        return switch (address) {
            case SocketAddress.Inet inet ->
                Address.newBuilder()
                        .setSocketAddress(io.envoyproxy.envoy.config.core.v3.SocketAddress.newBuilder()
                                .setAddress(inet.host())
                                .setPortValue(inet.port()))
                        .build();
            case SocketAddress.Pipe pipe ->
                Address.newBuilder()
                        .setPipe(Pipe.newBuilder().setPath(pipe.path()))
                        .build();
        };
    }

    static io.envoyproxy.envoy.config.core.v3.CidrRange cidr(CidrRange range) {
        return io.envoyproxy.envoy.config.core.v3.CidrRange.newBuilder()
                .setAddressPrefix(range.address())
                .setPrefixLen(uint32(range.prefixLength()))
                .build();
    }

    /** From the stream that this very resource came on; waited for without limit, as Istio says it. */
    static ConfigSource ads() {
        return ConfigSource.newBuilder()
                .setAds(AggregatedConfigSource.getDefaultInstance())
                .setInitialFetchTimeout(Duration.getDefaultInstance())
                .setResourceApiVersion(ApiVersion.V3)
                .build();
    }

    static TransportSocket socket(String name, Any config) {
        return TransportSocket.newBuilder().setName(name).setTypedConfig(config).build();
    }
}
