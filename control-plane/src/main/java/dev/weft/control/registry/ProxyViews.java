package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.registry.ProxyView.EgressScope;
import dev.weft.control.registry.ProxyView.Inbound;
import dev.weft.control.registry.ProxyView.InboundPort;
import dev.weft.control.registry.ProxyView.Outbound;
import dev.weft.resources.DestinationRule;
import dev.weft.resources.Sidecar;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Cuts from the whole mesh what one proxy may read. Pure. */
public final class ProxyViews {

    private static final Comparator<InboundPort> BY_PORT = Comparator.comparingInt(InboundPort::workloadPort)
            .thenComparing(port -> port.service().hostname())
            .thenComparing(port -> port.port().number());

    private ProxyViews() {}

    public static ProxyView cut(RegistrySnapshot snapshot, ClientNode node) {
        ProxyFacts facts = node.facts();
        Optional<Workload> workload = snapshot.workload(node);
        // What the operator wrote about the workload counts more than what its proxy says of itself.
        ImmutableMap<String, String> labels = ImmutableMap.<String, String>builder()
                .putAll(facts.labels())
                .putAll(workload.map(Workload::labels).orElse(ImmutableMap.of()))
                .buildKeepingLast();
        boolean gateway = facts.role() == ProxyFacts.Role.GATEWAY;
        // A Sidecar says nothing about gateways.
        Optional<Sidecar> sidecar =
                gateway ? Optional.empty() : snapshot.configuration().sidecar(facts.namespace(), labels);
        boolean declaresIngress =
                sidecar.filter(own -> !own.ingress().isEmpty()).isPresent();
        ProxyFacts own = new ProxyFacts(
                facts.client(),
                facts.namespace(),
                facts.serviceAccount(),
                facts.domainSuffix(),
                labels,
                declaresIngress || gateway && GatewayScopes.onThisMachine(facts.addresses())
                        ? facts.addresses()
                        : ImmutableList.of(),
                facts.locality().or(() -> workload.flatMap(known -> known.spec().locality())),
                facts.network(),
                facts.httpProxyPort(),
                facts.interception(),
                facts.families(),
                facts.role());
        Inbound inbound = new Inbound(
                workload.map(known -> ImmutableList.sortedCopyOf(BY_PORT, snapshot.inbound(known)))
                        .orElse(ImmutableList.of()),
                snapshot.configuration().peerAuthentications(facts.namespace(), labels),
                snapshot.configuration().authorizationPolicies(facts.namespace(), labels));
        if (gateway) {
            EgressScopes egress = new EgressScopes(snapshot, facts.namespace());
            GatewayScopes opened = new GatewayScopes(snapshot, own, inbound.ports(), egress);
            Outbound outbound = outbound(snapshot, own, egress, ImmutableList.of(opened.egress()));
            return new ProxyView(
                    own,
                    snapshot.mesh(),
                    sidecar,
                    outbound,
                    inbound,
                    Optional.of(opened.view()),
                    snapshot.endpointsOf(
                            snapshot.configuration().outbound().side(outbound).ports()));
        }
        OutboundMemo.Caller caller = new OutboundMemo.Caller(
                own.namespace(),
                snapshot.configuration().destinationRules().selectCallers(own.namespace()) ? labels : ImmutableMap.of(),
                sidecar,
                node.dns());
        OutboundMemo.Side side = snapshot.configuration().outbound().of(caller, () -> {
            EgressScopes egress = new EgressScopes(snapshot, own.namespace());
            ImmutableList<EgressScope> scopes = switch (node.dns()) {
                case OFF -> egress.of(sidecar);
                case ON ->
                    addressed(egress.of(sidecar), snapshot.configuration().autoAddresses());
            };
            return outbound(snapshot, own, egress, scopes);
        });
        return new ProxyView(
                own,
                snapshot.mesh(),
                sidecar,
                side.outbound(),
                inbound,
                Optional.empty(),
                snapshot.endpointsOf(side.ports()));
    }

    private static Outbound outbound(
            RegistrySnapshot snapshot, ProxyFacts facts, EgressScopes egress, ImmutableList<EgressScope> scopes) {
        ImmutableListMultimap.Builder<String, DestinationRule> rules = ImmutableListMultimap.builder();
        for (MeshService service : services(scopes)) {
            rules.putAll(
                    service.hostname(),
                    snapshot.configuration().destinationRules().find(service, facts));
        }
        return new Outbound(
                scopes,
                rules.build(),
                egress.delegates(),
                CallerLabels.of(scopes, egress.delegates().values()));
    }

    private static ImmutableList<EgressScope> addressed(ImmutableList<EgressScope> scopes, AutoAddresses addresses) {
        return scopes.stream()
                .map(scope -> new EgressScope(
                        scope.listener(),
                        scope.services().stream().map(addresses::addressed).collect(ImmutableList.toImmutableList()),
                        scope.virtualServices(),
                        scope.meshRoutes()))
                .collect(ImmutableList.toImmutableList());
    }

    /** Each host once: scopes of one proxy may see one service through several listeners. */
    static Iterable<MeshService> services(ImmutableList<EgressScope> scopes) {
        Map<String, MeshService> byHost = new TreeMap<>();
        scopes.forEach(scope -> scope.services().forEach(service -> byHost.putIfAbsent(service.hostname(), service)));
        return byHost.values();
    }
}
