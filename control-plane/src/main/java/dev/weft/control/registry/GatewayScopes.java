package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.net.InetAddresses;
import dev.weft.control.gateway.GatewayState;
import dev.weft.control.gateway.ListenerState;
import dev.weft.control.gateway.ListenerState.CertificateUse;
import dev.weft.control.gateway.ResolvedRoute;
import dev.weft.control.registry.GatewayView.Origin;
import dev.weft.control.registry.GatewayView.Port;
import dev.weft.control.registry.GatewayView.Rules;
import dev.weft.control.registry.GatewayView.Server;
import dev.weft.control.registry.GatewayView.Traffic;
import dev.weft.control.registry.ProxyView.EgressScope;
import dev.weft.control.registry.ProxyView.InboundPort;
import dev.weft.resources.Destination;
import dev.weft.resources.IstioGateway;
import dev.weft.resources.IstioGateway.ServerHost;
import dev.weft.resources.KubernetesGateway;
import dev.weft.resources.Protocol;
import dev.weft.resources.ResourceMeta;
import dev.weft.resources.ServerTls;
import dev.weft.resources.ServerTls.Credential;
import dev.weft.resources.VirtualService;
import dev.weft.resources.host.HostName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one gateway opens: the Gateways that mean it, merged by port, with the rules that name them. Made for one cut of {@link
 * ProxyViews}; not shared.
 *
 * <p>The surprising rules are Istio's: of servers on one port the first decides what is spoken there, later ones that speak something
 * else are left out; a TLS server name that is taken is not given twice. Ports that the Service in front forwards to one and the same are one.
 */
final class GatewayScopes {
    private static final String GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";

    private final RegistrySnapshot snapshot;
    private final ProxyFacts proxy;
    private final ImmutableList<InboundPort> behind;
    private final EgressScopes egress;
    private final List<VirtualService> virtualServices;
    private final Map<Place, List<Server>> servers = new LinkedHashMap<>();
    private final Map<Place, Traffic> traffic = new LinkedHashMap<>();
    private final Map<Place, Set<String>> serverNames = new LinkedHashMap<>();

    /** A socket to be: where traffic arrives, whichever port clients called, and the address. */
    private record Place(int bindPort, Optional<String> bind) {}

    /** @param behind the service ports behind which the gateway's workload stands */
    GatewayScopes(RegistrySnapshot snapshot, ProxyFacts proxy, ImmutableList<InboundPort> behind, EgressScopes egress) {
        this.snapshot = snapshot;
        this.proxy = proxy;
        this.behind = behind;
        this.egress = egress;
        this.virtualServices = egress.forGateways();
        for (IstioGateway gateway : snapshot.gateways()) {
            if (gateway.selector().matches(proxy.labels())) {
                gateway.servers().forEach(server -> add(gateway, server));
            }
        }
        for (GatewayState state : snapshot.gatewayApi().gateways()) {
            if (means(state.gateway())) {
                state.listeners().stream()
                        .filter(ListenerState::accepted)
                        .forEach(listener -> add(state.gateway(), listener));
            }
        }
    }

    /** Whether the gateway runs beside others on one machine, each with a loopback address of its own that it has to bind. */
    static boolean onThisMachine(List<String> addresses) {
        return !addresses.isEmpty()
                && InetAddresses.isInetAddress(addresses.getFirst())
                && InetAddresses.forString(addresses.getFirst()).isLoopbackAddress();
    }

    /** The hosts of the Services through which a Gateway is reached: those it names, else those in front of what bears its name. */
    static ImmutableSet<String> frontServices(RegistrySnapshot snapshot, KubernetesGateway gateway) {
        ImmutableSet<String> named = serviceHosts(gateway, RegistrySnapshot.DOMAIN_SUFFIX);
        if (!gateway.addresses().isEmpty()) {
            return snapshot.services().stream()
                    .map(MeshService::hostname)
                    .filter(named::contains)
                    .collect(ImmutableSet.toImmutableSet());
        }
        return snapshot.workloads().stream()
                .filter(workload -> serves(gateway.meta(), workload.namespace(), workload.labels()))
                .flatMap(workload -> snapshot.inbound(workload).stream())
                .map(port -> port.service().hostname())
                .collect(ImmutableSet.toImmutableSet());
    }

    private static ImmutableSet<String> serviceHosts(KubernetesGateway gateway, String domainSuffix) {
        return gateway.addresses().stream()
                .filter(address -> address.type().equals("Hostname"))
                .map(address -> HostName.expand(address.value(), gateway.meta().namespace(), domainSuffix))
                .collect(ImmutableSet.toImmutableSet());
    }

    private static boolean serves(ResourceMeta gateway, String namespace, Map<String, String> labels) {
        return namespace.equals(gateway.namespace()) && gateway.name().equals(labels.get(GATEWAY_NAME));
    }

    /** The hosts that a route sends traffic to. */
    static ImmutableSet<String> backends(ResolvedRoute route) {
        return route.rules().stream()
                .flatMap(rule -> rule.backends().stream())
                .flatMap(backend -> backend.destination().stream())
                .map(Destination::host)
                .collect(ImmutableSet.toImmutableSet());
    }

    GatewayView view() {
        ImmutableList.Builder<Port> ports = ImmutableList.builder();
        servers.forEach((place, on) -> ports.add(new Port(
                place.bindPort(),
                place.bind(),
                traffic.getOrDefault(place, Traffic.OPAQUE),
                ImmutableList.copyOf(on))));
        ImmutableList<Port> built = ports.build();
        return new GatewayView(built, new GatewaySecrets(snapshot, proxy.namespace()).of(built));
    }

    EgressScope egress() {
        Set<VirtualService> rules = new LinkedHashSet<>();
        Set<String> hosts = new TreeSet<>();
        for (List<Server> on : servers.values()) {
            for (Server server : on) {
                for (Rules of : server.rules()) {
                    switch (of) {
                        case Rules.Istio istio -> rules.add(istio.service());
                        case Rules.Api api -> hosts.addAll(backends(api.route().route()));
                    }
                }
            }
        }
        return egress.named(List.copyOf(rules), hosts);
    }

    /** By the label of a pod in the Gateway's namespace, or by the name of the Service in front of it. */
    private boolean means(KubernetesGateway gateway) {
        ImmutableSet<String> hosts = serviceHosts(gateway, proxy.domainSuffix());
        return serves(gateway.meta(), proxy.namespace(), proxy.labels())
                || behind.stream()
                        .anyMatch(port -> hosts.contains(port.service().hostname()));
    }

    private void add(IstioGateway gateway, IstioGateway.Server server) {
        ImmutableList<String> hosts =
                server.hosts().stream().map(ServerHost::dnsName).distinct().collect(ImmutableList.toImmutableList());
        add(
                server.port().number(),
                server.bind(),
                new Server(
                        Origin.ISTIO,
                        gateway.meta().provenance(),
                        server.port().number(),
                        server.port().name(),
                        server.port().protocol(),
                        hosts,
                        server.tls().map(this::inOwnNamespace),
                        CertificateUse.PERMITTED,
                        rules(gateway.meta(), server)));
    }

    /** Istio's credentialName means a Secret beside the gateway's workload. */
    private ServerTls inOwnNamespace(ServerTls tls) {
        if (!(tls.credential() instanceof Credential.Named named)) {
            return tls;
        }
        return new ServerTls(
                tls.mode(),
                tls.plain(),
                new Credential.Named(Optional.of(proxy.namespace()), named.name(), named.roots()),
                tls.sans(),
                tls.versions(),
                tls.ciphers());
    }

    private ImmutableList<Rules> rules(ResourceMeta gateway, IstioGateway.Server server) {
        String reference = gateway.namespace() + "/" + gateway.name();
        ImmutableList.Builder<Rules> rules = ImmutableList.builder();
        for (VirtualService service : virtualServices) {
            String namespace = service.meta().namespace();
            boolean named = service.gateways().stream()
                    .anyMatch(name -> (name.indexOf('/') < 0 ? namespace + "/" + name : name).equals(reference));
            if (!named) {
                continue;
            }
            Set<String> common = new LinkedHashSet<>();
            for (ServerHost host : server.hosts()) {
                boolean mayServe = host.namespace().equals("*")
                        || host.namespace().equals(namespace)
                        || host.namespace().equals(".") && namespace.equals(gateway.namespace());
                if (mayServe) {
                    service.hosts().forEach(own -> common(host.dnsName(), expand(own, namespace), common));
                }
            }
            if (!common.isEmpty()) {
                rules.add(new Rules.Istio(service, ImmutableList.copyOf(common)));
            }
        }
        return rules.build();
    }

    private String expand(String host, String namespace) {
        return HostName.expand(host, namespace, proxy.domainSuffix());
    }

    private static void common(String host, String other, Set<String> common) {
        if (HostName.matches(host, other)) {
            common.add(other);
        } else if (HostName.matches(other, host)) {
            common.add(host);
        }
    }

    private void add(KubernetesGateway gateway, ListenerState state) {
        KubernetesGateway.Listener listener = state.listener();
        add(
                listener.port(),
                Optional.empty(),
                new Server(
                        Origin.GATEWAY_API,
                        gateway.meta().provenance(),
                        listener.port(),
                        listener.name(),
                        listener.protocol().equals("HTTPS") ? Protocol.HTTPS : Protocol.HTTP,
                        ImmutableList.of(listener.hostname().orElse("*")),
                        state.tls(),
                        state.certificate(),
                        state.routes().stream().map(Rules.Api::new).collect(ImmutableList.toImmutableList())));
    }

    private void add(int number, Optional<String> bind, Server server) {
        Traffic spoken =
                server.protocol().isHttp() ? Traffic.HTTP : server.protocol().isTls() ? Traffic.TLS : Traffic.OPAQUE;
        for (int bindPort : bindPorts(number)) {
            Place place = new Place(bindPort, bind);
            if (traffic.computeIfAbsent(place, first -> spoken) != spoken) {
                continue;
            }
            Server served = spoken == Traffic.TLS ? withFreeNames(place, server) : server;
            boolean opaqueTwice = spoken == Traffic.OPAQUE && servers.containsKey(place);
            if (!served.hosts().isEmpty() && !opaqueTwice) {
                servers.computeIfAbsent(place, first -> new ArrayList<>()).add(served);
            }
        }
    }

    private Server withFreeNames(Place place, Server server) {
        Set<String> taken = serverNames.computeIfAbsent(place, first -> new LinkedHashSet<>());
        ImmutableList<String> free =
                server.hosts().stream().filter(taken::add).collect(ImmutableList.toImmutableList());
        return new Server(
                server.origin(),
                server.gateway(),
                server.number(),
                server.name(),
                server.protocol(),
                free,
                server.tls(),
                server.certificate(),
                server.rules());
    }

    /** Where traffic for a port arrives; without a Service in front that has the port, at that number itself. */
    private ImmutableSet<Integer> bindPorts(int number) {
        ImmutableSet<Integer> mapped = behind.stream()
                .filter(port -> port.port().number() == number)
                .map(InboundPort::workloadPort)
                .collect(ImmutableSet.toImmutableSet());
        return mapped.isEmpty() ? ImmutableSet.of(number) : mapped;
    }
}
