package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.ProxyView;
import dev.weft.model.Provenance;
import dev.weft.model.http.AccessLog;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.ListenerFilter;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.route.Forward;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.route.RouteMatch;
import dev.weft.model.route.VirtualHost;
import dev.weft.model.tls.DownstreamTls;
import dev.weft.resources.PeerAuthentication;
import dev.weft.resources.PeerAuthentication.MtlsMode;
import dev.weft.resources.Protocol;
import java.util.Optional;

/** The filter chains before the application's ports, by mutual TLS mode and protocol (Istio, "PERMISSIVE filter chains per port"). */
final class InboundChains {
    private static final ImmutableList<String> PLAIN_HTTP = ImmutableList.of("http/1.0", "http/1.1", "h2c");
    private static final String TLS = "tls";
    private static final String RAW = "raw_buffer";

    private final ProxyView view;
    private final ImmutableList<AccessLog> accessLogs;
    private final AuthorizationTranslator authorization;

    /** How a port's connections are told from those of others. */
    enum Match {
        /** The listener has no other. */
        ALONE,
        BY_PORT
    }

    InboundChains(ProxyView view, ImmutableList<AccessLog> accessLogs) {
        this.view = view;
        this.accessLogs = accessLogs;
        this.authorization = new AuthorizationTranslator(view.inbound().authorizationPolicies(), view.mesh());
    }

    /** Only ports that need to know the first bytes look at them: a server-first protocol would wait for ever. */
    Listener.Inspection inspection(InboundPort port) {
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

    MtlsMode mode(int workloadPort) {
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

    /** The chains of one port, the most special first. */
    ImmutableList<FilterChain> of(InboundPort port, Match match) {
        Chains chains = new Chains(port, match);
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

    private HttpConnectionManager manager(InboundPort port) {
        String cluster = port.cluster();
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

    /** Collects the chains of one port. */
    private final class Chains {
        private final InboundPort port;
        private final FilterChainMatch base;
        private final ImmutableList.Builder<FilterChain> chains = ImmutableList.builder();
        private int count;

        Chains(InboundPort port, Match match) {
            this.port = port;
            this.base = match == Match.BY_PORT && port.number() != InboundPort.ANY
                    ? FilterChainMatch.ANY.withDestinationPort(port.number())
                    : FilterChainMatch.ANY;
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
            String cluster = port.cluster();
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
            String prefix =
                    port.number() == InboundPort.ANY ? "virtualInbound-catchall" : String.valueOf(port.number());
            String name = prefix + "_" + (mutual ? "mtls" : "plain") + (http ? "_http_" : "_tcp_") + count++;
            chains.add(new FilterChain(
                    name, base.withTransport(transport, alpn), tls, filters, Optional.empty(), modeSource()));
            return this;
        }

        ImmutableList<FilterChain> build() {
            return chains.build();
        }
    }
}
