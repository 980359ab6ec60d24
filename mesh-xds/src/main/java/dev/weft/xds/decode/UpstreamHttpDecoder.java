package dev.weft.xds.decode;

import com.google.protobuf.Any;
import dev.weft.model.cluster.UpstreamProtocol;
import dev.weft.model.tls.UpstreamTls;
import dev.weft.xds.FieldPath;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The HTTP options of a cluster: the typed extension, or the deprecated fields that people's bootstraps still hold. */
final class UpstreamHttpDecoder {
    private static final Options DEFAULT =
            new Options(new UpstreamProtocol.Http1(), Optional.empty(), 0, ServerName.FIXED, Sans.AS_LISTED);

    private final Reading reading;
    private final ValueDecoder values;

    UpstreamHttpDecoder(Reading reading) {
        this.reading = reading;
        this.values = new ValueDecoder(reading);
    }

    Options decode(Cluster message, FieldPath at) {
        Options options = legacy(message, at);
        for (Map.Entry<String, Any> entry :
                message.getTypedExtensionProtocolOptionsMap().entrySet()) {
            FieldPath entryAt = at.field("typed_extension_protocol_options").key(entry.getKey());
            Any config = reading.resolved(entry.getValue(), entryAt);
            if (!ApiTypes.HTTP_PROTOCOL_OPTIONS.is(config)) {
                reading.problem(entryAt, "found " + config.getTypeUrl() + ", expected HttpProtocolOptions");
                continue;
            }
            if (!options.equals(DEFAULT)) {
                reading.problem(entryAt, "excludes the deprecated HTTP options of the cluster");
            }
            options = reading.unpack(ApiTypes.HTTP_PROTOCOL_OPTIONS, config, entryAt)
                    .map(http -> decode(http, entryAt))
                    .orElse(DEFAULT);
        }
        return options;
    }

    @SuppressWarnings("deprecation")
    private Options legacy(Cluster message, FieldPath at) {
        UpstreamProtocol protocol = message.hasHttp2ProtocolOptions()
                ? new UpstreamProtocol.Http2(
                        http2(message.getHttp2ProtocolOptions(), at.field("http2_protocol_options")))
                : new UpstreamProtocol.Http1();
        int maxRequests = message.hasMaxRequestsPerConnection()
                ? values.number(
                        message.getMaxRequestsPerConnection(),
                        0,
                        Integer.MAX_VALUE,
                        at.field("max_requests_per_connection"))
                : 0;
        return new Options(protocol, Optional.empty(), maxRequests, ServerName.FIXED, Sans.AS_LISTED);
    }

    private Options decode(HttpProtocolOptions message, FieldPath at) {
        for (int i = 0; i < message.getHttpFiltersCount(); i++) {
            FieldPath filter = at.field("http_filters").index(i).field("typed_config");
            if (!ApiTypes.UPSTREAM_CODEC.is(message.getHttpFilters(i).getTypedConfig())) {
                reading.problem(
                        filter,
                        "found " + message.getHttpFilters(i).getTypedConfig().getTypeUrl()
                                + ", expected UpstreamCodec: no other upstream filter is supported");
            }
        }
        var common = message.getCommonHttpProtocolOptions();
        FieldPath commonAt = at.field("common_http_protocol_options");
        Optional<Duration> idle = common.hasIdleTimeout()
                ? Optional.of(values.duration(common.getIdleTimeout(), commonAt.field("idle_timeout")))
                : Optional.empty();
        int maxRequests = common.hasMaxRequestsPerConnection()
                ? values.number(
                        common.getMaxRequestsPerConnection(),
                        0,
                        Integer.MAX_VALUE,
                        commonAt.field("max_requests_per_connection"))
                : 0;
        if (common.hasMaxHeadersCount()) {
            reading.problem(commonAt.field("max_headers_count"), "is not supported upstream");
        }
        if (common.hasMaxConnectionDuration()) {
            reading.problem(commonAt.field("max_connection_duration"), "is not supported upstream");
        }
        var upstream = message.getUpstreamHttpProtocolOptions();
        return new Options(
                protocol(message, at),
                idle,
                maxRequests,
                upstream.getAutoSni() ? ServerName.OF_THE_REQUEST : ServerName.FIXED,
                upstream.getAutoSanValidation() ? Sans.OF_THE_REQUEST : Sans.AS_LISTED);
    }

    private UpstreamProtocol protocol(HttpProtocolOptions message, FieldPath at) {
        return switch (message.getUpstreamProtocolOptionsCase()) {
            case EXPLICIT_HTTP_CONFIG -> {
                var explicit = message.getExplicitHttpConfig();
                FieldPath explicitAt = at.field("explicit_http_config");
                http1(explicit.getHttpProtocolOptions().getAcceptHttp10(), explicitAt);
                yield switch (explicit.getProtocolConfigCase()) {
                    case HTTP_PROTOCOL_OPTIONS -> new UpstreamProtocol.Http1();
                    case HTTP2_PROTOCOL_OPTIONS ->
                        new UpstreamProtocol.Http2(
                                http2(explicit.getHttp2ProtocolOptions(), explicitAt.field("http2_protocol_options")));
                    case HTTP3_PROTOCOL_OPTIONS, PROTOCOLCONFIG_NOT_SET -> {
                        reading.problem(
                                explicitAt,
                                "found " + explicit.getProtocolConfigCase()
                                        + ", expected http_protocol_options or http2_protocol_options");
                        yield new UpstreamProtocol.Http1();
                    }
                };
            }
            case USE_DOWNSTREAM_PROTOCOL_CONFIG -> {
                var use = message.getUseDownstreamProtocolConfig();
                FieldPath useAt = at.field("use_downstream_protocol_config");
                http1(use.getHttpProtocolOptions().getAcceptHttp10(), useAt);
                // Without options for HTTP/2 Envoy speaks HTTP/1.1 whatever the client speaks.
                yield use.hasHttp2ProtocolOptions()
                        ? new UpstreamProtocol.UseDownstream(
                                http2(use.getHttp2ProtocolOptions(), useAt.field("http2_protocol_options")))
                        : new UpstreamProtocol.Http1();
            }
            case AUTO_CONFIG -> {
                var auto = message.getAutoConfig();
                FieldPath autoAt = at.field("auto_config");
                http1(auto.getHttpProtocolOptions().getAcceptHttp10(), autoAt);
                yield new UpstreamProtocol.Auto(
                        http2(auto.getHttp2ProtocolOptions(), autoAt.field("http2_protocol_options")));
            }
            case UPSTREAMPROTOCOLOPTIONS_NOT_SET -> {
                reading.problem(
                        at,
                        "found no protocol, expected explicit_http_config, use_downstream_protocol_config or auto_config");
                yield new UpstreamProtocol.Http1();
            }
        };
    }

    private void http1(boolean acceptHttp10, FieldPath at) {
        if (acceptHttp10) {
            reading.problem(at.field("http_protocol_options").field("accept_http_10"), "has no meaning upstream");
        }
    }

    private UpstreamProtocol.Http2Options http2(Http2ProtocolOptions message, FieldPath at) {
        return new UpstreamProtocol.Http2Options(
                message.hasMaxConcurrentStreams()
                        ? values.number(
                                message.getMaxConcurrentStreams(),
                                1,
                                Integer.MAX_VALUE,
                                at.field("max_concurrent_streams"))
                        : 0,
                message.hasInitialStreamWindowSize()
                        ? values.number(
                                message.getInitialStreamWindowSize(),
                                65_535,
                                Integer.MAX_VALUE,
                                at.field("initial_stream_window_size"))
                        : 0,
                message.hasInitialConnectionWindowSize()
                        ? values.number(
                                message.getInitialConnectionWindowSize(),
                                65_535,
                                Integer.MAX_VALUE,
                                at.field("initial_connection_window_size"))
                        : 0);
    }

    /** Which server name is sent in the handshake. */
    enum ServerName {
        FIXED,
        OF_THE_REQUEST
    }

    /** Which names the peer may have. */
    enum Sans {
        AS_LISTED,
        OF_THE_REQUEST
    }

    record Options(
            UpstreamProtocol protocol,
            Optional<Duration> idleTimeout,
            int maxRequestsPerConnection,
            ServerName serverName,
            Sans sans) {
        UpstreamTls applyTo(UpstreamTls tls) {
            return new UpstreamTls(
                    tls.context(), tls.sni(), serverName == ServerName.OF_THE_REQUEST, sans == Sans.OF_THE_REQUEST);
        }
    }
}
