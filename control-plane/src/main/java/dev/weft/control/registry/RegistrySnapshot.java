package dev.weft.control.registry;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import com.google.errorprone.annotations.Immutable;
import dev.weft.control.gateway.GatewayApi;
import dev.weft.control.gateway.GatewayState;
import dev.weft.control.registry.ProxyView.InboundPort;
import dev.weft.control.source.ObjectStatus;
import dev.weft.resources.IstioGateway;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.Secret;
import dev.weft.resources.VirtualService;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The whole mesh at one moment: services joined with their endpoints, and everything else indexed for {@link ProxyViews}.
 * Immutable; made by {@link RegistryUpdates} from what the sources say.
 */
@Immutable
@SuppressWarnings("Immutable") // all collections are immutable, but for what is remembered of pure functions
public final class RegistrySnapshot {

    public static final String DOMAIN_SUFFIX = "cluster.local";

    /** Istio's name of the one cluster where nobody named any. */
    public static final String CLUSTER = "Kubernetes";

    /** Kinds that say which workloads there are and nothing of what the mesh does with them. */
    static final ImmutableSet<ResourceKind> ENDPOINT_KINDS = Sets.immutableEnumSet(
            ResourceKind.WORKLOAD_ENTRY, ResourceKind.ENDPOINT_SLICE, ResourceKind.POD, ResourceKind.NODE);

    private final Configuration configuration;
    private final ImmutableList<Resource> workloadObjects;
    private final Workloads workloads;
    private final EndpointJoin join;
    private final InboundPorts inbound;

    /** By the ports in sight. */
    private final Map<ImmutableSet<EndpointKey>, EndpointTable> tables = new ConcurrentHashMap<>();

    /** Those of the snapshot before, and in which hosts the mesh differs from it. */
    private final Map<ImmutableSet<EndpointKey>, EndpointTable> lastTables;

    private final ImmutableSet<String> changedHosts;

    private RegistrySnapshot(
            ImmutableCollection<? extends Resource> objects, String cluster, Optional<RegistrySnapshot> before) {
        this.configuration = Configuration.of(objects, before.map(last -> last.configuration));
        ImmutableList<Resource> platform = configuration
                .discoverySelectors()
                .selected(objects.stream()
                        .filter(resource ->
                                ENDPOINT_KINDS.contains(resource.meta().kind()))
                        .collect(ImmutableList.toImmutableList()));
        this.workloadObjects = platform.stream()
                .filter(resource -> resource.meta().kind() != ResourceKind.ENDPOINT_SLICE)
                .collect(ImmutableList.toImmutableList());
        this.workloads = before.filter(last -> last.workloadObjects.equals(workloadObjects))
                .map(last -> last.workloads)
                .orElseGet(() -> new Workloads(workloadObjects, before.map(last -> last.workloads)));
        this.join = EndpointJoin.of(
                configuration,
                new EndpointJoin.Sources(workloads, new Slices(platform), cluster),
                before.map(last -> last.join));
        this.inbound = before.filter(last -> last.configuration == configuration
                        && last.join.byHand().equals(join.byHand()))
                .map(last -> last.inbound)
                .orElseGet(() -> new InboundPorts(configuration.declared(), join.byHand()));
        Optional<ImmutableSet<String>> changed =
                before.flatMap(last -> join.table().changedSince(last.join.table()));
        this.lastTables = changed.isPresent()
                ? before.map(last -> Map.copyOf(last.tables)).orElse(Map.of())
                : Map.of();
        this.changedHosts = changed.orElse(ImmutableSet.of());
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
        return of(resources, CLUSTER, before);
    }

    /** @param cluster that the workloads are of */
    static RegistrySnapshot of(
            ImmutableCollection<? extends Resource> resources, String cluster, Optional<RegistrySnapshot> before) {
        return new RegistrySnapshot(resources, cluster, before);
    }

    public MeshConfig mesh() {
        return configuration.mesh();
    }

    /** Kubernetes Services first, then entries, the oldest first. */
    public ImmutableList<MeshService> services() {
        return configuration.services();
    }

    Configuration configuration() {
        return configuration;
    }

    public ImmutableList<MeshEndpoint> endpoints(EndpointKey key) {
        return join.table().endpoints(key);
    }

    /** Those of some ports, made once for all callers that see just these. */
    EndpointTable endpointsOf(ImmutableSet<EndpointKey> ports) {
        return tables.computeIfAbsent(ports, missing -> {
            EndpointTable last = lastTables.get(missing);
            return last == null ? join.table().only(missing) : last.followedBy(join.table(), changedHosts);
        });
    }

    /** How many services were joined with their endpoints for this snapshot; all others are as they were in the one before. */
    int joined() {
        return join.joined();
    }

    public ImmutableList<Workload> workloads() {
        return workloads.all();
    }

    public ImmutableList<VirtualService> virtualServices() {
        return configuration.virtualServices();
    }

    /** Istio's Gateways, the oldest first. */
    public ImmutableList<IstioGateway> gateways() {
        return configuration.gateways();
    }

    /** What the objects of the Gateway API say together. */
    public GatewayApi gatewayApi() {
        return configuration.gatewayApi();
    }

    /** Where each Gateway of the Gateway API is reached: the Services in front of the workloads that serve it. */
    public ImmutableListMultimap<ResourceKey, ObjectStatus.Address> gatewayAddresses() {
        ImmutableListMultimap.Builder<ResourceKey, ObjectStatus.Address> addresses = ImmutableListMultimap.builder();
        for (GatewayState state : gatewayApi().gateways()) {
            GatewayScopes.frontServices(this, state.gateway())
                    .forEach(host -> addresses.put(state.gateway().key(), new ObjectStatus.Address("Hostname", host)));
        }
        return addresses.build();
    }

    public Optional<Secret> secret(String namespace, String name) {
        return configuration.secret(namespace, name);
    }

    /** The SPIFFE ids of a host's endpoints, sorted. */
    ImmutableSet<String> peerAccounts(String hostname) {
        return join.table().accounts(hostname);
    }

    /** Whether a mesh looks into a namespace that has these labels, for who knows of namespaces sooner than a snapshot. */
    public static boolean discovers(MeshConfig mesh, String namespace, Map<String, String> labels) {
        return DiscoverySelectors.selects(mesh, namespace, labels);
    }

    /** Whether the mesh looks into a namespace. */
    public boolean discovers(String namespace) {
        return configuration.discoverySelectors().selects(namespace);
    }

    /** The service ports behind which a workload stands. */
    public ImmutableList<InboundPort> inbound(Workload workload) {
        return inbound.of(workload);
    }

    /** The workload that a proxy stands beside. */
    Optional<Workload> workload(ClientNode node) {
        return workloads.of(node);
    }
}
