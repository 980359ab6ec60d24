package dev.weft.resources.analyze;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.Destination;
import dev.weft.resources.DestinationRule;
import dev.weft.resources.FieldPath;
import dev.weft.resources.HttpAction;
import dev.weft.resources.HttpRoute;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.Problem;
import dev.weft.resources.Problem.Effect;
import dev.weft.resources.Problem.Severity;
import dev.weft.resources.ProblemCode;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.VirtualService;
import dev.weft.resources.VirtualService.WeightedDestination;
import dev.weft.resources.host.HostName;
import dev.weft.resources.store.ResourceStore;
import dev.weft.resources.store.StoredResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Finds references between resources that lead nowhere: hosts, ports, subsets, delegates, gateways, secrets; and Gateways that stand in each other's way. The control plane runs it on each new store. Confined to one call.
 * The surprising rule: it asks whether the thing exists at all, not whether a certain client sees it, so that it never cries wolf.
 */
public final class ReferenceCheck {
    private static final FieldPath SPEC = FieldPath.ROOT.field("spec");

    private final ResourceStore store;
    private final String domainSuffix;
    private final KnownHosts hosts;
    private final List<Problem> problems = new ArrayList<>();

    private ReferenceCheck(ResourceStore store, Collection<KubernetesService> services, String domainSuffix) {
        this.store = store;
        this.domainSuffix = domainSuffix;
        this.hosts = new KnownHosts(store, services, domainSuffix);
    }

    /**
     * What leads nowhere, in the order of files and lines.
     *
     * @param domainSuffix of the services' names, usually {@code cluster.local}
     */
    public static ImmutableList<Problem> problems(ResourceStore store, String domainSuffix) {
        return problems(store, store.all(KubernetesService.class), domainSuffix);
    }

    /**
     * As {@link #problems(ResourceStore, String)}, where the platform's services are not in the store.
     *
     * @param services all of them
     */
    public static ImmutableList<Problem> problems(
            ResourceStore store, Collection<KubernetesService> services, String domainSuffix) {
        ReferenceCheck check = new ReferenceCheck(store, services, domainSuffix);
        GatewayReferenceCheck gateways = new GatewayReferenceCheck(store, domainSuffix, check.hosts, check::report);
        for (StoredResource stored : store.resources().values()) {
            gateways.check(stored);
            if (stored.resource() instanceof VirtualService service) {
                check.virtualService(stored, service);
            } else if (stored.resource() instanceof DestinationRule rule) {
                check.destinationRule(stored, rule);
            }
        }
        check.problems.addAll(GatewayHostCheck.problems(store, domainSuffix));
        return ImmutableList.sortedCopyOf(Problem.ORDER, check.problems);
    }

    private void destinationRule(StoredResource stored, DestinationRule rule) {
        String host = HostName.expand(rule.host(), rule.meta().namespace(), domainSuffix);
        if (!hosts.isUsed(host)) {
            report(stored, Severity.WARNING, SPEC.field("host"), "no service has the host " + host, Effect.NEVER_USED);
        }
    }

    private void virtualService(StoredResource stored, VirtualService service) {
        for (int i = 0; i < service.http().size(); i++) {
            http(stored, service.http().get(i), SPEC.field("http").index(i));
        }
        for (int i = 0; i < service.tls().size(); i++) {
            streams(stored, service.tls().get(i).route(), SPEC.field("tls").index(i));
        }
        for (int i = 0; i < service.tcp().size(); i++) {
            streams(stored, service.tcp().get(i).route(), SPEC.field("tcp").index(i));
        }
    }

    private void http(StoredResource stored, HttpRoute route, FieldPath at) {
        switch (route.action()) {
            case HttpAction.Forward(var destinations) -> {
                for (int i = 0; i < destinations.size(); i++) {
                    destination(
                            stored,
                            destinations.get(i).destination(),
                            at.field("route").index(i));
                }
            }
            case HttpAction.Delegate delegate -> delegate(stored, delegate, at.field("delegate"));
            case HttpAction.Redirect ignored -> {}
            case HttpAction.DirectResponse ignored -> {}
        }
    }

    private void streams(StoredResource stored, ImmutableList<WeightedDestination> destinations, FieldPath at) {
        for (int i = 0; i < destinations.size(); i++) {
            destination(
                    stored, destinations.get(i).destination(), at.field("route").index(i));
        }
    }

    private void destination(StoredResource stored, Destination destination, FieldPath holder) {
        FieldPath at = holder.field("destination");
        String host =
                HostName.expand(destination.host(), stored.resource().meta().namespace(), domainSuffix);
        if (!hosts.isKnown(host)) {
            report(stored, Severity.ERROR, at.field("host"), "no service has the host " + host, Effect.UNREACHABLE);
            return;
        }
        int port = destination.port().orElse(0);
        if (port != 0 && !hosts.ports(host).isEmpty() && !hosts.ports(host).contains(port)) {
            report(
                    stored,
                    Severity.ERROR,
                    at.field("port").field("number"),
                    host + " has no port " + port + ", expected one of " + hosts.ports(host),
                    Effect.UNREACHABLE);
        }
        Optional<String> subset = destination.subset();
        if (subset.isPresent() && !hosts.hasSubset(host, subset.get())) {
            report(
                    stored,
                    Severity.ERROR,
                    at.field("subset"),
                    "no DestinationRule for " + host + " has the subset " + subset.get(),
                    Effect.UNREACHABLE);
        }
    }

    private void delegate(StoredResource stored, HttpAction.Delegate delegate, FieldPath at) {
        String namespace = delegate.namespace().orElse(stored.resource().meta().namespace());
        ResourceKey key = new ResourceKey(ResourceKind.VIRTUAL_SERVICE, namespace, delegate.name());
        Optional<StoredResource> target = store.find(key);
        if (target.isEmpty()) {
            report(stored, Severity.ERROR, at, "there is no " + key, Effect.NEVER_USED);
        } else if (target.get().resource() instanceof VirtualService service && !service.delegate()) {
            report(stored, Severity.ERROR, at, key + " has hosts, so that it is no delegate", Effect.NEVER_USED);
        }
    }

    private void report(StoredResource stored, Severity severity, FieldPath at, String message, Effect effect) {
        problems.add(new Problem(
                severity,
                ProblemCode.NOT_FOUND,
                stored.key().toString(),
                stored.positions().locate(at),
                at.toString(),
                message,
                effect));
    }
}
