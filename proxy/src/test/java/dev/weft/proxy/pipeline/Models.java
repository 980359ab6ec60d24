package dev.weft.proxy.pipeline;

import com.google.common.collect.ImmutableList;
import dev.weft.model.Locality;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Cluster.ClusterTelemetry;
import dev.weft.model.cluster.Cluster.ConnectionOptions;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.cluster.EndpointSet.LocalityEndpoints;
import dev.weft.model.cluster.LoadBalancing;
import dev.weft.model.cluster.Transport;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.http.HttpFilter;
import dev.weft.model.http.HttpOptions;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.ListenerFilter;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.match.PortRange;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.route.Forward;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.tls.DownstreamTls;
import dev.weft.model.tls.SanMatch;
import dev.weft.model.tls.SecretRef;
import dev.weft.model.tls.TlsContext;
import dev.weft.model.tls.TlsContext.Validation;
import dev.weft.model.tls.TlsContext.Version;
import dev.weft.model.tls.UpstreamTls;
import java.time.Duration;
import java.util.Optional;

/** Short words for the configurations that tests use. */
final class Models {
    static final ImmutableList<String> ISTIO_HTTP = ImmutableList.of("istio-http/1.0", "istio-http/1.1", "istio-h2");
    static final ImmutableList<String> ISTIO_TCP = ImmutableList.of("istio-peer-exchange", "istio");
    static final ImmutableList<String> PLAIN_HTTP = ImmutableList.of("http/1.0", "http/1.1", "h2c");

    private Models() {}

    static TlsContext context(ImmutableList<SanMatch> sans, String... alpn) {
        return new TlsContext(
                Version.AUTO,
                Version.AUTO,
                ImmutableList.of(),
                ImmutableList.copyOf(alpn),
                Optional.of(new SecretRef.Sds("default", new SecretRef.Ads())),
                Optional.of(new Validation(new SecretRef.Sds("ROOTCA", new SecretRef.Ads()), sans)));
    }

    static DownstreamTls mutual(String... alpn) {
        return new DownstreamTls(context(ImmutableList.of(), alpn), true);
    }

    static NetworkFilter http() {
        return http(HttpOptions.DEFAULT);
    }

    static NetworkFilter http(HttpOptions options, HttpFilter... filters) {
        return new NetworkFilter.Http(new HttpConnectionManager(
                "test",
                HttpConnectionManager.Codec.AUTO,
                new HttpConnectionManager.Inline(RouteConfig.of("inline", ImmutableList.of())),
                ImmutableList.copyOf(filters),
                options,
                ImmutableList.of()));
    }

    static NetworkFilter.TcpProxy tcp(String cluster) {
        return new NetworkFilter.TcpProxy(
                "test", new Forward.SingleCluster(cluster), Optional.empty(), 1, ImmutableList.of());
    }

    static FilterChain chain(String name, FilterChainMatch match, NetworkFilter... filters) {
        return new FilterChain(
                name, match, Optional.empty(), ImmutableList.copyOf(filters), Optional.empty(), Optional.empty());
    }

    static FilterChain chain(String name, FilterChainMatch match, DownstreamTls tls, NetworkFilter... filters) {
        return new FilterChain(
                name, match, Optional.of(tls), ImmutableList.copyOf(filters), Optional.empty(), Optional.empty());
    }

    static FilterChainMatch on(String transport, ImmutableList<String> protocols) {
        return FilterChainMatch.ANY.withTransport(transport, protocols);
    }

    static Listener listener(String name, Listener.Inspection inspection, FilterChain... chains) {
        return new Listener(
                name,
                new SocketAddress.Inet("127.0.0.1", 0),
                true,
                false,
                Listener.Direction.INBOUND,
                inspection,
                ImmutableList.copyOf(chains),
                Optional.empty(),
                ImmutableList.of(),
                Listener.DEFAULT_BUFFER_LIMIT);
    }

    static Listener.Inspection sniffing(PortRange... disabled) {
        ImmutableList<PortRange> ports = ImmutableList.copyOf(disabled);
        return new Listener.Inspection(
                ImmutableList.of(new ListenerFilter.TlsInspector(ports), new ListenerFilter.HttpInspector(ports)),
                Optional.of(Duration.ofSeconds(5)),
                true);
    }

    static Cluster cluster(String name, int port) {
        return cluster(name, port, Transport.PLAIN, ClusterTelemetry.NONE);
    }

    static Cluster cluster(String name, int port, Transport transport, ClusterTelemetry telemetry) {
        EndpointSet endpoints = port == 0
                ? EndpointSet.empty(name)
                : new EndpointSet(
                        name,
                        ImmutableList.of(new LocalityEndpoints(
                                Locality.UNKNOWN, 0, 0, ImmutableList.of(Endpoint.of("127.0.0.1", port)))));
        return new Cluster(
                name,
                new Discovery.Static(endpoints),
                LoadBalancing.DEFAULT,
                CircuitBreakers.DEFAULT,
                ConnectionOptions.DEFAULT,
                transport,
                telemetry,
                Optional.empty());
    }

    static Transport tls(ImmutableList<SanMatch> sans, String sni, String... alpn) {
        return new Transport(
                ImmutableList.of(), new Transport.Tls(new UpstreamTls(context(sans, alpn), sni, false, false)));
    }
}
