package dev.weft.xds.encode;

import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.http.HttpOptions;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.CodecType;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertDetails;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ServerHeaderTransformation;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.SetCurrentClientCertDetails;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;

/** HTTP connection managers: routes, filters and options. What has Envoy's default is left out. */
final class HttpConnectionManagerEncoder {
    private HttpConnectionManagerEncoder() {}

    static io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager encode(
            HttpConnectionManager manager) {
        var message = io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                .newBuilder()
                .setStatPrefix(manager.statPrefix())
                .setCodecType(
                        switch (manager.codec()) {
                            case AUTO -> CodecType.AUTO;
                            case HTTP1 -> CodecType.HTTP1;
                            case HTTP2 -> CodecType.HTTP2;
                        });
        switch (manager.routes()) {
            case HttpConnectionManager.Inline inline -> message.setRouteConfig(RouteEncoder.encode(inline.table()));
            case HttpConnectionManager.Rds rds ->
                message.setRds(
                        Rds.newBuilder().setConfigSource(WireValues.ads()).setRouteConfigName(rds.name()));
        }
        manager.filters().forEach(filter -> message.addHttpFilters(HttpFilterEncoder.encode(filter)));
        manager.accessLogs().forEach(log -> message.addAccessLog(AccessLogEncoder.encode(log)));
        options(message, manager.options());
        return message.build();
    }

    private static void options(
            io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Builder
                    message,
            HttpOptions options) {
        HttpOptions.Paths paths = options.paths();
        if (paths.normalize()) {
            message.setNormalizePath(WireValues.bool(true));
        }
        message.setMergeSlashes(paths.mergeSlashes())
                .setPathWithEscapedSlashesAction(
                        switch (paths.escapedSlashes()) {
                            case KEEP_UNCHANGED -> PathWithEscapedSlashesAction.KEEP_UNCHANGED;
                            case REJECT_REQUEST -> PathWithEscapedSlashesAction.REJECT_REQUEST;
                            case UNESCAPE_AND_REDIRECT -> PathWithEscapedSlashesAction.UNESCAPE_AND_REDIRECT;
                            case UNESCAPE_AND_FORWARD -> PathWithEscapedSlashesAction.UNESCAPE_AND_FORWARD;
                        })
                .setServerHeaderTransformation(
                        switch (options.serverHeader().mode()) {
                            case OVERWRITE -> ServerHeaderTransformation.OVERWRITE;
                            case APPEND_IF_ABSENT -> ServerHeaderTransformation.APPEND_IF_ABSENT;
                            case PASS_THROUGH -> ServerHeaderTransformation.PASS_THROUGH;
                        })
                .setProxy100Continue(options.proxy100Continue());
        String defaultServer = HttpOptions.DEFAULT.serverHeader().name();
        if (!options.serverHeader().name().equals(defaultServer)) {
            message.setServerName(options.serverHeader().name());
        }
        if (!options.generateRequestId()) {
            message.setGenerateRequestId(WireValues.bool(false));
        }
        options.upgrades().stream()
                .sorted()
                .forEach(type ->
                        message.addUpgradeConfigs(UpgradeConfig.newBuilder().setUpgradeType(type)));
        forwarded(message, options.forwarded());
        timeouts(message, options.timeouts());
        protocols(message, options);
    }

    private static void forwarded(
            io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Builder
                    message,
            HttpOptions.ForwardedHeaders forwarded) {
        if (forwarded.useRemoteAddress()) {
            message.setUseRemoteAddress(WireValues.bool(true));
        }
        message.setXffNumTrustedHops(forwarded.xffTrustedHops())
                .setSkipXffAppend(forwarded.skipXffAppend())
                .setForwardClientCertDetails(
                        switch (forwarded.clientCert()) {
                            case SANITIZE -> ForwardClientCertDetails.SANITIZE;
                            case FORWARD_ONLY -> ForwardClientCertDetails.FORWARD_ONLY;
                            case APPEND_FORWARD -> ForwardClientCertDetails.APPEND_FORWARD;
                            case SANITIZE_SET -> ForwardClientCertDetails.SANITIZE_SET;
                            case ALWAYS_FORWARD_ONLY -> ForwardClientCertDetails.ALWAYS_FORWARD_ONLY;
                        });
        HttpOptions.ClientCertDetails details = forwarded.details();
        if (!details.equals(HttpOptions.ClientCertDetails.NONE)) {
            SetCurrentClientCertDetails.Builder set = SetCurrentClientCertDetails.newBuilder()
                    .setCert(details.cert())
                    .setChain(details.chain())
                    .setDns(details.dns())
                    .setUri(details.uri());
            if (details.subject()) {
                set.setSubject(WireValues.bool(true));
            }
            message.setSetCurrentClientCertDetails(set);
        }
    }

    private static void timeouts(
            io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Builder
                    message,
            HttpOptions.HttpTimeouts timeouts) {
        timeouts.streamIdle().ifPresent(t -> message.setStreamIdleTimeout(WireValues.duration(t)));
        timeouts.request().ifPresent(t -> message.setRequestTimeout(WireValues.duration(t)));
        timeouts.requestHeaders().ifPresent(t -> message.setRequestHeadersTimeout(WireValues.duration(t)));
        timeouts.drain().ifPresent(t -> message.setDrainTimeout(WireValues.duration(t)));
        timeouts.delayedClose().ifPresent(t -> message.setDelayedCloseTimeout(WireValues.duration(t)));
    }

    private static void protocols(
            io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Builder
                    message,
            HttpOptions options) {
        HttpOptions.HttpLimits limits = options.limits();
        HttpProtocolOptions.Builder common = HttpProtocolOptions.newBuilder();
        options.timeouts().connectionIdle().ifPresent(t -> common.setIdleTimeout(WireValues.duration(t)));
        options.timeouts()
                .maxConnectionDuration()
                .ifPresent(t -> common.setMaxConnectionDuration(WireValues.duration(t)));
        limits.maxHeaders().ifPresent(n -> common.setMaxHeadersCount(WireValues.uint32(n)));
        limits.maxRequestsPerConnection().ifPresent(n -> common.setMaxRequestsPerConnection(WireValues.uint32(n)));
        HttpProtocolOptions commonOptions = common.build();
        if (!commonOptions.equals(HttpProtocolOptions.getDefaultInstance())) {
            message.setCommonHttpProtocolOptions(commonOptions);
        }
        limits.maxRequestHeadersKb().ifPresent(n -> message.setMaxRequestHeadersKb(WireValues.uint32(n)));
        Http2ProtocolOptions.Builder http2 = Http2ProtocolOptions.newBuilder();
        limits.maxConcurrentStreams().ifPresent(n -> http2.setMaxConcurrentStreams(WireValues.uint32(n)));
        limits.initialStreamWindow().ifPresent(n -> http2.setInitialStreamWindowSize(WireValues.uint32(n)));
        limits.initialConnectionWindow().ifPresent(n -> http2.setInitialConnectionWindowSize(WireValues.uint32(n)));
        Http2ProtocolOptions http2Options = http2.build();
        if (!http2Options.equals(Http2ProtocolOptions.getDefaultInstance())) {
            message.setHttp2ProtocolOptions(http2Options);
        }
        if (options.acceptHttp10()) {
            message.setHttpProtocolOptions(Http1ProtocolOptions.newBuilder().setAcceptHttp10(true));
        }
    }
}
