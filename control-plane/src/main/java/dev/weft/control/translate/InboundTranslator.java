package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.registry.MeshService;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.ProxyView;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.http.AccessLog;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.Listener.Direction;
import dev.weft.model.listener.ListenerFilter;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.match.PortRange;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.route.Forward;
import dev.weft.resources.ConnectionPool;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.PeerAuthentication.MtlsMode;
import dev.weft.resources.Protocol;
import dev.weft.resources.Sidecar;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What the workload serves: a cluster per port of the application, and the listeners before it; {@link InboundChains} does their chains. */
final class InboundTranslator {
    private final ProxyView view;
    private final ClusterTranslator clusters;
    private final ImmutableList<AccessLog> accessLogs;
    private final InboundChains chains;

    InboundTranslator(ProxyView view, ClusterTranslator clusters, ImmutableList<AccessLog> accessLogs) {
        this.view = view;
        this.clusters = clusters;
        this.accessLogs = accessLogs;
        this.chains = new InboundChains(view, accessLogs);
    }

    void translate(Consumer<Listener> listeners, Consumer<Cluster> sink) {
        ImmutableMap<Integer, InboundPort> ports = ports();
        ImmutableList.Builder<InboundPort> captured = ImmutableList.builder();
        for (InboundPort port : ports.values()) {
            sink.accept(
                    port.application().isPresent()
                            ? clusters.inbound(
                                    port.number(),
                                    port.application().get(),
                                    port.protocol(),
                                    port.pool(),
                                    port.service())
                            : clusters.inboundAsDialled(port.number(), port.protocol(), port.pool(), port.service()));
            if (port.bind().isPresent()) {
                listeners.accept(listener(port, port.bind().get()));
            } else {
                captured.add(port);
            }
        }
        if (isCaptured()) {
            // Sidecar or not: what is captured on a port that nobody declared still has an application behind it.
            undeclared(ports.keySet()).forEach(captured::add);
            sink.accept(clusters.inboundPassthrough());
            listeners.accept(virtualInbound(captured.build()));
        }
    }

    private boolean isCaptured() {
        return view.proxy().interception() != ProxyFacts.Interception.NONE;
    }

    /** All other ports, and those of them that a PeerAuthentication names: they may have a mode of their own. */
    private ImmutableList<InboundPort> undeclared(Set<Integer> declared) {
        TreeSet<Integer> named = new TreeSet<>();
        view.inbound()
                .peerAuthentications()
                .forEach(policy -> named.addAll(policy.portLevelMtls().keySet()));
        named.removeAll(declared);
        ImmutableList.Builder<InboundPort> ports = ImmutableList.builder();
        named.forEach(number -> ports.add(InboundPort.undeclared(number)));
        return ports.add(InboundPort.undeclared(InboundPort.ANY)).build();
    }

    /** The Sidecar's ingress listeners, or else the ports of the services that the workload stands behind. */
    private ImmutableMap<Integer, InboundPort> ports() {
        Map<Integer, InboundPort> ports = new LinkedHashMap<>();
        ImmutableList<Sidecar.IngressListener> declared =
                view.sidecar().map(Sidecar::ingress).orElse(ImmutableList.of());
        Optional<ConnectionPool> shared = view.sidecar().flatMap(Sidecar::inboundConnectionPool);
        if (declared.isEmpty()) {
            for (ProxyView.InboundPort port : view.inbound().ports()) {
                ports.putIfAbsent(
                        port.workloadPort(),
                        new InboundPort(
                                port.workloadPort(),
                                port.port().protocol(),
                                application(port.workloadPort()),
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
                    new InboundPort(
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

    /** Captured traffic goes on to the address that it was for, as if there were no proxy, unless the mesh says otherwise. */
    private Optional<SocketAddress> application(int port) {
        boolean dialled =
                isCaptured() && view.mesh().inboundTrafficPolicy() == MeshConfig.InboundTrafficPolicy.PASSTHROUGH;
        return dialled ? Optional.empty() : Optional.of(new SocketAddress.Inet(loopback(), port));
    }

    private String loopback() {
        return view.proxy().families() == ProxyFacts.Families.V6 ? "::1" : "127.0.0.1";
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

    private Optional<SocketAddress> application(Sidecar.IngressListener listener) {
        if (listener.defaultEndpoint().isEmpty()) {
            return bind(listener).isPresent()
                    ? Optional.of(
                            new SocketAddress.Inet(loopback(), listener.port().number()))
                    : application(listener.port().number());
        }
        return Optional.of(
                switch (listener.defaultEndpoint().get()) {
                    case Sidecar.AppEndpoint.Inet(String address, int port) ->
                        new SocketAddress.Inet(
                                address.equals("0.0.0.0") || address.equals("[::]") || address.equals("::")
                                        ? address()
                                        : address.replace("[", "").replace("]", ""),
                                port);
                    case Sidecar.AppEndpoint.UnixSocket(String path) -> new SocketAddress.Pipe(path);
                });
    }

    private Listener listener(InboundPort port, String bind) {
        return new Listener(
                Names.listener(bind, port.number()),
                new SocketAddress.Inet(bind, port.number()),
                true,
                false,
                Direction.INBOUND,
                chains.inspection(port),
                chains.of(port, InboundChains.Match.ALONE),
                Optional.empty(),
                accessLogs.stream().map(InboundTranslator::onlyNotFound).collect(ImmutableList.toImmutableList()),
                Listener.DEFAULT_BUFFER_LIMIT);
    }

    private Listener virtualInbound(ImmutableList<InboundPort> ports) {
        int number = view.mesh().ports().inbound();
        ImmutableList.Builder<ListenerFilter> filters = ImmutableList.builder();
        filters.add(new ListenerFilter.OriginalDestination());
        boolean transparent = CapturedAddresses.isTransparent(view.proxy());
        if (transparent) {
            filters.add(new ListenerFilter.OriginalSource(CapturedAddresses.MARK));
        }
        // Each looks only where it must: a server that speaks first would wait for its client, which waits for it.
        filters.add(new ListenerFilter.TlsInspector(
                portsWhere(ports, port -> chains.mode(port.number()) == MtlsMode.DISABLE)));
        filters.add(new ListenerFilter.HttpInspector(portsWhere(ports, port -> port.protocol() != Protocol.UNKNOWN)));
        ImmutableList.Builder<FilterChain> filterChains = ImmutableList.builder();
        filterChains.add(new FilterChain(
                "virtualInbound-blackhole",
                FilterChainMatch.ANY.withDestinationPort(number),
                Optional.empty(),
                ImmutableList.of(new NetworkFilter.TcpProxy(
                        Names.BLACK_HOLE_CLUSTER,
                        new Forward.SingleCluster(Names.BLACK_HOLE_CLUSTER),
                        Optional.empty(),
                        1,
                        accessLogs)),
                Optional.empty(),
                Optional.empty()));
        ports.stream()
                .filter(port -> !CapturedAddresses.isOwn(port.number(), view.mesh()))
                .forEach(port -> filterChains.addAll(chains.of(port, InboundChains.Match.BY_PORT)));
        return new Listener(
                Names.VIRTUAL_INBOUND,
                new SocketAddress.Inet(CapturedAddresses.any(view.proxy()), number),
                true,
                false,
                Direction.INBOUND,
                new Listener.Inspection(filters.build(), Optional.of(view.mesh().protocolDetectionTimeout()), true),
                filterChains.build(),
                Optional.empty(),
                accessLogs.stream().map(InboundTranslator::onlyNotFound).collect(ImmutableList.toImmutableList()),
                Listener.DEFAULT_BUFFER_LIMIT,
                CapturedAddresses.sockets(view.proxy(), number, transparent));
    }

    private static ImmutableList<PortRange> portsWhere(
            ImmutableList<InboundPort> ports, Predicate<InboundPort> condition) {
        return ports.stream()
                .filter(port -> port.number() != InboundPort.ANY && condition.test(port))
                .map(port -> PortRange.single(port.number()))
                .collect(ImmutableList.toImmutableList());
    }

    private static AccessLog onlyNotFound(AccessLog log) {
        return new AccessLog(log.sink(), log.format(), true);
    }
}
