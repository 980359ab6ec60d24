package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.net.InetAddresses;
import dev.weft.control.registry.MeshEndpoint;
import dev.weft.control.registry.MeshService;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.ProxyView;
import dev.weft.control.registry.ServicePort;
import dev.weft.model.http.AccessLog;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.Listener.Direction;
import dev.weft.model.listener.ListenerFilter;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.match.SourceType;
import dev.weft.model.net.CidrRange;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.route.RouteConfig;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Protocol;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.Sidecar;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The listeners for what the workload calls, and the route tables that they name. */
final class OutboundTranslator {
    private static final String LOOPBACK = "127.0.0.1";
    private static final ImmutableList<String> HTTP = ImmutableList.of("http/1.0", "http/1.1", "h2c");

    private final ProxyView view;
    private final RouteTableTranslator tables;
    private final TcpRouteTranslator tcpRoutes;
    private final HttpManagers managers;
    private final ImmutableList<AccessLog> accessLogs;
    private final String any;
    private final Map<String, Listener> listeners = new TreeMap<>();
    private final Map<String, RouteConfig> routes = new HashMap<>();

    OutboundTranslator(ProxyView view, ImmutableList<AccessLog> accessLogs) {
        this.view = view;
        this.tables = new RouteTableTranslator(view);
        this.tcpRoutes = new TcpRouteTranslator(view, tables.services());
        this.managers = new HttpManagers(view, accessLogs);
        this.accessLogs = accessLogs;
        this.any = CapturedAddresses.any(view.proxy());
    }

    void translate(Consumer<Listener> listenerSink, Consumer<RouteConfig> routeSink) {
        for (ProxyView.EgressScope scope : view.outbound().scopes()) {
            Optional<Sidecar.ListenerPort> port = scope.listener().flatMap(Sidecar.EgressListener::port);
            if (port.isPresent() && binds(scope.listener().get())) {
                bound(scope, scope.listener().get(), port.get());
            } else if (view.proxy().interception() != ProxyFacts.Interception.NONE) {
                captured(scope, port);
            }
        }
        OptionalInt proxyPort = view.proxy().httpProxyPort().isPresent()
                ? view.proxy().httpProxyPort()
                : view.mesh().ports().httpProxy();
        proxyPort.ifPresent(this::forwardProxy);
        if (view.proxy().interception() != ProxyFacts.Interception.NONE) {
            virtualOutbound();
        }
        listeners.values().forEach(listenerSink);
        routes.values().forEach(routeSink);
    }

    private boolean binds(Sidecar.EgressListener listener) {
        return listener.captureMode() == Sidecar.CaptureMode.NONE
                || view.proxy().interception() == ProxyFacts.Interception.NONE;
    }

    /** A listener with a socket of its own. */
    private void bound(ProxyView.EgressScope scope, Sidecar.EgressListener declared, Sidecar.ListenerPort port) {
        String bind = declared.bind().orElse(LOOPBACK);
        boolean unix = bind.startsWith("unix:");
        SocketAddress address = unix
                ? new SocketAddress.Pipe(bind.replaceFirst("^unix:(//)?", ""))
                : new SocketAddress.Inet(bind, port.number());
        String name = unix ? bind : Names.listener(bind, port.number());
        Protocol protocol = port.protocol();
        Optional<FilterChain> http = protocol.isHttp() || protocol == Protocol.UNKNOWN
                ? Optional.of(httpChain(name, port.number(), scope))
                : Optional.empty();
        ImmutableList<FilterChain> tcp = protocol.isHttp() ? ImmutableList.of() : tcpChains(scope, port.number());
        listeners.putIfAbsent(name, listener(name, address, true, protocol, http, tcp));
    }

    private FilterChain httpChain(String name, int port, ProxyView.EgressScope scope) {
        String table = String.valueOf(port);
        routes.computeIfAbsent(table, t -> tables.port(port, scope));
        return chain(
                table,
                FilterChainMatch.ANY,
                new NetworkFilter.Http(
                        managers.outbound("outbound_" + name, new HttpConnectionManager.Rds(table), false)));
    }

    /**
     * What is captured is handed over by original destination: one listener per HTTP port, one per address of a TCP service. HTTP goes
     * first: a TCP service without addresses takes a whole port, but never one on which the mesh speaks HTTP.
     */
    private void captured(ProxyView.EgressScope scope, Optional<Sidecar.ListenerPort> only) {
        for (MeshService service : scope.services()) {
            for (ServicePort port : capturedPorts(service, only)) {
                if (port.protocol().isHttp()) {
                    capturedHttp(scope, port);
                }
            }
        }
        for (MeshService service : scope.services()) {
            for (ServicePort port : capturedPorts(service, only)) {
                if (!port.protocol().isHttp()) {
                    capturedTcp(scope, service, port);
                }
            }
        }
    }

    private static List<ServicePort> capturedPorts(MeshService service, Optional<Sidecar.ListenerPort> only) {
        return service.ports().stream()
                .filter(port -> port.protocol() != Protocol.UDP)
                .filter(port -> only.isEmpty() || only.get().number() == port.number())
                .toList();
    }

    private void capturedHttp(ProxyView.EgressScope scope, ServicePort port) {
        String name = Names.listener(any, port.number());
        listeners.computeIfAbsent(
                name,
                n -> listener(
                                n,
                                new SocketAddress.Inet(any, port.number()),
                                false,
                                port.protocol(),
                                Optional.of(httpChain(n, port.number(), scope)),
                                ImmutableList.of())
                        .withSockets(CapturedAddresses.sockets(view.proxy(), port.number(), false)));
    }

    private void capturedTcp(ProxyView.EgressScope scope, MeshService service, ServicePort port) {
        if (listensPerEndpoint(service, port)) {
            view.endpoints(service, port).stream()
                    .map(MeshEndpoint::address)
                    .filter(InetAddresses::isInetAddress)
                    .distinct()
                    .forEach(address -> capturedAddress(scope, service, port, address));
        } else if (service.addresses().isEmpty()) {
            capturedPort(scope, service, port);
        } else {
            service.addresses().forEach(address -> capturedAddress(scope, service, port, address));
        }
    }

    /** A headless service has no address but those of its pods, and clients dial these. */
    static boolean listensPerEndpoint(MeshService service, ServicePort port) {
        return service.addresses().isEmpty()
                && service.source().kind() == ResourceKind.SERVICE
                && !port.protocol().isHttp()
                && port.protocol() != Protocol.UDP;
    }

    /** A service without addresses is known by its port, and by its name where clients tell it in their TLS handshake. */
    private void capturedPort(ProxyView.EgressScope scope, MeshService service, ServicePort port) {
        String name = Names.listener(any, port.number());
        boolean named = port.protocol().isTls();
        FilterChainMatch match = named
                ? FilterChainMatch.ANY.withServerNames(ImmutableList.of(service.hostname()))
                : FilterChainMatch.ANY;
        FilterChain chain =
                chain(service.hostname(), match, tcpRoutes.filters(service, port, scope.virtualServices(), accessLogs));
        Optional<FilterChain> http =
                ServicePorts.sniffed(port) ? Optional.of(httpChain(name, port.number(), scope)) : Optional.empty();
        Listener listener = listener(
                        name,
                        new SocketAddress.Inet(any, port.number()),
                        false,
                        port.protocol(),
                        http,
                        ImmutableList.of(chain))
                .withSockets(CapturedAddresses.sockets(view.proxy(), port.number(), false));
        listeners.merge(
                name, named ? SharedListeners.withFallback(listener, others()) : listener, SharedListeners::merged);
    }

    private void capturedAddress(ProxyView.EgressScope scope, MeshService service, ServicePort port, String vip) {
        boolean range = vip.indexOf('/') >= 0;
        String host = range ? vip.indexOf(':') >= 0 ? "::" : "0.0.0.0" : vip;
        String name = Names.listener(host, port.number());
        FilterChainMatch match = range
                ? new FilterChainMatch(
                        OptionalInt.empty(),
                        ImmutableList.of(CidrRange.parse(vip)),
                        ImmutableList.of(),
                        "",
                        ImmutableList.of(),
                        ImmutableList.of(),
                        SourceType.ANY,
                        ImmutableList.of(),
                        ImmutableList.of())
                : FilterChainMatch.ANY;
        FilterChain chain =
                chain(service.hostname(), match, tcpRoutes.filters(service, port, scope.virtualServices(), accessLogs));
        Optional<FilterChain> http =
                ServicePorts.sniffed(port) ? Optional.of(httpChain(name, port.number(), scope)) : Optional.empty();
        Listener listener = listener(
                name,
                new SocketAddress.Inet(host, port.number()),
                false,
                port.protocol(),
                http,
                ImmutableList.of(chain));
        listeners.merge(
                name, range ? SharedListeners.withFallback(listener, others()) : listener, SharedListeners::merged);
    }

    /** On a port that services take for a part of its traffic only. */
    private FilterChain others() {
        return chain("fallthrough", FilterChainMatch.ANY, tcpRoutes.to(unknownDestinations(), accessLogs));
    }

    /** TLS that passes through is told apart by server name; other bytes go to the one service that the port means. */
    private ImmutableList<FilterChain> tcpChains(ProxyView.EgressScope scope, int number) {
        ImmutableList.Builder<FilterChain> chains = ImmutableList.builder();
        boolean opaque = false;
        for (MeshService service : scope.services()) {
            Optional<ServicePort> port =
                    service.port(number).filter(p -> !p.protocol().isHttp());
            if (port.isEmpty()) {
                continue;
            }
            if (port.get().protocol().isTls()) {
                FilterChainMatch sni = FilterChainMatch.ANY.withServerNames(ImmutableList.of(service.hostname()));
                chains.add(chain(
                        service.hostname(),
                        sni,
                        tcpRoutes.filters(service, port.get(), scope.virtualServices(), accessLogs)));
            } else if (!opaque) {
                opaque = true;
                chains.add(chain(
                        service.hostname(),
                        FilterChainMatch.ANY,
                        tcpRoutes.filters(service, port.get(), scope.virtualServices(), accessLogs)));
            }
        }
        return chains.build();
    }

    private Listener listener(
            String name,
            SocketAddress address,
            boolean bind,
            Protocol protocol,
            Optional<FilterChain> http,
            ImmutableList<FilterChain> tcp) {
        ImmutableList.Builder<FilterChain> chains = ImmutableList.builder();
        ImmutableList.Builder<ListenerFilter> filters = ImmutableList.builder();
        boolean looks = tcp.stream().anyMatch(c -> !c.match().serverNames().isEmpty());
        if (looks) {
            filters.add(new ListenerFilter.TlsInspector(ImmutableList.of()));
        }
        if (http.isPresent() && !tcp.isEmpty()) {
            filters.add(new ListenerFilter.HttpInspector(ImmutableList.of()));
            FilterChain plain = http.get();
            chains.add(new FilterChain(
                    plain.name(),
                    plain.match().withTransport("raw_buffer", HTTP),
                    plain.tls(),
                    plain.filters(),
                    plain.handshakeTimeout(),
                    plain.source()));
        } else {
            http.ifPresent(chains::add);
        }
        chains.addAll(tcp);
        return new Listener(
                name,
                address,
                bind,
                false,
                Direction.OUTBOUND,
                new Listener.Inspection(filters.build(), Optional.of(view.mesh().protocolDetectionTimeout()), true),
                chains.build(),
                Optional.empty(),
                ImmutableList.of(),
                Listener.DEFAULT_BUFFER_LIMIT);
    }

    private void forwardProxy(int port) {
        routes.put(
                Names.HTTP_PROXY_ROUTES,
                tables.forwardProxy(Names.HTTP_PROXY_ROUTES, view.outbound().scopes()));
        String name = Names.listener(LOOPBACK, port);
        FilterChain chain = chain(
                Names.HTTP_PROXY_ROUTES,
                FilterChainMatch.ANY,
                new NetworkFilter.Http(managers.outbound(
                        "outbound_" + name, new HttpConnectionManager.Rds(Names.HTTP_PROXY_ROUTES), true)));
        listeners.put(
                name,
                listener(
                        name,
                        new SocketAddress.Inet(LOOPBACK, port),
                        true,
                        Protocol.HTTP,
                        Optional.of(chain),
                        ImmutableList.of()));
    }

    /** Where traffic goes that is for no service. */
    private String unknownDestinations() {
        boolean allowed = view.sidecar()
                        .flatMap(Sidecar::outboundTrafficPolicy)
                        .orElse(view.mesh().outboundTrafficPolicy())
                == MeshConfig.OutboundTrafficPolicy.ALLOW_ANY;
        return allowed ? Names.PASSTHROUGH_CLUSTER : Names.BLACK_HOLE_CLUSTER;
    }

    private void virtualOutbound() {
        int port = view.mesh().ports().outbound();
        FilterChain loop = chain(
                "virtualOutbound-blackhole",
                FilterChainMatch.ANY.withDestinationPort(port),
                tcpRoutes.to(Names.BLACK_HOLE_CLUSTER, accessLogs));
        FilterChain rest = chain(
                "virtualOutbound-catchall-tcp", FilterChainMatch.ANY, tcpRoutes.to(unknownDestinations(), accessLogs));
        listeners.put(
                Names.VIRTUAL_OUTBOUND,
                new Listener(
                        Names.VIRTUAL_OUTBOUND,
                        new SocketAddress.Inet(any, port),
                        true,
                        true,
                        Direction.OUTBOUND,
                        Listener.Inspection.NONE,
                        ImmutableList.of(loop, rest),
                        Optional.empty(),
                        ImmutableList.of(),
                        Listener.DEFAULT_BUFFER_LIMIT,
                        CapturedAddresses.sockets(view.proxy(), port, false)));
    }

    private static FilterChain chain(String name, FilterChainMatch match, NetworkFilter filter) {
        return chain(name, match, ImmutableList.of(filter));
    }

    private static FilterChain chain(String name, FilterChainMatch match, ImmutableList<NetworkFilter> filters) {
        return new FilterChain(name, match, Optional.empty(), filters, Optional.empty(), Optional.empty());
    }
}
