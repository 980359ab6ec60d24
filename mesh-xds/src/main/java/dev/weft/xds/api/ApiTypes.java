package dev.weft.xds.api;

/** Every message that may stand in an Any, by name and parser. */
public final class ApiTypes {
    public static final ApiType<io.envoyproxy.envoy.config.listener.v3.Listener> LISTENER = new ApiType<>(
            "envoy.config.listener.v3.Listener", io.envoyproxy.envoy.config.listener.v3.Listener.parser());
    public static final ApiType<io.envoyproxy.envoy.config.route.v3.RouteConfiguration> ROUTE_CONFIGURATION =
            new ApiType<>(
                    "envoy.config.route.v3.RouteConfiguration",
                    io.envoyproxy.envoy.config.route.v3.RouteConfiguration.parser());
    public static final ApiType<io.envoyproxy.envoy.config.cluster.v3.Cluster> CLUSTER =
            new ApiType<>("envoy.config.cluster.v3.Cluster", io.envoyproxy.envoy.config.cluster.v3.Cluster.parser());
    public static final ApiType<io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment> CLUSTER_LOAD_ASSIGNMENT =
            new ApiType<>(
                    "envoy.config.endpoint.v3.ClusterLoadAssignment",
                    io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret> SECRET = new ApiType<>(
            "envoy.extensions.transport_sockets.tls.v3.Secret",
            io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret.parser());
    public static final ApiType<io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap> BOOTSTRAP = new ApiType<>(
            "envoy.config.bootstrap.v3.Bootstrap", io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap.parser());

    public static final ApiType<
                    io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager>
            HTTP_CONNECTION_MANAGER = new ApiType<>(
                    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                    io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            .parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy> TCP_PROXY =
            new ApiType<>(
                    "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
                    io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC> NETWORK_RBAC =
            new ApiType<>(
                    "envoy.extensions.filters.network.rbac.v3.RBAC",
                    io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.parser());
    public static final ApiType<dev.weft.api.istio.peer.MetadataExchange> METADATA_EXCHANGE = new ApiType<>(
            "envoy.tcp.metadataexchange.config.MetadataExchange", dev.weft.api.istio.peer.MetadataExchange.parser());
    public static final ApiType<dev.weft.api.istio.stats.PluginConfig> STATS =
            new ApiType<>("stats.PluginConfig", dev.weft.api.istio.stats.PluginConfig.parser());

    public static final ApiType<io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst>
            ORIGINAL_DST = new ApiType<>(
                    "envoy.extensions.filters.listener.original_dst.v3.OriginalDst",
                    io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.filters.listener.original_src.v3.OriginalSrc>
            ORIGINAL_SRC = new ApiType<>(
                    "envoy.extensions.filters.listener.original_src.v3.OriginalSrc",
                    io.envoyproxy.envoy.extensions.filters.listener.original_src.v3.OriginalSrc.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector>
            TLS_INSPECTOR = new ApiType<>(
                    "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector",
                    io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector>
            HTTP_INSPECTOR = new ApiType<>(
                    "envoy.extensions.filters.listener.http_inspector.v3.HttpInspector",
                    io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector.parser());

    public static final ApiType<io.envoyproxy.envoy.extensions.filters.http.router.v3.Router> ROUTER = new ApiType<>(
            "envoy.extensions.filters.http.router.v3.Router",
            io.envoyproxy.envoy.extensions.filters.http.router.v3.Router.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC> HTTP_RBAC = new ApiType<>(
            "envoy.extensions.filters.http.rbac.v3.RBAC",
            io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault> FAULT = new ApiType<>(
            "envoy.extensions.filters.http.fault.v3.HTTPFault",
            io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors> CORS = new ApiType<>(
            "envoy.extensions.filters.http.cors.v3.Cors",
            io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.FilterConfig> GRPC_STATS =
            new ApiType<>(
                    "envoy.extensions.filters.http.grpc_stats.v3.FilterConfig",
                    io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.FilterConfig.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec>
            UPSTREAM_CODEC = new ApiType<>(
                    "envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec",
                    io.envoyproxy.envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec.parser());
    public static final ApiType<dev.weft.api.istio.alpn.FilterConfig> ALPN = new ApiType<>(
            "istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig", dev.weft.api.istio.alpn.FilterConfig.parser());
    public static final ApiType<dev.weft.api.istio.peer.Config> PEER_METADATA =
            new ApiType<>("io.istio.http.peer_metadata.Config", dev.weft.api.istio.peer.Config.parser());

    public static final ApiType<io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext>
            DOWNSTREAM_TLS = new ApiType<>(
                    "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
                    io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext>
            UPSTREAM_TLS = new ApiType<>(
                    "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
                    io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer> RAW_BUFFER =
            new ApiType<>(
                    "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer",
                    io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer.parser());

    public static final ApiType<io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions>
            HTTP_PROTOCOL_OPTIONS = new ApiType<>(
                    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                    io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin>
            ROUND_ROBIN = new ApiType<>(
                    "envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin",
                    io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest>
            LEAST_REQUEST = new ApiType<>(
                    "envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest",
                    io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.Random> RANDOM =
            new ApiType<>(
                    "envoy.extensions.load_balancing_policies.random.v3.Random",
                    io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.Random.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate>
            PREVIOUS_HOSTS = new ApiType<>(
                    "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
                    io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig> UUID_REQUEST_ID =
            new ApiType<>(
                    "envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig",
                    io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig.parser());

    public static final ApiType<io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog> FILE_ACCESS_LOG =
            new ApiType<>(
                    "envoy.extensions.access_loggers.file.v3.FileAccessLog",
                    io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog>
            STDOUT_ACCESS_LOG = new ApiType<>(
                    "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
                    io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog.parser());
    public static final ApiType<io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog>
            STDERR_ACCESS_LOG = new ApiType<>(
                    "envoy.extensions.access_loggers.stream.v3.StderrAccessLog",
                    io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog.parser());

    public static final ApiType<com.github.xds.type.v3.TypedStruct> TYPED_STRUCT =
            new ApiType<>("xds.type.v3.TypedStruct", com.github.xds.type.v3.TypedStruct.parser());
    public static final ApiType<com.github.udpa.udpa.type.v1.TypedStruct> UDPA_TYPED_STRUCT =
            new ApiType<>("udpa.type.v1.TypedStruct", com.github.udpa.udpa.type.v1.TypedStruct.parser());
    public static final ApiType<dev.weft.api.agent.v1.Agent> AGENT =
            new ApiType<>("dev.weft.api.agent.v1.Agent", dev.weft.api.agent.v1.Agent.parser());

    private ApiTypes() {}
}
