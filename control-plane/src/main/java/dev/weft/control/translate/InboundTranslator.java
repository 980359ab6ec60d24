package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.registry.MeshService;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.ProxyView;
import dev.weft.model.Provenance;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.http.AccessLog;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.Listener.Direction;
import dev.weft.model.listener.ListenerFilter;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.route.Forward;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.route.RouteMatch;
import dev.weft.model.route.VirtualHost;
import dev.weft.model.tls.DownstreamTls;
import dev.weft.resources.ConnectionPool;
import dev.weft.resources.PeerAuthentication;
import dev.weft.resources.PeerAuthentication.MtlsMode;
import dev.weft.resources.Protocol;
import dev.weft.resources.Sidecar;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the workload serves: a cluster per port of the application, and the filter chains before it by mutual TLS mode and
 * protocol (Istio, "PERMISSIVE filter chains per port").
 */
final class InboundTranslator {
    private static final ImmutableList<String> PLAIN_HTTP = ImmutableList.of("http/1.0", "http/1.1", "h2c");
    private static final String TLS = "tls";
    private static final String RAW = "raw_buffer";

    private final ProxyView view;
    private final ClusterTranslator clusters;
    private final ImmutableList<AccessLog> accessLogs;
    private final AuthorizationTranslator authorization;

    InboundTranslator(ProxyView view, ClusterTranslator clusters, ImmutableList<AccessLog> accessLogs) {
        this.view = view;
        this.clusters = clusters;
        this.accessLogs = accessLogs;
        this.authorization = new AuthorizationTranslator(view.inbound().authorizationPolicies(), view.mesh());
    }

    void translate(Consumer<Listener> listeners, Consumer<Cluster> sink) {
        ImmutableList.Builder<FilterChain> captured = ImmutableList.builder();
        for (Port port : ports().values()) {
            sink.accept(
                    clusters.inbound(port.number(), port.application(), port.protocol(), port.pool(), port.service()));
            if (port.bind().isPresent()) {
                listeners.accept(listener(port, port.bind().get()));
            } else {
                captured.addAll(chains(port, true));
            }
        }
        ImmutableList<FilterChain> chains = captured.build();
        if (view.proxy().interception() != ProxyFacts.Interception.NONE && !chains.isEmpty()) {
            listeners.accept(virtualInbound(chains));
        }
    }

    /** The Sidecar's ingress listeners, or else the ports of the services that the workload stands behind. */
    private ImmutableMap<Integer, Port> ports() {
        Map<Integer, Port> ports = new LinkedHashMap<>();
        ImmutableList<Sidecar.IngressListener> declared =
                view.sidecar().map(Sidecar::ingress).orElse(ImmutableList.of());
        Optional<ConnectionPool> shared = view.sidecar().flatMap(Sidecar::inboundConnectionPool);
        if (declared.isEmpty()) {
            for (ProxyView.InboundPort port : view.inbound().ports()) {
                ports.putIfAbsent(
                        port.workloadPort(),
                        new Port(
                                port.workloadPort(),
                                port.port().protocol(),
                                new SocketAddress.Inet("127.0.0.1", port.workloadPort()),
                                Optional.empty(),
                                shared.orElse(ConnectionPool.NONE),
                                Names.virtualHost(
                                        port.service().hostname(), port.port().number()),
                                Optional.of(port.service())));
            }
            return ImmutableMap.copyOf(ports);
        }
        for (Sidecar.IngressListener listener : declared) {
            int number = listener.port().number();
            ports.putIfAbsent(
                    number,
                    new Port(
                            number,
                            listener.port().protocol(),
                            application(listener),
                            bind(listener),
                            listener.connectionPool().or(() -> shared).orElse(ConnectionPool.NONE),
                            servedAs(number),
                            service(number)));
        }
        return ImmutableMap.copyOf(ports);
    }

    private String servedAs(int workloadPort) {
        return view.inbound().ports().stream()
                .filter(port -> port.workloadPort() == workloadPort)
                .map(port ->
                        Names.virtualHost(port.service().hostname(), port.port().number()))
                .findFirst()
                .orElse("inbound:" + workloadPort);
    }

    private Optional<MeshService> service(int workloadPort) {
        return view.inbound().ports().stream()
                .filter(port -> port.workloadPort() == workloadPort)
                .map(ProxyView.InboundPort::service)
                .findFirst();
    }

    private Optional<String> bind(Sidecar.IngressListener listener) {
        boolean own = listener.captureMode() == Sidecar.CaptureMode.NONE
                || view.proxy().interception() == ProxyFacts.Interception.NONE;
        return own ? Optional.of(listener.bind().orElseGet(this::address)) : Optional.empty();
    }

    private String address() {
        return view.proxy().addresses().isEmpty()
                ? "0.0.0.0"
                : view.proxy().addresses().get(0);
    }

    private SocketAddress application(Sidecar.IngressListener listener) {
        if (listener.defaultEndpoint().isEmpty()) {
            return new SocketAddress.Inet("127.0.0.1", listener.port().number());
        }
        return switch (listener.defaultEndpoint().get()) {
            case Sidecar.AppEndpoint.Inet(String address, int port) ->
                new SocketAddress.Inet(
                        address.equals("0.0.0.0") || address.equals("[::]") || address.equals("::")
                                ? address()
                                : address.replace("[", "").replace("]", ""),
                        port);
            case Sidecar.AppEndpoint.UnixSocket(String path) -> new SocketAddress.Pipe(path);
        };
    }

    private Listener listener(Port port, String bind) {
        return new Listener(
                Names.listener(bind, port.number()),
                new SocketAddress.Inet(bind, port.number()),
                true,
                false,
                Direction.INBOUND,
                inspection(port, false),
                chains(port, false),
                Optional.empty(),
                accessLogs.stream().map(InboundTranslator::onlyNotFound).collect(ImmutableList.toImmutableList()),
                Listener.DEFAULT_BUFFER_LIMIT);
    }

    private Listener virtualInbound(ImmutableList<FilterChain> chains) {
        ImmutableList<ListenerFilter> filters = ImmutableList.of(
                new ListenerFilter.OriginalDestination(),
                new ListenerFilter.TlsInspector(ImmutableList.of()),
                new ListenerFilter.HttpInspector(ImmutableList.of()));
        return new Listener(
                Names.VIRTUAL_INBOUND,
                new SocketAddress.Inet("0.0.0.0", view.mesh().ports().inbound()),
                true,
                false,
                Direction.INBOUND,
                new Listener.Inspection(filters, Optional.of(view.mesh().protocolDetectionTimeout()), true),
                chains,
                Optional.empty(),
                accessLogs.stream().map(InboundTranslator::onlyNotFound).collect(ImmutableList.toImmutableList()),
                Listener.DEFAULT_BUFFER_LIMIT);
    }

    private static AccessLog onlyNotFound(AccessLog log) {
        return new AccessLog(log.sink(), log.format(), true);
    }

    /** Only ports that need to know the first bytes look at them: a server-first protocol would wait for ever. */
    private Listener.Inspection inspection(Port port, boolean captured) {
        ImmutableList.Builder<ListenerFilter> filters = ImmutableList.builder();
        MtlsMode mode = mode(port.number());
        if (mode != MtlsMode.DISABLE) {
            filters.add(new ListenerFilter.TlsInspector(ImmutableList.of()));
        }
        if (port.protocol() == Protocol.UNKNOWN) {
            filters.add(new ListenerFilter.HttpInspector(ImmutableList.of()));
        }
        return new Listener.Inspection(filters.build(), Optional.of(view.mesh().protocolDetectionTimeout()), true);
    }

    private MtlsMode mode(int workloadPort) {
        for (PeerAuthentication policy : view.inbound().peerAuthentications()) {
            MtlsMode onPort = policy.portLevelMtls().getOrDefault(workloadPort, MtlsMode.UNSET);
            if (onPort != MtlsMode.UNSET) {
                return onPort;
            }
            if (policy.mode() != MtlsMode.UNSET) {
                return policy.mode();
            }
        }
        return MtlsMode.PERMISSIVE;
    }

    private Optional<Provenance> modeSource() {
        return view.inbound().peerAuthentications().stream().findFirst().map(policy -> Provenances.of(policy.meta()));
    }

    private ImmutableList<FilterChain> chains(Port port, boolean captured) {
        Chains chains = new Chains(port, captured);
        boolean http = port.protocol().isHttp();
        boolean sniffed = port.protocol() == Protocol.UNKNOWN;
        switch (mode(port.number())) {
            case STRICT -> {
                if (sniffed) {
                    chains.http(TLS, MeshTls.HTTP_ALPN, true).tcp(TLS, ImmutableList.of(), true);
                } else if (http) {
                    chains.http(TLS, ImmutableList.of(), true);
                } else {
                    chains.tcp(TLS, ImmutableList.of(), true);
                }
            }
            case DISABLE -> {
                if (sniffed) {
                    chains.http("", PLAIN_HTTP, false).tcp("", ImmutableList.of(), false);
                } else if (http) {
                    chains.http("", ImmutableList.of(), false);
                } else {
                    chains.tcp("", ImmutableList.of(), false);
                }
            }
            case PERMISSIVE, UNSET -> {
                if (sniffed) {
                    chains.http(TLS, MeshTls.HTTP_ALPN, true)
                            .http(RAW, PLAIN_HTTP, false)
                            .tcp(TLS, MeshTls.TCP_ALPN, true)
                            .tcp(RAW, ImmutableList.of(), false)
                            .tcp(TLS, ImmutableList.of(), false);
                } else if (http) {
                    chains.http(TLS, MeshTls.ANY_ALPN, true).http(RAW, ImmutableList.of(), false);
                } else {
                    chains.tcp(TLS, MeshTls.ANY_ALPN, true)
                            .tcp(RAW, ImmutableList.of(), false)
                            .tcp(TLS, ImmutableList.of(), false);
                }
            }
        }
        return chains.build();
    }

    private HttpConnectionManager manager(Port port) {
        String cluster = Names.inboundCluster(port.number());
        boolean retry = port.protocol() != Protocol.GRPC;
        Forward forward = new Forward(
                new Forward.SingleCluster(cluster),
                Forward.Rewrite.NONE,
                HttpRouteTranslator.NO_TIMEOUT,
                retry ? Optional.of(RetryTranslator.INBOUND) : Optional.empty(),
                503,
                ImmutableList.of());
        Route route = new Route(
                "default",
                RouteMatch.ANY,
                forward,
                HeaderMutations.NONE,
                Optional.of(port.servedAs() + "/*"),
                Optional.empty());
        RouteConfig table = RouteConfig.of(
                cluster,
                ImmutableList.of(VirtualHost.of(
                        "inbound|http|" + port.number(), ImmutableList.of("*"), ImmutableList.of(route))));
        return new HttpManagers(view, accessLogs)
                .inbound(
                        "inbound_0.0.0.0_" + port.number(),
                        new HttpConnectionManager.Inline(table),
                        authorization.http());
    }

    /**
     * A port of the workload.
     *
     * @param bind where the proxy itself listens; absent where traffic is captured
     * @param servedAs the service and port that clients call
     * @param service that clients call, for metrics
     */
    private record Port(
            int number,
            Protocol protocol,
            SocketAddress application,
            Optional<String> bind,
            ConnectionPool pool,
            String servedAs,
            Optional<MeshService> service) {}

    /** Collects the chains of one port. */
    private final class Chains {
        private final Port port;
        private final FilterChainMatch base;
        private final ImmutableList.Builder<FilterChain> chains = ImmutableList.builder();
        private int count;

        Chains(Port port, boolean captured) {
            this.port = port;
            this.base = captured ? FilterChainMatch.ANY.withDestinationPort(port.number()) : FilterChainMatch.ANY;
        }

        Chains http(String transport, ImmutableList<String> alpn, boolean mutual) {
            return add(transport, alpn, mutual, true, ImmutableList.of(new NetworkFilter.Http(manager(port))));
        }

        Chains tcp(String transport, ImmutableList<String> alpn, boolean mutual) {
            ImmutableList.Builder<NetworkFilter> filters = ImmutableList.builder();
            boolean meshProxy = view.proxy().client() == ProxyFacts.Client.MESH_PROXY;
            if (meshProxy) {
                filters.add(new NetworkFilter.MetadataExchange("istio-peer-exchange"));
            }
            filters.addAll(authorization.tcp());
            if (meshProxy) {
                filters.add(new NetworkFilter.IstioStats());
            }
            String cluster = Names.inboundCluster(port.number());
            filters.add(new NetworkFilter.TcpProxy(
                    cluster, new Forward.SingleCluster(cluster), Optional.empty(), 1, accessLogs));
            return add(transport, alpn, mutual, false, filters.build());
        }

        private Chains add(
                String transport,
                ImmutableList<String> alpn,
                boolean mutual,
                boolean http,
                ImmutableList<NetworkFilter> filters) {
            Optional<DownstreamTls> tls = mutual ? Optional.of(MeshTls.server(view.mesh(), http)) : Optional.empty();
            String name = port.number() + "_" + (mutual ? "mtls" : "plain") + (http ? "_http_" : "_tcp_") + count++;
            chains.add(new FilterChain(
                    name, base.withTransport(transport, alpn), tls, filters, Optional.empty(), modeSource()));
            return this;
        }

        ImmutableList<FilterChain> build() {
            return chains.build();
        }
    }
}
