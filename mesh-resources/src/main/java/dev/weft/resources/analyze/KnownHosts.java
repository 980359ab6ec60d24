package dev.weft.resources.analyze;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import dev.weft.resources.DestinationRule;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.ServiceEntry;
import dev.weft.resources.host.HostName;
import dev.weft.resources.store.ResourceStore;
import java.util.Collection;

/** The hosts of all services with their ports, and the subsets that rules define for them, whoever sees them. Immutable. */
final class KnownHosts {
    private final ImmutableSetMultimap<String, Integer> ports;
    private final ImmutableSet<String> hosts;
    private final ImmutableSet<String> wildcards;
    private final ImmutableSetMultimap<String, String> subsets;

    KnownHosts(ResourceStore store, Collection<KubernetesService> services, String domainSuffix) {
        ImmutableSetMultimap.Builder<String, Integer> portsByHost = ImmutableSetMultimap.builder();
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        for (KubernetesService service : services) {
            String host = service.hostname(domainSuffix);
            names.add(host);
            service.ports().forEach(port -> portsByHost.put(host, port.number()));
        }
        for (ServiceEntry entry : store.all(ServiceEntry.class)) {
            for (String host : entry.hosts()) {
                String full = HostName.expand(host, entry.meta().namespace(), domainSuffix);
                names.add(full);
                entry.ports().forEach(port -> portsByHost.put(full, port.number()));
            }
        }
        ImmutableSetMultimap.Builder<String, String> subsetsByHost = ImmutableSetMultimap.builder();
        for (DestinationRule rule : store.all(DestinationRule.class)) {
            String host = HostName.expand(rule.host(), rule.meta().namespace(), domainSuffix);
            rule.subsets().forEach(subset -> subsetsByHost.put(host, subset.name()));
        }
        this.hosts = names.build();
        this.wildcards = hosts.stream().filter(HostName::isWildcard).collect(ImmutableSet.toImmutableSet());
        this.ports = portsByHost.build();
        this.subsets = subsetsByHost.build();
    }

    boolean isKnown(String host) {
        return hosts.contains(host) || wildcards.stream().anyMatch(wildcard -> HostName.matches(wildcard, host));
    }

    /** Whether any service has a host that the pattern stands for. */
    boolean isUsed(String pattern) {
        return isKnown(pattern) || hosts.stream().anyMatch(host -> HostName.overlap(pattern, host));
    }

    /** The ports of a host; none where its service names none, or is a wildcard. */
    ImmutableSet<Integer> ports(String host) {
        return ports.get(host);
    }

    boolean hasSubset(String host, String subset) {
        return subsets.keySet().stream()
                .anyMatch(pattern ->
                        HostName.matches(pattern, host) && subsets.get(pattern).contains(subset));
    }
}
