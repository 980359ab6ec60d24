package dev.weft.xds.decode;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import dev.weft.model.http.HttpConnectionManager.Codec;
import dev.weft.model.http.HttpConnectionManager.Inline;
import dev.weft.model.http.HttpConnectionManager.Rds;
import dev.weft.model.http.HttpConnectionManager.Routes;
import dev.weft.model.http.HttpFilter;
import dev.weft.model.http.HttpOptions;
import dev.weft.xds.FieldPath;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** HTTP connection managers. */
final class HttpConnectionManagerDecoder {
    /** RFC 9113: a window begins with this many bytes, and Envoy takes no less. */
    private static final int MIN_WINDOW = 65_535;

    private final Reading reading;
    private final ValueDecoder values;

    HttpConnectionManagerDecoder(Reading reading) {
        this.reading = reading;
        this.values = new ValueDecoder(reading);
    }

    dev.weft.model.http.HttpConnectionManager decode(HttpConnectionManager message, FieldPath at) {
        Codec codec = switch (message.getCodecType()) {
            case AUTO -> Codec.AUTO;
            case HTTP1 -> Codec.HTTP1;
            case HTTP2 -> Codec.HTTP2;
            case HTTP3, UNRECOGNIZED -> {
                reading.problem(
                        at.field("codec_type"), "found " + message.getCodecType() + ", expected AUTO, HTTP1 or HTTP2");
                yield Codec.AUTO;
            }
        };
        if (message.hasRequestIdExtension()) {
            FieldPath extension = at.field("request_id_extension").field("typed_config");
            Any config = reading.resolved(message.getRequestIdExtension().getTypedConfig(), extension);
            if (!ApiTypes.UUID_REQUEST_ID.is(config)) {
                reading.problem(extension, "found " + config.getTypeUrl() + ", expected a UuidRequestIdConfig");
            }
        }
        return new dev.weft.model.http.HttpConnectionManager(
                message.getStatPrefix(),
                codec,
                routes(message, at),
                filters(message, at.field("http_filters")),
                options(message, at),
                new AccessLogDecoder(reading).decode(message.getAccessLogList(), at.field("access_log")));
    }

    private Routes routes(HttpConnectionManager message, FieldPath at) {
        return switch (message.getRouteSpecifierCase()) {
            case ROUTE_CONFIG ->
                new Inline(new RouteDecoder(reading).decode(message.getRouteConfig(), at.field("route_config")));
            case RDS -> {
                FieldPath rds = at.field("rds");
                values.ads(message.getRds().getConfigSource(), rds.field("config_source"));
                yield new Rds(values.required(message.getRds().getRouteConfigName(), rds.field("route_config_name")));
            }
            case SCOPED_ROUTES, ROUTESPECIFIER_NOT_SET -> {
                reading.problem(at, "found " + message.getRouteSpecifierCase() + ", expected rds or route_config");
                yield new Rds("");
            }
        };
    }

    private ImmutableList<HttpFilter> filters(HttpConnectionManager message, FieldPath at) {
        HttpFilterDecoder decoder = new HttpFilterDecoder(reading);
        ImmutableList.Builder<HttpFilter> filters = ImmutableList.builder();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < message.getHttpFiltersCount(); i++) {
            FieldPath filterAt = at.index(i);
            String name = message.getHttpFilters(i).getName();
            if (!names.add(name)) {
                reading.problem(filterAt.field("name"), "found \"" + name + "\" a second time");
            }
            decoder.decode(message.getHttpFilters(i), filterAt).ifPresent(filters::add);
        }
        ImmutableList<HttpFilter> chain = filters.build();
        if (chain.isEmpty() || !(chain.getLast() instanceof HttpFilter.Router)) {
            reading.problem(at, "do not end with the router");
        }
        for (int i = 0; i < chain.size() - 1; i++) {
            if (chain.get(i) instanceof HttpFilter.Router) {
                reading.problem(at.index(i), "is the router and must stand last");
            }
        }
        return chain;
    }

    private HttpOptions options(HttpConnectionManager message, FieldPath at) {
        ImmutableSet.Builder<String> upgrades = ImmutableSet.builder();
        for (int i = 0; i < message.getUpgradeConfigsCount(); i++) {
            var upgrade = message.getUpgradeConfigs(i);
            FieldPath type = at.field("upgrade_configs").index(i).field("upgrade_type");
            String name = values.required(upgrade.getUpgradeType(), type).toLowerCase(Locale.ROOT);
            if (!upgrade.hasEnabled() || upgrade.getEnabled().getValue()) {
                upgrades.add(name);
            }
        }
        return new HttpOptions(
                paths(message, at),
                serverHeader(message, at),
                forwarded(message, at),
                timeouts(message, at),
                limits(message, at),
                upgrades.build(),
                !message.hasGenerateRequestId()
                        || message.getGenerateRequestId().getValue(),
                message.getProxy100Continue(),
                message.getHttpProtocolOptions().getAcceptHttp10());
    }

    private HttpOptions.Paths paths(HttpConnectionManager message, FieldPath at) {
        HttpOptions.EscapedSlashes escaped = switch (message.getPathWithEscapedSlashesAction()) {
            case IMPLEMENTATION_SPECIFIC_DEFAULT, KEEP_UNCHANGED -> HttpOptions.EscapedSlashes.KEEP_UNCHANGED;
            case REJECT_REQUEST -> HttpOptions.EscapedSlashes.REJECT_REQUEST;
            case UNESCAPE_AND_REDIRECT -> HttpOptions.EscapedSlashes.UNESCAPE_AND_REDIRECT;
            case UNESCAPE_AND_FORWARD -> HttpOptions.EscapedSlashes.UNESCAPE_AND_FORWARD;
            case UNRECOGNIZED -> {
                reading.problem(
                        at.field("path_with_escaped_slashes_action"),
                        "found " + message.getPathWithEscapedSlashesActionValue());
                yield HttpOptions.EscapedSlashes.REJECT_REQUEST;
            }
        };
        return new HttpOptions.Paths(message.getNormalizePath().getValue(), message.getMergeSlashes(), escaped);
    }

    private HttpOptions.ServerHeader serverHeader(HttpConnectionManager message, FieldPath at) {
        HttpOptions.ServerHeader.Mode mode = switch (message.getServerHeaderTransformation()) {
            case OVERWRITE -> HttpOptions.ServerHeader.Mode.OVERWRITE;
            case APPEND_IF_ABSENT -> HttpOptions.ServerHeader.Mode.APPEND_IF_ABSENT;
            case PASS_THROUGH -> HttpOptions.ServerHeader.Mode.PASS_THROUGH;
            case UNRECOGNIZED -> {
                reading.problem(
                        at.field("server_header_transformation"),
                        "found " + message.getServerHeaderTransformationValue());
                yield HttpOptions.ServerHeader.Mode.OVERWRITE;
            }
        };
        String name = message.getServerName();
        return new HttpOptions.ServerHeader(
                mode, name.isEmpty() ? HttpOptions.DEFAULT.serverHeader().name() : name);
    }

    private HttpOptions.ForwardedHeaders forwarded(HttpConnectionManager message, FieldPath at) {
        HttpOptions.ClientCert clientCert = switch (message.getForwardClientCertDetails()) {
            case SANITIZE -> HttpOptions.ClientCert.SANITIZE;
            case FORWARD_ONLY -> HttpOptions.ClientCert.FORWARD_ONLY;
            case APPEND_FORWARD -> HttpOptions.ClientCert.APPEND_FORWARD;
            case SANITIZE_SET -> HttpOptions.ClientCert.SANITIZE_SET;
            case ALWAYS_FORWARD_ONLY -> HttpOptions.ClientCert.ALWAYS_FORWARD_ONLY;
            case UNRECOGNIZED -> {
                reading.problem(
                        at.field("forward_client_cert_details"), "found " + message.getForwardClientCertDetailsValue());
                yield HttpOptions.ClientCert.SANITIZE;
            }
        };
        var details = message.getSetCurrentClientCertDetails();
        return new HttpOptions.ForwardedHeaders(
                message.getUseRemoteAddress().getValue(),
                values.number(message.getXffNumTrustedHops(), 0, Integer.MAX_VALUE, at.field("xff_num_trusted_hops")),
                message.getSkipXffAppend(),
                clientCert,
                new HttpOptions.ClientCertDetails(
                        details.getSubject().getValue(),
                        details.getCert(),
                        details.getChain(),
                        details.getDns(),
                        details.getUri()));
    }

    private HttpOptions.HttpTimeouts timeouts(HttpConnectionManager message, FieldPath at) {
        HttpProtocolOptions common = message.getCommonHttpProtocolOptions();
        FieldPath commonAt = at.field("common_http_protocol_options");
        return new HttpOptions.HttpTimeouts(
                duration(common.hasIdleTimeout(), common.getIdleTimeout(), commonAt.field("idle_timeout")),
                duration(
                        message.hasStreamIdleTimeout(),
                        message.getStreamIdleTimeout(),
                        at.field("stream_idle_timeout")),
                duration(message.hasRequestTimeout(), message.getRequestTimeout(), at.field("request_timeout")),
                duration(
                        message.hasRequestHeadersTimeout(),
                        message.getRequestHeadersTimeout(),
                        at.field("request_headers_timeout")),
                duration(
                        common.hasMaxConnectionDuration(),
                        common.getMaxConnectionDuration(),
                        commonAt.field("max_connection_duration")),
                duration(message.hasDrainTimeout(), message.getDrainTimeout(), at.field("drain_timeout")),
                duration(
                        message.hasDelayedCloseTimeout(),
                        message.getDelayedCloseTimeout(),
                        at.field("delayed_close_timeout")));
    }

    private Optional<java.time.Duration> duration(boolean set, Duration message, FieldPath at) {
        return set ? Optional.of(values.duration(message, at)) : Optional.empty();
    }

    private HttpOptions.HttpLimits limits(HttpConnectionManager message, FieldPath at) {
        HttpProtocolOptions common = message.getCommonHttpProtocolOptions();
        FieldPath commonAt = at.field("common_http_protocol_options");
        Http2ProtocolOptions http2 = message.getHttp2ProtocolOptions();
        FieldPath http2At = at.field("http2_protocol_options");
        return new HttpOptions.HttpLimits(
                number(
                        message.hasMaxRequestHeadersKb(),
                        message.getMaxRequestHeadersKb(),
                        8192,
                        at.field("max_request_headers_kb")),
                number(
                        common.hasMaxHeadersCount(),
                        common.getMaxHeadersCount(),
                        Integer.MAX_VALUE,
                        commonAt.field("max_headers_count")),
                number(
                        common.hasMaxRequestsPerConnection(),
                        common.getMaxRequestsPerConnection(),
                        Integer.MAX_VALUE,
                        commonAt.field("max_requests_per_connection")),
                number(
                        http2.hasMaxConcurrentStreams(),
                        http2.getMaxConcurrentStreams(),
                        Integer.MAX_VALUE,
                        http2At.field("max_concurrent_streams")),
                number(
                        http2.hasInitialStreamWindowSize(),
                        http2.getInitialStreamWindowSize(),
                        MIN_WINDOW,
                        Integer.MAX_VALUE,
                        http2At.field("initial_stream_window_size")),
                number(
                        http2.hasInitialConnectionWindowSize(),
                        http2.getInitialConnectionWindowSize(),
                        MIN_WINDOW,
                        Integer.MAX_VALUE,
                        http2At.field("initial_connection_window_size")));
    }

    private OptionalInt number(boolean set, UInt32Value message, int most, FieldPath at) {
        return number(set, message, 1, most, at);
    }

    private OptionalInt number(boolean set, UInt32Value message, int least, int most, FieldPath at) {
        return set ? OptionalInt.of(values.number(message, least, most, at)) : OptionalInt.empty();
    }
}
