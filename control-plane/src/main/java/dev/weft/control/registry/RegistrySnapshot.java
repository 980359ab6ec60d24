package dev.weft.control.registry;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import com.google.errorprone.annotations.Immutable;
import dev.weft.control.registry.ProxyView.InboundPort;
import dev.weft.resources.AuthorizationPolicy;
import dev.weft.resources.DestinationRule;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.PeerAuthentication;
import dev.weft.resources.Resource;
import dev.weft.resources.ServiceEntry;
import dev.weft.resources.Sidecar;
import dev.weft.resources.VirtualService;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The whole mesh at one moment: services joined with their endpoints, and everything else indexed for {@link ProxyViews}.
 * Immutable; made by {@link RegistryUpdates} from what the sources say.
 */
@Immutable
@SuppressWarnings("Immutable") // all collections are immutable
public final class RegistrySnapshot {

    public static final String DOMAIN_SUFFIX = "cluster.local";

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

    private RegistrySnapshot(MeshConfig mesh, ImmutableCollection<Resource> resources) {
        this.mesh = mesh;
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
        ImmutableList<Services.Declared> declared = Services.declared(
                mesh,
                DOMAIN_SUFFIX,
                ResourceOrder.oldestFirst(resources, KubernetesService.class),
                ResourceOrder.oldestFirst(resources, ServiceEntry.class));
        // Kubernetes Services come first and entries by age: the order in which one of several services of a host is
        // picked.
        this.services = declared.stream().map(Services.Declared::service).collect(ImmutableList.toImmutableList());
        Endpoints.Joined joined = Endpoints.join(declared, workloads, new Slices(resources), peerAuthentications);
        this.endpoints = joined.byPort();
        this.inbound = new InboundPorts(declared, joined.byHand());
        this.peerAccounts = peerAccounts(services, endpoints, mesh.trustDomain());
    }

    public static RegistrySnapshot of(ImmutableCollection<Resource> resources) {
        MeshConfig mesh = ResourceOrder.oldestFirst(resources, MeshConfig.class).stream()
                .findFirst()
                .orElse(MeshConfig.DEFAULT);
        return new RegistrySnapshot(mesh, resources);
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

    public ImmutableList<MeshEndpoint> endpoints(EndpointKey key) {
        return endpoints.getOrDefault(key, ImmutableList.of());
    }

    public ImmutableList<Workload> workloads() {
        return workloads.all();
    }

    public ImmutableList<VirtualService> virtualServices() {
        return virtualServices;
    }

    ImmutableSet<String> peerAccounts(String hostname) {
        return peerAccounts.getOrDefault(hostname, ImmutableSet.of());
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
