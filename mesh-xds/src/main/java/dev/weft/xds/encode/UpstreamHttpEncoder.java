package dev.weft.xds.encode;

import dev.weft.model.cluster.Cluster.ConnectionOptions;
import dev.weft.model.cluster.Transport;
import dev.weft.model.cluster.UpstreamProtocol;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.UpstreamHttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.Optional;
import java.util.stream.Stream;

/** The HTTP options of a cluster. Whether the server name follows the request's host stands here, since Envoy asks it of the cluster. */
final class UpstreamHttpEncoder {
    private UpstreamHttpEncoder() {}

    /** Empty where everything has its default: HTTP/1.1. */
    static Optional<HttpProtocolOptions> encode(ConnectionOptions options, Transport transport) {
        boolean autoSni = tls(transport).anyMatch(tls -> tls.tls().autoSni());
        boolean autoSan = tls(transport).anyMatch(tls -> tls.tls().autoSanValidation());
        boolean plainHttp1 = options.protocol() instanceof UpstreamProtocol.Http1
                && options.idleTimeout().isEmpty()
                && options.maxRequestsPerConnection() == 0;
        if (plainHttp1 && !autoSni && !autoSan) {
            return Optional.empty();
        }
        HttpProtocolOptions.Builder message = HttpProtocolOptions.newBuilder();
        if (options.idleTimeout().isPresent() || options.maxRequestsPerConnection() != 0) {
            var common = io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions.newBuilder();
            options.idleTimeout().ifPresent(t -> common.setIdleTimeout(WireValues.duration(t)));
            if (options.maxRequestsPerConnection() != 0) {
                common.setMaxRequestsPerConnection(WireValues.uint32(options.maxRequestsPerConnection()));
            }
            message.setCommonHttpProtocolOptions(common);
        }
        if (autoSni || autoSan) {
            message.setUpstreamHttpProtocolOptions(
                    UpstreamHttpProtocolOptions.newBuilder().setAutoSni(autoSni).setAutoSanValidation(autoSan));
        }
        protocol(message, options.protocol());
        return Optional.of(message.build());
    }

    private static Stream<Transport.Tls> tls(Transport transport) {
        return Stream.concat(transport.matches().stream().map(Transport.Match::socket), Stream.of(transport.fallback()))
                .filter(Transport.Tls.class::isInstance)
                .map(Transport.Tls.class::cast);
    }

    private static void protocol(HttpProtocolOptions.Builder message, UpstreamProtocol protocol) {
        Http1ProtocolOptions http1 = Http1ProtocolOptions.getDefaultInstance();
        switch (protocol) {
            case UpstreamProtocol.Http1 h1 ->
                message.setExplicitHttpConfig(
                        HttpProtocolOptions.ExplicitHttpConfig.newBuilder().setHttpProtocolOptions(http1));
            case UpstreamProtocol.Http2 h2 ->
                message.setExplicitHttpConfig(HttpProtocolOptions.ExplicitHttpConfig.newBuilder()
                        .setHttp2ProtocolOptions(http2(h2.options())));
            case UpstreamProtocol.UseDownstream use ->
                message.setUseDownstreamProtocolConfig(HttpProtocolOptions.UseDownstreamHttpConfig.newBuilder()
                        .setHttpProtocolOptions(http1)
                        .setHttp2ProtocolOptions(http2(use.options())));
            case UpstreamProtocol.Auto auto ->
                message.setAutoConfig(HttpProtocolOptions.AutoHttpConfig.newBuilder()
                        .setHttpProtocolOptions(http1)
                        .setHttp2ProtocolOptions(http2(auto.options())));
        }
    }

    private static Http2ProtocolOptions http2(UpstreamProtocol.Http2Options options) {
        Http2ProtocolOptions.Builder message = Http2ProtocolOptions.newBuilder();
        if (options.maxConcurrentStreams() != 0) {
            message.setMaxConcurrentStreams(WireValues.uint32(options.maxConcurrentStreams()));
        }
        if (options.initialStreamWindow() != 0) {
            message.setInitialStreamWindowSize(WireValues.uint32(options.initialStreamWindow()));
        }
        if (options.initialConnectionWindow() != 0) {
            message.setInitialConnectionWindowSize(WireValues.uint32(options.initialConnectionWindow()));
        }
        return message.build();
    }
}
