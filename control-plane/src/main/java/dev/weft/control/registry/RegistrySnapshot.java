package dev.weft.control.registry;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.collect.Maps;
import com.google.common.collect.Sets;
import com.google.errorprone.annotations.Immutable;
import dev.weft.control.gateway.GatewayApi;
import dev.weft.control.gateway.GatewayState;
import dev.weft.control.registry.ProxyView.InboundPort;
import dev.weft.control.source.ObjectStatus;
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
import dev.weft.resources.ResourceKey;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.Secret;
import dev.weft.resources.ServiceEntry;
import dev.weft.resources.Sidecar;
import dev.weft.resources.VirtualService;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The whole mesh at one moment: services joined with their endpoints, and everything else indexed for {@link ProxyViews}.
 * Immutable; made by {@link RegistryUpdates} from what the sources say.
 */
@Immutable
@SuppressWarnings("Immutable") // all collections are immutable, but for what is remembered of pure functions
public final class RegistrySnapshot {

    public static final String DOMAIN_SUFFIX = "cluster.local";

    /** Kinds that say which workloads there are and nothing of what the mesh does with them. */
    static final ImmutableSet<ResourceKind> ENDPOINT_KINDS = Sets.immutableEnumSet(
            ResourceKind.WORKLOAD_ENTRY, ResourceKind.ENDPOINT_SLICE, ResourceKind.POD, ResourceKind.NODE);

    private final MeshConfig mesh;
    private final ImmutableList<MeshService> services;
    private final ImmutableMap<EndpointKey, ImmutableList<MeshEndpoint>> endpoints;
    private final ImmutableMap<String, ImmutableSet<String>> peerAccounts;
    private final Workloads workloads;
    private final InboundPorts inbound;
    private final ImmutableList<VirtualService> virtualServices;
    private final ImmutableListMultimap<String, Sidecar> sidecars;
    private final ImmutableListMultimap<String, AuthorizationPolicy> authorizationPolicies;
    private final PeerAuthentications peerAuthentications;
    private final DestinationRules destinationRules;
    private final ImmutableList<IstioGateway> gateways;
    private final GatewayApi gatewayApi;
    private final ImmutableMap<String, Secret> secrets;
    private final DiscoverySelectors discoverySelectors;
    private final OutboundMemo outbound;
    private final Supplier<AutoAddresses> autoAddresses;

    /** By identity: to compare two sides would be to compare the whole mesh. */
    private final Map<ProxyView.Outbound, ImmutableMap<EndpointKey, ImmutableList<MeshEndpoint>>> endpointsOfSides =
            Collections.synchronizedMap(new IdentityHashMap<>());

    private RegistrySnapshot(
            MeshConfig mesh, ImmutableCollection<? extends Resource> all, Optional<RegistrySnapshot> before) {
        this.mesh = mesh;
        this.discoverySelectors = new DiscoverySelectors(mesh, all);
        ImmutableList<Resource> resources = discoverySelectors.selected(all);
        this.peerAuthentications = new PeerAuthentications(
                mesh.rootNamespace(), ResourceOrder.oldestFirst(resources, PeerAuthentication.class));
        this.destinationRules = new DestinationRules(
                mesh.rootNamespace(),
                mesh.defaultExports().destinationRules(),
                DOMAIN_SUFFIX,
                ResourceOrder.oldestFirst(resources, DestinationRule.class));
        this.virtualServices = ResourceOrder.oldestFirst(resources, VirtualService.class);
        this.sidecars = ResourceOrder.oldestFirst(resources, Sidecar.class).stream()
                .collect(ImmutableListMultimap.toImmutableListMultimap(
                        sidecar -> sidecar.meta().namespace(), sidecar -> sidecar));
        this.authorizationPolicies = ResourceOrder.oldestFirst(resources, AuthorizationPolicy.class).stream()
                .sorted(Comparator.comparing(policy -> policy.meta().name()))
                .collect(ImmutableListMultimap.toImmutableListMultimap(
                        policy -> policy.meta().namespace(), policy -> policy));
        this.workloads = new Workloads(resources);
        ImmutableList<ServiceEntry> entries = ResourceOrder.oldestFirst(resources, ServiceEntry.class);
        ImmutableList<Services.Declared> declared = Services.declared(
                mesh, DOMAIN_SUFFIX, ResourceOrder.oldestFirst(resources, KubernetesService.class), entries);
        // Kubernetes Services come first and entries by age: the order in which one of several services of a host is
        // picked.
        this.services = declared.stream().map(Services.Declared::service).collect(ImmutableList.toImmutableList());
        Endpoints.Joined joined = Endpoints.join(declared, workloads, new Slices(resources), peerAuthentications);
        this.endpoints =
                before.map(last -> kept(last.endpoints, joined.byPort())).orElse(joined.byPort());
        this.inbound = new InboundPorts(declared, joined.byHand());
        this.peerAccounts = peerAccounts(services, endpoints, mesh.trustDomain());
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
                new GatewayApi.World(portsByHost(services), namespaceLabels(resources), DOMAIN_SUFFIX));
        OutboundMemo fresh = new OutboundMemo(
                resources.stream()
                        .filter(resource ->
                                !ENDPOINT_KINDS.contains(resource.meta().kind()))
                        .collect(ImmutableList.toImmutableList()),
                peerAccounts);
        this.outbound =
                before.map(last -> last.outbound).filter(fresh::holdsFor).orElse(fresh);
        this.autoAddresses = Suppliers.memoize(() -> AutoAddresses.of(services, entries));
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

    public static RegistrySnapshot of(ImmutableCollection<? extends Resource> resources) {
        return of(resources, Optional.empty());
    }

    /**
     * Joins the resources anew. What is as it was in the snapshot before keeps its very objects, so that readers see what has changed by
     * identity.
     */
    public static RegistrySnapshot of(
            ImmutableCollection<? extends Resource> resources, Optional<RegistrySnapshot> before) {
        MeshConfig mesh = ResourceOrder.oldestFirst(resources, MeshConfig.class).stream()
                .findFirst()
                .orElse(MeshConfig.DEFAULT);
        return new RegistrySnapshot(mesh, resources, before);
    }

    private static ImmutableMap<EndpointKey, ImmutableList<MeshEndpoint>> kept(
            Map<EndpointKey, ImmutableList<MeshEndpoint>> before,
            Map<EndpointKey, ImmutableList<MeshEndpoint>> joined) {
        ImmutableMap.Builder<EndpointKey, ImmutableList<MeshEndpoint>> kept =
                ImmutableMap.builderWithExpectedSize(joined.size());
        joined.forEach((key, endpoints) -> {
            ImmutableList<MeshEndpoint> last = before.get(key);
            kept.put(key, last != null && endpoints.equals(last) ? last : endpoints);
        });
        return kept.buildOrThrow();
    }

    private static ImmutableMap<String, ImmutableSet<String>> peerAccounts(
            List<MeshService> services, Map<EndpointKey, ImmutableList<MeshEndpoint>> endpoints, String trustDomain) {
        Map<String, ImmutableSortedSet.Builder<String>> accounts = new HashMap<>();
        for (MeshService service : services) {
            if (service.location() == MeshService.Location.MESH_EXTERNAL) {
                continue;
            }
            for (ServicePort port : service.ports()) {
                for (MeshEndpoint endpoint :
                        endpoints.getOrDefault(EndpointKey.of(service, port), ImmutableList.of())) {
                    if (!endpoint.serviceAccount().isEmpty()) {
                        accounts.computeIfAbsent(service.hostname(), host -> ImmutableSortedSet.naturalOrder())
                                .add("spiffe://" + trustDomain + "/ns/" + endpoint.namespace() + "/sa/"
                                        + endpoint.serviceAccount());
                    }
                }
            }
        }
        ImmutableMap.Builder<String, ImmutableSet<String>> built = ImmutableMap.builder();
        accounts.forEach((host, ids) -> built.put(host, ids.build()));
        return built.buildOrThrow();
    }

    public MeshConfig mesh() {
        return mesh;
    }

    /** Kubernetes Services first, then entries, the oldest first. */
    public ImmutableList<MeshService> services() {
        return services;
    }

    /** Addresses for hosts that have none; made when the first proxy that answers DNS comes. */
    AutoAddresses autoAddresses() {
        return autoAddresses.get();
    }

    public ImmutableList<MeshEndpoint> endpoints(EndpointKey key) {
        return endpoints.getOrDefault(key, ImmutableList.of());
    }

    /** Those of all services in sight, made once for callers that share their outbound side. */
    ImmutableMap<EndpointKey, ImmutableList<MeshEndpoint>> endpointsOf(ProxyView.Outbound side) {
        return endpointsOfSides.computeIfAbsent(side, missing -> {
            ImmutableMap.Builder<EndpointKey, ImmutableList<MeshEndpoint>> found = ImmutableMap.builder();
            for (MeshService service : ProxyViews.services(side.scopes())) {
                for (ServicePort port : service.ports()) {
                    EndpointKey key = EndpointKey.of(service, port);
                    found.put(key, endpoints(key));
                }
            }
            return found.buildOrThrow();
        });
    }

    public ImmutableList<Workload> workloads() {
        return workloads.all();
    }

    public ImmutableList<VirtualService> virtualServices() {
        return virtualServices;
    }

    /** Istio's Gateways, the oldest first. */
    public ImmutableList<IstioGateway> gateways() {
        return gateways;
    }

    /** What the objects of the Gateway API say together. */
    public GatewayApi gatewayApi() {
        return gatewayApi;
    }

    /** Where each Gateway of the Gateway API is reached: the Services in front of the workloads that serve it. */
    public ImmutableListMultimap<ResourceKey, ObjectStatus.Address> gatewayAddresses() {
        ImmutableListMultimap.Builder<ResourceKey, ObjectStatus.Address> addresses = ImmutableListMultimap.builder();
        for (GatewayState state : gatewayApi.gateways()) {
            GatewayScopes.frontServices(this, state.gateway())
                    .forEach(host -> addresses.put(state.gateway().key(), new ObjectStatus.Address("Hostname", host)));
        }
        return addresses.build();
    }

    public Optional<Secret> secret(String namespace, String name) {
        return Optional.ofNullable(secrets.get(namespace + "/" + name));
    }

    ImmutableSet<String> peerAccounts(String hostname) {
        return peerAccounts.getOrDefault(hostname, ImmutableSet.of());
    }

    /** Whether the mesh looks into a namespace. */
    public boolean discovers(String namespace) {
        return discoverySelectors.selects(namespace);
    }

    OutboundMemo outbound() {
        return outbound;
    }

    DestinationRules destinationRules() {
        return destinationRules;
    }

    /** The service ports behind which a workload stands. */
    public ImmutableList<InboundPort> inbound(Workload workload) {
        return inbound.of(workload);
    }

    ImmutableList<PeerAuthentication> peerAuthentications(String namespace, Map<String, String> labels) {
        return peerAuthentications.of(namespace, labels);
    }

    /** The policies of the root namespace, then those of the workload's own, each by name. */
    ImmutableList<AuthorizationPolicy> authorizationPolicies(String namespace, Map<String, String> labels) {
        ImmutableList.Builder<AuthorizationPolicy> policies = ImmutableList.builder();
        ImmutableSet.of(mesh.rootNamespace(), namespace).stream()
                .flatMap(from -> authorizationPolicies.get(from).stream())
                .filter(policy -> policy.selector()
                        .map(selector -> selector.matches(labels))
                        .orElse(true))
                .forEach(policies::add);
        return policies.build();
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

    /** The workload that a proxy stands beside. */
    Optional<Workload> workload(ClientNode node) {
        return workloads.of(node);
    }
}
