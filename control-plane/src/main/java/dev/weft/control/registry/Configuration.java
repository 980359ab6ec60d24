package dev.weft.control.registry;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import com.google.errorprone.annotations.Immutable;
import dev.weft.control.gateway.GatewayApi;
import dev.weft.resources.AuthorizationPolicy;
import dev.weft.resources.DestinationRule;
import dev.weft.resources.GatewayClass;
import dev.weft.resources.GatewayRoute;
import dev.weft.resources.IstioGateway;
import dev.weft.resources.KubernetesGateway;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Namespace;
import dev.weft.resources.PeerAuthentication;
import dev.weft.resources.ReferenceGrant;
import dev.weft.resources.Resource;
import dev.weft.resources.Secret;
import dev.weft.resources.ServiceEntry;
import dev.weft.resources.Sidecar;
import dev.weft.resources.VirtualService;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that the mesh's objects say, but for which workloads there are: the part of a {@link RegistrySnapshot} that changes when somebody writes,
 * indexed. Immutable; snapshots that differ in their workloads only share one, by identity.
 */
@Immutable
@SuppressWarnings("Immutable") // all collections are immutable, but for what is remembered of pure functions
final class Configuration {

    private final MeshConfig mesh;
    private final ImmutableList<Resource> all;
    private final ImmutableList<Resource> resources;
    private final DiscoverySelectors discoverySelectors;
    private final ImmutableList<PeerAuthentication> policies;
    private final PeerAuthentications peerAuthentications;
    private final DestinationRules destinationRules;
    private final ImmutableList<VirtualService> virtualServices;
    private final ImmutableListMultimap<String, Sidecar> sidecars;
    private final ImmutableListMultimap<String, AuthorizationPolicy> authorizationPolicies;
    private final ImmutableList<Services.Declared> declared;
    private final ImmutableList<MeshService> services;
    private final ImmutableList<IstioGateway> gateways;
    private final GatewayApi gatewayApi;
    private final ImmutableMap<String, Secret> secrets;
    private final OutboundMemo outbound;
    private final Supplier<AutoAddresses> autoAddresses;

    private Configuration(MeshConfig mesh, ImmutableList<Resource> all, Optional<Configuration> before) {
        this.mesh = mesh;
        this.all = all;
        this.discoverySelectors = new DiscoverySelectors(mesh, all);
        this.resources = discoverySelectors.selected(all);
        this.policies = ResourceOrder.oldestFirst(resources, PeerAuthentication.class);
        this.peerAuthentications = before.filter(last -> last.mesh.equals(mesh) && last.policies.equals(policies))
                .map(last -> last.peerAuthentications)
                .orElseGet(() -> new PeerAuthentications(mesh.rootNamespace(), policies));
        this.destinationRules = new DestinationRules(
                mesh.rootNamespace(),
                mesh.defaultExports().destinationRules(),
                RegistrySnapshot.DOMAIN_SUFFIX,
                ResourceOrder.oldestFirst(resources, DestinationRule.class));
        this.virtualServices = ResourceOrder.oldestFirst(resources, VirtualService.class);
        this.sidecars = ResourceOrder.oldestFirst(resources, Sidecar.class).stream()
                .collect(ImmutableListMultimap.toImmutableListMultimap(
                        sidecar -> sidecar.meta().namespace(), sidecar -> sidecar));
        this.authorizationPolicies = ResourceOrder.oldestFirst(resources, AuthorizationPolicy.class).stream()
                .sorted(Comparator.comparing(policy -> policy.meta().name()))
                .collect(ImmutableListMultimap.toImmutableListMultimap(
                        policy -> policy.meta().namespace(), policy -> policy));
        ImmutableList<ServiceEntry> entries = ResourceOrder.oldestFirst(resources, ServiceEntry.class);
        this.declared = Services.declared(
                mesh,
                RegistrySnapshot.DOMAIN_SUFFIX,
                ResourceOrder.oldestFirst(resources, KubernetesService.class),
                entries,
                before.map(last -> last.declared).orElse(ImmutableList.of()));
        // Kubernetes Services come first and entries by age: the order in which one of several services of a host is
        // picked.
        this.services = declared.stream().map(Services.Declared::service).collect(ImmutableList.toImmutableList());
        this.gateways = ResourceOrder.oldestFirst(resources, IstioGateway.class);
        ImmutableList<Secret> allSecrets = ResourceOrder.oldestFirst(resources, Secret.class);
        this.secrets = Maps.uniqueIndex(
                allSecrets,
                secret -> secret.meta().namespace() + "/" + secret.meta().name());
        this.gatewayApi = GatewayApi.of(
                new GatewayApi.Objects(
                        ResourceOrder.oldestFirst(resources, GatewayClass.class),
                        ResourceOrder.oldestFirst(resources, KubernetesGateway.class),
                        ResourceOrder.oldestFirst(resources, GatewayRoute.class),
                        ResourceOrder.oldestFirst(resources, ReferenceGrant.class),
                        allSecrets),
                new GatewayApi.World(
                        portsByHost(services), namespaceLabels(resources), RegistrySnapshot.DOMAIN_SUFFIX));
        this.outbound = new OutboundMemo(before.map(last -> last.outbound));
        this.autoAddresses = Suppliers.memoize(() -> AutoAddresses.of(services, entries));
    }

    /** The very one of before where nothing in it is another. */
    static Configuration of(ImmutableCollection<? extends Resource> objects, Optional<Configuration> before) {
        ImmutableList<Resource> all = objects.stream()
                .filter(resource -> !RegistrySnapshot.ENDPOINT_KINDS.contains(
                        resource.meta().kind()))
                .collect(ImmutableList.toImmutableList());
        Optional<Configuration> same = before.filter(last -> last.all.equals(all));
        if (same.isPresent()) {
            return same.get();
        }
        MeshConfig mesh = ResourceOrder.oldestFirst(all, MeshConfig.class).stream()
                .findFirst()
                .orElse(MeshConfig.DEFAULT);
        return new Configuration(
                before.map(last -> last.mesh).filter(mesh::equals).orElse(mesh), all, before);
    }

    private static ImmutableMap<String, ImmutableMap<String, String>> namespaceLabels(
            ImmutableCollection<Resource> resources) {
        return ResourceOrder.oldestFirst(resources, Namespace.class).stream()
                .collect(ImmutableMap.toImmutableMap(
                        namespace -> namespace.meta().name(),
                        namespace -> namespace.meta().labels()));
    }

    private static ImmutableMap<String, ImmutableSet<Integer>> portsByHost(List<MeshService> services) {
        ImmutableMap.Builder<String, ImmutableSet<Integer>> ports = ImmutableMap.builder();
        services.forEach(service -> ports.put(
                service.hostname(),
                service.ports().stream().map(ServicePort::number).collect(ImmutableSet.toImmutableSet())));
        return ports.buildKeepingLast();
    }

    MeshConfig mesh() {
        return mesh;
    }

    DiscoverySelectors discoverySelectors() {
        return discoverySelectors;
    }

    PeerAuthentications peerAuthentications() {
        return peerAuthentications;
    }

    DestinationRules destinationRules() {
        return destinationRules;
    }

    ImmutableList<VirtualService> virtualServices() {
        return virtualServices;
    }

    ImmutableList<Services.Declared> declared() {
        return declared;
    }

    ImmutableList<MeshService> services() {
        return services;
    }

    ImmutableList<IstioGateway> gateways() {
        return gateways;
    }

    GatewayApi gatewayApi() {
        return gatewayApi;
    }

    Optional<Secret> secret(String namespace, String name) {
        return Optional.ofNullable(secrets.get(namespace + "/" + name));
    }

    OutboundMemo outbound() {
        return outbound;
    }

    AutoAddresses autoAddresses() {
        return autoAddresses.get();
    }

    ImmutableList<PeerAuthentication> peerAuthentications(String namespace, Map<String, String> labels) {
        return peerAuthentications.of(namespace, labels);
    }

    /** The policies of the root namespace, then those of the workload's own, each by name. */
    ImmutableList<AuthorizationPolicy> authorizationPolicies(String namespace, Map<String, String> labels) {
        ImmutableList.Builder<AuthorizationPolicy> policiesOf = ImmutableList.builder();
        ImmutableSet.of(mesh.rootNamespace(), namespace).stream()
                .flatMap(from -> authorizationPolicies.get(from).stream())
                .filter(policy -> policy.selector()
                        .map(selector -> selector.matches(labels))
                        .orElse(true))
                .forEach(policiesOf::add);
        return policiesOf.build();
    }

    /** The oldest that selects the workload, else the namespace's, else the mesh's. */
    Optional<Sidecar> sidecar(String namespace, Map<String, String> labels) {
        return sidecars.get(namespace).stream()
                .filter(sidecar -> sidecar.workloadSelector()
                        .filter(selector -> selector.matches(labels))
                        .isPresent())
                .findFirst()
                .or(() -> sidecars.get(namespace).stream()
                        .filter(sidecar -> sidecar.workloadSelector().isEmpty())
                        .findFirst())
                .or(() -> sidecars.get(mesh.rootNamespace()).stream()
                        .filter(sidecar -> sidecar.workloadSelector().isEmpty())
                        .findFirst());
    }
}
