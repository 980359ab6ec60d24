package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import dev.weft.control.registry.MeshEndpoint;
import dev.weft.control.registry.MeshService;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.ProxyView;
import dev.weft.control.registry.ServicePort;
import dev.weft.model.Locality;
import dev.weft.model.Provenance;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Cluster.ClusterTelemetry;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.cluster.LoadBalancing;
import dev.weft.model.cluster.Transport;
import dev.weft.model.cluster.UpstreamProtocol;
import dev.weft.model.cluster.UpstreamProtocol.Http2Options;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.tls.UpstreamTls;
import dev.weft.resources.ClientTls;
import dev.weft.resources.ConnectionPool;
import dev.weft.resources.DestinationRule;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Protocol;
import dev.weft.resources.TrafficPolicy;
import dev.weft.resources.TrafficPolicy.Blocks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;

/** The outbound clusters: one per service port, and one more per subset that a DestinationRule declares. */
final class ClusterTranslator {
    private static final Duration DNS_REFRESH = Duration.ofSeconds(60);
    private static final int BUFFER_LIMIT = 1 << 20;
    private static final ImmutableSortedMap<String, String> ISTIO_TLS = ImmutableSortedMap.of("tlsMode", "istio");

    private final ProxyView view;
    private final SharedClusters shared;

    ClusterTranslator(ProxyView view) {
        this(view, new SharedClusters());
    }

    ClusterTranslator(ProxyView view, SharedClusters shared) {
        this.view = view;
        this.shared = shared;
    }

    /** Hands over each cluster, and with each EDS cluster its endpoints. */
    void translate(BiConsumer<Cluster, Optional<EndpointSet>> sink) {
        translate(view.outbound().services(), sink);
        sink.accept(passthrough(), Optional.empty());
        sink.accept(blackHole(), Optional.empty());
    }

    /** The same for some of the view's services. */
    void translate(Iterable<MeshService> services, BiConsumer<Cluster, Optional<EndpointSet>> sink) {
        for (MeshService service : services) {
            SharedClusters.Slice slice = slice(service);
            shared.of(slice, () -> clusters(slice)).forEach(made -> sink.accept(made.cluster(), made.endpoints()));
        }
    }

    private SharedClusters.Slice slice(MeshService service) {
        return new SharedClusters.Slice(
                view.proxy().client(),
                view.mesh(),
                service,
                view.outbound().destinationRules().get(service.hostname()),
                service.ports().stream()
                        .map(port -> view.endpoints(service, port))
                        .collect(ImmutableList.toImmutableList()),
                view.endpoints().accounts(service.hostname()));
    }

    /** Reads of the view what is in the slice and nothing else: others for whom that is equal get the same. */
    private ImmutableList<SharedClusters.Made> clusters(SharedClusters.Slice slice) {
        ImmutableList.Builder<SharedClusters.Made> clusters = ImmutableList.builder();
        BiConsumer<Cluster, Optional<EndpointSet>> sink =
                (cluster, endpoints) -> clusters.add(new SharedClusters.Made(cluster, endpoints));
        TrafficPolicies policies = TrafficPolicies.merge(slice.rules());
        for (ServicePort port : slice.service().ports()) {
            if (port.protocol() == Protocol.UDP) {
                continue;
            }
            translate(
                    new Target(slice.service(), port, "", ImmutableMap.of()),
                    policies.forPort(port.number()),
                    policies,
                    sink);
            for (DestinationRule.Subset subset : policies.subsets()) {
                Target target = new Target(slice.service(), port, subset.name(), subset.labels());
                translate(target, policies.forSubset(subset, port.number()), policies, sink);
            }
        }
        return clusters.build();
    }

    private void translate(
            Target target, Blocks policy, TrafficPolicies policies, BiConsumer<Cluster, Optional<EndpointSet>> sink) {
        boolean passthrough = policy.loadBalancer()
                .filter(lb -> lb.algorithm() == TrafficPolicy.Algorithm.PASSTHROUGH)
                .isPresent();
        boolean original = passthrough || target.service().resolution() == MeshService.Resolution.ORIGINAL_DESTINATION;
        List<MeshEndpoint> endpoints = view.endpoints(target.service(), target.port());
        boolean eds = !original && target.service().resolution() == MeshService.Resolution.ENDPOINTS;
        Optional<EndpointSet> set = eds
                ? Optional.of(EndpointTranslator.translate(target.name(), target.labels(), endpoints))
                : Optional.empty();
        ConnectionPool pool = policy.connectionPool().orElse(ConnectionPool.NONE);
        sink.accept(
                new Cluster(
                        target.name(),
                        original ? new Discovery.OriginalDestination() : discovery(target, endpoints),
                        original
                                ? new LoadBalancing(new LoadBalancing.ClusterProvided(), 0, false)
                                : balancing(policy.loadBalancer()),
                        breakers(pool),
                        connection(pool, target.port().protocol()),
                        transport(target, policy, original, endpoints),
                        telemetry(target.service()),
                        policies.source()),
                set);
    }

    private Discovery discovery(Target target, List<MeshEndpoint> endpoints) {
        return switch (target.service().resolution()) {
            case ENDPOINTS -> new Discovery.Eds(target.name());
            case DNS -> new Discovery.StrictDns(dnsEndpoints(target, endpoints), DNS_REFRESH);
            case DNS_ROUND_ROBIN -> new Discovery.LogicalDns(dnsEndpoints(target, endpoints), DNS_REFRESH);
            case ORIGINAL_DESTINATION -> new Discovery.OriginalDestination();
        };
    }

    private static EndpointSet dnsEndpoints(Target target, List<MeshEndpoint> endpoints) {
        return EndpointTranslator.translate(target.name(), target.labels(), endpoints);
    }

    private static LoadBalancing balancing(Optional<TrafficPolicy.LoadBalancer> declared) {
        TrafficPolicy.Algorithm algorithm =
                declared.map(TrafficPolicy.LoadBalancer::algorithm).orElse(TrafficPolicy.Algorithm.UNSPECIFIED);
        LoadBalancing.Policy policy = switch (algorithm) {
            case UNSPECIFIED, LEAST_REQUEST -> new LoadBalancing.LeastRequest(2);
            case ROUND_ROBIN -> new LoadBalancing.RoundRobin();
            case RANDOM -> new LoadBalancing.Random();
            case PASSTHROUGH -> new LoadBalancing.ClusterProvided();
        };
        return new LoadBalancing(policy, 0, false);
    }

    private static CircuitBreakers breakers(ConnectionPool pool) {
        CircuitBreakers none = CircuitBreakers.UNLIMITED;
        return new CircuitBreakers(
                orElse(pool.tcp().maxConnections(), none.maxConnections()),
                orElse(pool.http().http1MaxPendingRequests(), none.maxPendingRequests()),
                orElse(pool.http().http2MaxRequests(), none.maxRequests()),
                orElse(pool.http().maxRetries(), none.maxRetries()));
    }

    private static long orElse(OptionalInt value, long otherwise) {
        return value.isPresent() ? value.getAsInt() : otherwise;
    }

    private Cluster.ConnectionOptions connection(ConnectionPool pool, Protocol protocol) {
        return new Cluster.ConnectionOptions(
                pool.tcp().connectTimeout().orElse(view.mesh().connectTimeout()),
                upstreamProtocol(pool.http(), protocol),
                pool.http().idleTimeout().or(() -> pool.tcp().idleTimeout()),
                pool.http().maxRequestsPerConnection().orElse(0),
                BUFFER_LIMIT,
                pool.tcp().tcpKeepalive().map(ClusterTranslator::keepalive));
    }

    private static Cluster.TcpKeepalive keepalive(ConnectionPool.TcpKeepalive keepalive) {
        return new Cluster.TcpKeepalive(
                keepalive.probes().orElse(0),
                (int) keepalive.time().map(Duration::toSeconds).orElse(0L).longValue(),
                (int) keepalive.interval().map(Duration::toSeconds).orElse(0L).longValue());
    }

    private UpstreamProtocol upstreamProtocol(ConnectionPool.Http http, Protocol protocol) {
        Http2Options options = new Http2Options(http.maxConcurrentStreams().orElse(0), 0, 0);
        if (protocol.isHttp2()) {
            return new UpstreamProtocol.Http2(options);
        }
        if (http.useClientProtocol() || protocol == Protocol.UNKNOWN) {
            return new UpstreamProtocol.UseDownstream(options);
        }
        ConnectionPool.UpgradePolicy upgrade = http.h2UpgradePolicy() == ConnectionPool.UpgradePolicy.DEFAULT
                ? view.mesh().h2UpgradePolicy()
                : http.h2UpgradePolicy();
        return protocol.isHttp() && upgrade == ConnectionPool.UpgradePolicy.UPGRADE
                ? new UpstreamProtocol.Http2(options)
                : new UpstreamProtocol.Http1();
    }

    private Transport transport(Target target, Blocks policy, boolean original, List<MeshEndpoint> endpoints) {
        if (policy.tls().isPresent()) {
            return declaredTls(target, policy.tls().get());
        }
        boolean auto = view.mesh().autoMtls() == MeshConfig.AutoMtls.ENABLED
                && target.service().location() == MeshService.Location.MESH_INTERNAL;
        if (!auto) {
            return Transport.PLAIN;
        }
        Transport.Socket mutual = new Transport.Tls(meshTls(target));
        if (original) {
            // The dialled address says nothing about its endpoint, so the service decides as a whole.
            boolean all = !endpoints.isEmpty() && endpoints.stream().allMatch(e -> e.tls() == MeshEndpoint.Tls.MUTUAL);
            return all ? new Transport(ImmutableList.of(), mutual) : Transport.PLAIN;
        }
        return new Transport(
                ImmutableList.of(new Transport.Match("tlsMode-istio", ISTIO_TLS, mutual)), new Transport.Plain());
    }

    private Transport declaredTls(Target target, ClientTls tls) {
        return switch (tls.mode()) {
            case DISABLE -> Transport.PLAIN;
            case ISTIO_MUTUAL -> new Transport(ImmutableList.of(), new Transport.Tls(meshTls(target)));
            case SIMPLE, MUTUAL ->
                new Transport(
                        ImmutableList.of(),
                        new Transport.Tls(OriginatedTls.translate(
                                tls, target.service(), target.port().protocol())));
        };
    }

    private UpstreamTls meshTls(Target target) {
        MeshService service = target.service();
        ImmutableSet<String> peers = ImmutableSet.<String>builder()
                .addAll(view.endpoints().accounts(service.hostname()))
                .addAll(service.subjectAltNames())
                .build();
        return MeshTls.client(
                view.proxy().client(),
                target.port().protocol(),
                peers,
                Names.sni(target.port().number(), target.subset(), service.hostname()));
    }

    private ClusterTelemetry telemetry(MeshService service) {
        boolean exchange = view.proxy().client() == ProxyFacts.Client.MESH_PROXY
                && service.location() == MeshService.Location.MESH_INTERNAL;
        return new ClusterTelemetry(
                ImmutableList.of(new Cluster.ServiceRef(service.hostname(), service.name(), service.namespace())),
                exchange,
                "");
    }

    private Cluster passthrough() {
        return passthrough(Names.PASSTHROUGH_CLUSTER, ImmutableList.of());
    }

    /** To the application, on whatever port was dialled. */
    Cluster inboundPassthrough() {
        return passthrough(Names.INBOUND_PASSTHROUGH_CLUSTER, inboundSources());
    }

    /** Under TPROXY the application sees the client's own address, by a filter of the listener. */
    private ImmutableList<String> inboundSources() {
        return CapturedAddresses.isTransparent(view.proxy()) ? ImmutableList.of() : CapturedAddresses.INBOUND_SOURCES;
    }

    private Cluster passthrough(String name, ImmutableList<String> sources) {
        return new Cluster(
                name,
                new Discovery.OriginalDestination(),
                new LoadBalancing(new LoadBalancing.ClusterProvided(), 0, false),
                CircuitBreakers.UNLIMITED,
                new Cluster.ConnectionOptions(
                        view.mesh().connectTimeout(),
                        new UpstreamProtocol.UseDownstream(Http2Options.DEFAULT),
                        Optional.empty(),
                        0,
                        BUFFER_LIMIT,
                        Optional.empty(),
                        sources),
                Transport.PLAIN,
                ClusterTelemetry.NONE,
                Optional.empty());
    }

    private Cluster blackHole() {
        return local(
                EndpointSet.empty(Names.BLACK_HOLE_CLUSTER), Protocol.TCP, ConnectionPool.NONE, ClusterTelemetry.NONE);
    }

    /** The cluster of the application behind one of the workload's own ports. */
    Cluster inbound(
            int port,
            SocketAddress application,
            Protocol protocol,
            ConnectionPool pool,
            Optional<MeshService> service) {
        String name = Names.inboundCluster(port);
        EndpointSet set = new EndpointSet(
                name,
                ImmutableList.of(new EndpointSet.LocalityEndpoints(
                        Locality.UNKNOWN,
                        0,
                        0,
                        ImmutableList.of(new Endpoint(
                                application,
                                "",
                                Endpoint.Health.UNKNOWN,
                                1,
                                ImmutableSortedMap.of(),
                                Endpoint.Workload.UNKNOWN)))));
        ClusterTelemetry telemetry = service.map(this::telemetry)
                .map(t -> new ClusterTelemetry(t.services(), false, ""))
                .orElse(ClusterTelemetry.NONE);
        Cluster cluster = local(set, protocol, pool, telemetry);
        boolean loopback = !(application instanceof SocketAddress.Inet inet)
                || inet.host().equals("127.0.0.1")
                || inet.host().equals("::1");
        // What the proxy sends to its own pod's address is captured again, unless it comes from here.
        return loopback || view.proxy().interception() == ProxyFacts.Interception.NONE
                ? cluster
                : withSources(cluster, CapturedAddresses.INBOUND_SOURCES);
    }

    /** The cluster of the application behind a captured port: at the address that the client dialled. */
    Cluster inboundAsDialled(int port, Protocol protocol, ConnectionPool pool, Optional<MeshService> service) {
        Cluster cluster = inbound(port, new SocketAddress.Inet("127.0.0.1", port), protocol, pool, service);
        return new Cluster(
                cluster.name(),
                new Discovery.OriginalDestination(),
                new LoadBalancing(new LoadBalancing.ClusterProvided(), 0, false),
                cluster.breakers(),
                cluster.connection().withSourceAddresses(inboundSources()),
                cluster.transport(),
                cluster.telemetry(),
                cluster.source());
    }

    private static Cluster withSources(Cluster cluster, ImmutableList<String> sources) {
        return new Cluster(
                cluster.name(),
                cluster.discovery(),
                cluster.balancing(),
                cluster.breakers(),
                cluster.connection().withSourceAddresses(sources),
                cluster.transport(),
                cluster.telemetry(),
                cluster.source());
    }

    private Cluster local(EndpointSet set, Protocol protocol, ConnectionPool pool, ClusterTelemetry telemetry) {
        return new Cluster(
                set.name(),
                new Discovery.Static(set),
                new LoadBalancing(new LoadBalancing.RoundRobin(), 0, false),
                breakers(pool),
                connection(pool, protocol),
                Transport.PLAIN,
                telemetry,
                Optional.<Provenance>empty());
    }

    /** One cluster to make. */
    private record Target(MeshService service, ServicePort port, String subset, ImmutableMap<String, String> labels) {
        String name() {
            return Names.outboundCluster(port.number(), subset, service.hostname());
        }
    }
}
