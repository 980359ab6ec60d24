package dev.weft.resources.analyze;

import dev.weft.resources.FieldPath;
import dev.weft.resources.IstioGateway;
import dev.weft.resources.IstioGateway.Server;
import dev.weft.resources.IstioGateway.ServerHost;
import dev.weft.resources.LabelSelector;
import dev.weft.resources.Problem;
import dev.weft.resources.Problem.Effect;
import dev.weft.resources.Problem.Severity;
import dev.weft.resources.ProblemCode;
import dev.weft.resources.Protocol;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.VirtualService;
import dev.weft.resources.host.HostName;
import dev.weft.resources.store.ResourceStore;
import dev.weft.resources.store.StoredResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hosts that no server of the Gateway takes which a VirtualService names, and what one Gateway of Istio takes from another. {@link ReferenceCheck} runs it.
 * Confined to one call. The surprising rule: two Gateways that open a port of plain HTTP for one host share it, since their rules are joined; of
 * everything else a workload can have one only, and the older Gateway has it.
 */
final class GatewayHostCheck {
    private static final FieldPath SPEC = FieldPath.ROOT.field("spec");

    private final ResourceStore store;
    private final String domainSuffix;
    private final List<Problem> problems = new ArrayList<>();

    private GatewayHostCheck(ResourceStore store, String domainSuffix) {
        this.store = store;
        this.domainSuffix = domainSuffix;
    }

    static List<Problem> problems(ResourceStore store, String domainSuffix) {
        GatewayHostCheck check = new GatewayHostCheck(store, domainSuffix);
        for (VirtualService service : store.all(VirtualService.class)) {
            store.find(service.key()).ifPresent(stored -> check.hosts(stored, service));
        }
        check.conflicts();
        return check.problems;
    }

    private void hosts(StoredResource stored, VirtualService service) {
        for (String name : service.gateways()) {
            int slash = name.indexOf('/');
            ResourceKey key = new ResourceKey(
                    ResourceKind.GATEWAY,
                    slash < 0 ? service.meta().namespace() : name.substring(0, slash),
                    name.substring(slash + 1));
            if (!name.equals(VirtualService.MESH_GATEWAY)
                    && store.find(key).map(StoredResource::resource).orElse(null) instanceof IstioGateway gateway) {
                hosts(stored, service, gateway);
            }
        }
    }

    private void hosts(StoredResource stored, VirtualService service, IstioGateway gateway) {
        String namespace = service.meta().namespace();
        for (int i = 0; i < service.hosts().size(); i++) {
            String host = HostName.expand(service.hosts().get(i), namespace, domainSuffix);
            boolean taken = gateway.servers().stream()
                    .flatMap(server -> server.hosts().stream())
                    .anyMatch(own -> mayServe(own, gateway, namespace)
                            && (HostName.matches(own.dnsName(), host) || HostName.matches(host, own.dnsName())));
            if (!taken) {
                report(
                        stored,
                        new Finding(Severity.WARNING, ProblemCode.NOT_FOUND, Effect.NEVER_USED),
                        SPEC.field("hosts").index(i),
                        "no server of " + gateway.key() + " takes the host " + host + " from the namespace "
                                + namespace);
            }
        }
    }

    private static boolean mayServe(ServerHost host, IstioGateway gateway, String namespace) {
        return host.namespace().equals("*")
                || host.namespace().equals(namespace)
                || host.namespace().equals(".")
                        && namespace.equals(gateway.meta().namespace());
    }

    /** A port of the workloads that a selector means. */
    private record Socket(LabelSelector selector, int port, Optional<String> bind) {}

    /** A server that was there before. */
    private record Claim(ResourceKey gateway, Server server) {
        private boolean takes(ServerHost host) {
            return server.hosts().stream().anyMatch(own -> own.dnsName().equals(host.dnsName()));
        }
    }

    /** What is said of a field, without the words. */
    private record Finding(Severity severity, ProblemCode code, Effect effect) {}

    private void conflicts() {
        Map<Socket, List<Claim>> claims = new HashMap<>();
        for (IstioGateway gateway : store.all(IstioGateway.class)) {
            StoredResource stored = store.find(gateway.key()).orElseThrow();
            for (int i = 0; i < gateway.servers().size(); i++) {
                Server server = gateway.servers().get(i);
                Socket socket = new Socket(gateway.selector(), server.port().number(), server.bind());
                List<Claim> before = claims.computeIfAbsent(socket, first -> new ArrayList<>());
                for (Claim claim : before) {
                    if (!claim.gateway().equals(gateway.key())) {
                        conflict(stored, server, SPEC.field("servers").index(i), claim);
                    }
                }
                before.add(new Claim(gateway.key(), server));
            }
        }
    }

    private void conflict(StoredResource stored, Server server, FieldPath at, Claim claim) {
        Finding lost = new Finding(Severity.ERROR, ProblemCode.CONFLICT, Effect.FIRST_KEPT);
        Protocol protocol = server.port().protocol();
        Protocol other = claim.server().port().protocol();
        String port = "the port " + server.port().number() + " of the same workloads";
        if (protocol.isHttp() != other.isHttp() || protocol.isTls() != other.isTls()) {
            report(
                    stored,
                    lost,
                    at.field("port").field("protocol"),
                    "found " + protocol + ", but " + claim.gateway() + " speaks " + other + " on " + port);
            return;
        }
        if (!protocol.isHttp() && !protocol.isTls()) {
            report(stored, lost, at.field("port").field("number"), claim.gateway() + " has " + port);
            return;
        }
        for (int i = 0; i < server.hosts().size(); i++) {
            ServerHost host = server.hosts().get(i);
            if (claim.takes(host)) {
                report(
                        stored,
                        protocol.isTls() ? lost : new Finding(Severity.WARNING, ProblemCode.CONFLICT, Effect.NONE),
                        at.field("hosts").index(i),
                        claim.gateway() + " takes the host " + host.dnsName() + " on " + port);
            }
        }
    }

    private void report(StoredResource stored, Finding finding, FieldPath at, String message) {
        problems.add(new Problem(
                finding.severity(),
                finding.code(),
                stored.key().toString(),
                stored.positions().locate(at),
                at.toString(),
                message,
                finding.effect()));
    }
}
