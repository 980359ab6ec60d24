package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import dev.weft.control.gateway.MeshRoute;
import dev.weft.resources.AuthorizationPolicy;
import dev.weft.resources.DestinationRule;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.PeerAuthentication;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.Sidecar;
import dev.weft.resources.VirtualService;
import java.util.Optional;

/**
 * Everything that the configuration of one proxy may depend on, and nothing else: the only input of translation. Cut by
 * {@link ProxyViews} from a {@link RegistrySnapshot}.
 *
 * <p>The surprising rule: equal views mean equal configuration, so proxies with equal views share one result. That is why
 * nothing in here is particular to one replica (no node id; addresses only where a listener needs them).
 *
 * @param proxy what is known about the proxy itself
 * @param mesh the mesh's configuration
 * @param sidecar the one {@code Sidecar} that applies to the proxy
 * @param outbound what the workload may call
 * @param inbound what the workload serves, and who may call it
 * @param gateway what a gateway opens; absent for a sidecar
 * @param endpoints of all services in {@code outbound}, and their accounts; routes must not read them, listeners only those of headless
 *     services, and a cluster only its own service's
 */
@Immutable
public record ProxyView(
        ProxyFacts proxy,
        MeshConfig mesh,
        Optional<Sidecar> sidecar,
        Outbound outbound,
        Inbound inbound,
        Optional<GatewayView> gateway,
        EndpointTable endpoints) {

    /**
     * Of what tells most views apart. The rest is the whole mesh, which to walk for each proxy on each change costs more than all else that
     * a change costs.
     */
    @Override
    public int hashCode() {
        return 31 * proxy.hashCode() + inbound.ports().size();
    }

    /**
     * What the outbound side of the configuration may depend on, and nothing else: the same for all workloads of a namespace that no rule
     * tells apart. A gateway has no other side.
     */
    public ProxyView outboundSide() {
        return gateway.isPresent()
                ? this
                : new ProxyView(
                        proxy.caller(outbound.callerLabels()),
                        mesh,
                        sidecar,
                        outbound,
                        Inbound.NONE,
                        gateway,
                        endpoints);
    }

    /** What the inbound side may depend on, and nothing else: what others do is none of its business. */
    public ProxyView inboundSide() {
        return new ProxyView(proxy, mesh, sidecar, Outbound.NONE, inbound, Optional.empty(), EndpointTable.EMPTY);
    }

    /** The endpoints of one port of a service, all subsets together. */
    public ImmutableList<MeshEndpoint> endpoints(MeshService service, ServicePort port) {
        return endpoints.endpoints(EndpointKey.of(service, port));
    }

    /**
     * The outbound side.
     *
     * @param scopes what each egress listener may see, in the order of the Sidecar; one catch-all where there is none
     * @param destinationRules by service host name: the rules to merge, from the one namespace that won, oldest first
     * @param delegates the VirtualServices without hosts that rules in sight hand over to
     * @param callerLabels names of the labels by which these rules tell callers apart
     */
    @Immutable
    public record Outbound(
            ImmutableList<EgressScope> scopes,
            ImmutableListMultimap<String, DestinationRule> destinationRules,
            ImmutableMap<ResourceKey, VirtualService> delegates,
            ImmutableSet<String> callerLabels) {

        static final Outbound NONE =
                new Outbound(ImmutableList.of(), ImmutableListMultimap.of(), ImmutableMap.of(), ImmutableSet.of());

        /** The services of all scopes, each once. */
        public ImmutableList<MeshService> services() {
            if (scopes.size() == 1) {
                return scopes.getFirst().services();
            }
            return scopes.stream()
                    .flatMap(scope -> scope.services().stream())
                    .distinct()
                    .collect(ImmutableList.toImmutableList());
        }
    }

    /**
     * What one egress listener may see.
     *
     * @param listener the Sidecar's egress listener; absent for the implicit catch-all
     * @param services each host name once, sorted by host name
     * @param virtualServices those for sidecars whose hosts are in sight, the winner first where several name one host
     * @param meshRoutes the Gateway API's routes at those services, by host, the oldest first: a consumer's, else the producer's
     */
    @Immutable
    public record EgressScope(
            Optional<Sidecar.EgressListener> listener,
            ImmutableList<MeshService> services,
            ImmutableList<VirtualService> virtualServices,
            ImmutableListMultimap<String, MeshRoute> meshRoutes) {}

    /**
     * The inbound side.
     *
     * @param ports the service ports behind which this workload stands
     * @param peerAuthentications at most three: of the workload, its namespace, the mesh, in this order
     * @param authorizationPolicies all that select the workload, by name within the root namespace, then its own
     */
    @Immutable
    public record Inbound(
            ImmutableList<InboundPort> ports,
            ImmutableList<PeerAuthentication> peerAuthentications,
            ImmutableList<AuthorizationPolicy> authorizationPolicies) {
        static final Inbound NONE = new Inbound(ImmutableList.of(), ImmutableList.of(), ImmutableList.of());
    }

    /**
     * A service port that this workload serves.
     *
     * @param workloadPort the port of the workload that traffic for the service port arrives at
     */
    @Immutable
    public record InboundPort(MeshService service, ServicePort port, int workloadPort) {}
}
