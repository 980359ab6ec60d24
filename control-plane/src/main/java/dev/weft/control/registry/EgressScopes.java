package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.weft.control.gateway.MeshRoute;
import dev.weft.control.registry.ProxyView.EgressScope;
import dev.weft.resources.Destination;
import dev.weft.resources.EgressHost;
import dev.weft.resources.HttpAction;
import dev.weft.resources.HttpRoute;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.Sidecar;
import dev.weft.resources.Sidecar.CaptureMode;
import dev.weft.resources.Sidecar.EgressListener;
import dev.weft.resources.VirtualService;
import dev.weft.resources.host.Exports;
import dev.weft.resources.host.HostName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a workload may call: for each egress listener of its Sidecar the services and rules in sight. Made for one cut of {@link
 * ProxyViews}; not shared.
 */
final class EgressScopes {

    private static final EgressHost EVERYTHING = new EgressHost("*", "*", EgressHost.Mode.INCLUDE);
    private static final String ANY = "*";
    private static final String OWN = ".";

    private final RegistrySnapshot snapshot;
    private final String namespace;
    private final ImmutableList<MeshService> visible;
    private final ImmutableList<VirtualService> rules;
    private final Map<ResourceKey, VirtualService> delegates = new TreeMap<>();

    EgressScopes(RegistrySnapshot snapshot, String namespace) {
        this.snapshot = snapshot;
        this.namespace = namespace;
        this.visible = snapshot.services().stream()
                .filter(service -> service.visibleIn(namespace))
                .collect(ImmutableList.toImmutableList());
        this.rules = snapshot.virtualServices().stream()
                .filter(rule -> !rule.delegate() && rule.appliesToSidecars() && seenFrom(rule, namespace))
                // Private rules before public ones; the order of age inside is kept.
                .sorted(Comparator.comparing(this::reach))
                .collect(ImmutableList.toImmutableList());
    }

    private boolean seenFrom(VirtualService rule, String viewer) {
        return Exports.visible(exportTo(rule), rule.meta().namespace(), viewer);
    }

    private Exports.Reach reach(VirtualService rule) {
        return Exports.reach(exportTo(rule), rule.meta().namespace());
    }

    private ImmutableSet<String> exportTo(VirtualService rule) {
        return Exports.effective(
                rule.exportTo(), snapshot.mesh().defaultExports().virtualServices());
    }

    ImmutableList<EgressScope> of(Optional<Sidecar> sidecar) {
        ImmutableList<EgressListener> listeners = sidecar.map(Sidecar::egress).orElse(ImmutableList.of());
        if (listeners.isEmpty()) {
            return ImmutableList.of(scope(Optional.empty(), ImmutableList.of(EVERYTHING)));
        }
        return listeners.stream()
                .map(listener -> scope(Optional.of(listener), listener.hosts()))
                .collect(ImmutableList.toImmutableList());
    }

    /** The delegates of all rules in the scopes made so far. */
    ImmutableMap<ResourceKey, VirtualService> delegates() {
        return ImmutableMap.copyOf(delegates);
    }

    private EgressScope scope(Optional<EgressListener> listener, List<EgressHost> hosts) {
        List<MeshService> services = visible.stream()
                .filter(service -> inSight(hosts, service.namespace(), service.hostname()))
                .toList();
        services = onPort(listener, services);
        List<VirtualService> inScope = rules.stream()
                .filter(rule -> rule.hosts().stream()
                        .map(host -> HostName.expand(host, rule.meta().namespace(), RegistrySnapshot.DOMAIN_SUFFIX))
                        .anyMatch(host -> inSight(hosts, rule.meta().namespace(), host)))
                .toList();
        Map<String, MeshService> byHost = new TreeMap<>();
        pick(services).forEach(service -> byHost.put(service.hostname(), service));
        // What a rule sends traffic to must be there, though the listener does not name it.
        for (VirtualService rule : inScope) {
            destinations(rule).forEach(host -> add(host, byHost));
        }
        ImmutableListMultimap<String, MeshRoute> meshRoutes = meshRoutes(byHost.keySet());
        meshRoutes
                .values()
                .forEach(route -> GatewayScopes.backends(route.route()).forEach(host -> add(host, byHost)));
        return new EgressScope(
                listener, ImmutableList.copyOf(byHost.values()), ImmutableList.copyOf(inScope), meshRoutes);
    }

    /** Routes of the client's own namespace for a service of another come before those of the service's. */
    private ImmutableListMultimap<String, MeshRoute> meshRoutes(Iterable<String> hosts) {
        ImmutableListMultimap.Builder<String, MeshRoute> found = ImmutableListMultimap.builder();
        for (String host : hosts) {
            List<MeshRoute> all = snapshot.gatewayApi().meshRoutes(host);
            List<MeshRoute> own = all.stream()
                    .filter(route -> route.consumer() && route.namespace().equals(namespace))
                    .toList();
            found.putAll(
                    host,
                    own.isEmpty()
                            ? all.stream().filter(route -> !route.consumer()).toList()
                            : own);
        }
        return found.build();
    }

    private void add(String host, Map<String, MeshService> byHost) {
        if (!byHost.containsKey(host)) {
            pick(visible.stream()
                            .filter(service -> service.hostname().equals(host))
                            .toList())
                    .forEach(service -> byHost.put(host, service));
        }
    }

    /** What a gateway may call: what these rules and hosts name, and nothing else. */
    EgressScope named(List<VirtualService> gatewayRules, Iterable<String> hosts) {
        Map<String, MeshService> byHost = new TreeMap<>();
        gatewayRules.forEach(rule -> destinations(rule).forEach(host -> add(host, byHost)));
        hosts.forEach(host -> add(host, byHost));
        return new EgressScope(
                Optional.empty(),
                ImmutableList.copyOf(byHost.values()),
                ImmutableList.copyOf(gatewayRules),
                ImmutableListMultimap.of());
    }

    /** The VirtualServices that a gateway of this namespace sees, private ones first, then the oldest. */
    List<VirtualService> forGateways() {
        return snapshot.virtualServices().stream()
                .filter(rule -> !rule.delegate() && seenFrom(rule, namespace))
                .sorted(Comparator.comparing(this::reach))
                .toList();
    }

    private boolean inSight(List<EgressHost> hosts, String ownerNamespace, String hostname) {
        boolean included = false;
        for (EgressHost host : hosts) {
            boolean sameNamespace = host.namespace().equals(ANY)
                    || host.namespace().equals(ownerNamespace)
                    || (host.namespace().equals(OWN) && ownerNamespace.equals(namespace));
            if (sameNamespace && HostName.overlap(host.dnsName(), hostname)) {
                if (host.mode() == EgressHost.Mode.EXCLUDE) {
                    return false;
                }
                included = true;
            }
        }
        return included;
    }

    /**
     * A listener that declares a port is for services on that port. One that binds its port itself may also be a local door to a
     * service on another port, when none of its hosts has its own.
     */
    private static List<MeshService> onPort(Optional<EgressListener> listener, List<MeshService> services) {
        Optional<Sidecar.ListenerPort> port = listener.flatMap(EgressListener::port);
        if (port.isEmpty()) {
            return services;
        }
        List<MeshService> onPort = services.stream()
                .filter(service -> service.port(port.get().number()).isPresent())
                .toList();
        boolean door = onPort.isEmpty()
                && listener.filter(own -> own.captureMode() == CaptureMode.NONE).isPresent();
        return door ? services : onPort;
    }

    /** One service per host: of the own namespace, else a Kubernetes Service, else the oldest. */
    private List<MeshService> pick(List<MeshService> candidates) {
        Map<String, MeshService> picked = new LinkedHashMap<>();
        for (MeshService service : candidates) {
            MeshService rival = picked.get(service.hostname());
            boolean nearer = rival != null
                    && rival.source().kind() != ResourceKind.SERVICE
                    && !rival.namespace().equals(namespace)
                    && service.namespace().equals(namespace);
            if (rival == null || nearer) {
                picked.put(service.hostname(), service);
            }
        }
        return List.copyOf(picked.values());
    }

    private Stream<String> destinations(VirtualService rule) {
        List<String> hosts = new ArrayList<>();
        rule.tls().forEach(route -> route.route().forEach(share -> hosts.add(host(rule, share.destination()))));
        rule.tcp().forEach(route -> route.route().forEach(share -> hosts.add(host(rule, share.destination()))));
        rule.http().forEach(route -> collect(rule, rule, route, hosts));
        return hosts.stream();
    }

    private void collect(VirtualService root, VirtualService rule, HttpRoute route, List<String> hosts) {
        route.mirrors().forEach(mirror -> hosts.add(host(rule, mirror.destination())));
        switch (route.action()) {
            case HttpAction.Forward forward ->
                forward.destinations().forEach(share -> hosts.add(host(rule, share.destination())));
            case HttpAction.Delegate delegate -> delegate(root, rule, delegate, hosts);
            case HttpAction.Redirect ignored -> {}
            case HttpAction.DirectResponse ignored -> {}
        }
    }

    private void delegate(VirtualService root, VirtualService rule, HttpAction.Delegate delegate, List<String> hosts) {
        // Delegation goes one level down and no further.
        if (rule.delegate()) {
            return;
        }
        String from = delegate.namespace().orElse(root.meta().namespace());
        snapshot.virtualServices().stream()
                .filter(candidate -> candidate.delegate()
                        && candidate.meta().namespace().equals(from)
                        && candidate.meta().name().equals(delegate.name())
                        && seenFrom(candidate, root.meta().namespace()))
                .findFirst()
                .ifPresent(found -> {
                    delegates.put(found.key(), found);
                    found.http().forEach(route -> collect(root, found, route, hosts));
                });
    }

    private static String host(VirtualService rule, Destination destination) {
        return HostName.expand(destination.host(), rule.meta().namespace(), RegistrySnapshot.DOMAIN_SUFFIX);
    }
}
