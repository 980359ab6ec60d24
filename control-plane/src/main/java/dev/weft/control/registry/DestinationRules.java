package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.DestinationRule;
import dev.weft.resources.host.Exports;
import dev.weft.resources.host.HostName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the {@code DestinationRule}s for a host. Istio's rules: the client's namespace, then the service's, then the root
 * namespace; the first that has any match ends the search, and in it the most specific host wins.
 */
@Immutable
@SuppressWarnings("Immutable") // all collections are immutable
final class DestinationRules {

    /** The rules of one namespace, by the host they are for. */
    private record Namespace(ImmutableListMultimap<String, DestinationRule> byHost, ImmutableList<String> wildcards) {}

    private final String rootNamespace;
    private final ImmutableSet<String> defaultExportTo;
    private final Map<String, Namespace> namespaces;

    DestinationRules(
            String rootNamespace,
            ImmutableSet<String> defaultExportTo,
            String domainSuffix,
            List<DestinationRule> oldestFirst) {
        this.rootNamespace = rootNamespace;
        this.defaultExportTo = defaultExportTo;
        Map<String, ImmutableListMultimap.Builder<String, DestinationRule>> byNamespace = new LinkedHashMap<>();
        for (DestinationRule rule : oldestFirst) {
            byNamespace
                    .computeIfAbsent(rule.meta().namespace(), name -> ImmutableListMultimap.builder())
                    .put(HostName.expand(rule.host(), rule.meta().namespace(), domainSuffix), rule);
        }
        Map<String, Namespace> built = new LinkedHashMap<>();
        byNamespace.forEach((name, rules) -> {
            ImmutableListMultimap<String, DestinationRule> byHost = rules.build();
            built.put(
                    name,
                    new Namespace(
                            byHost,
                            byHost.keySet().stream()
                                    .filter(HostName::isWildcard)
                                    .sorted(HostName.MOST_SPECIFIC_FIRST)
                                    .collect(ImmutableList.toImmutableList())));
        });
        this.namespaces = Map.copyOf(built);
    }

    /** The rules to merge for {@code service} as {@code client} calls it, the oldest first; empty where nobody wrote any. */
    List<DestinationRule> find(MeshService service, ProxyFacts client) {
        Set<String> order = new LinkedHashSet<>();
        order.add(client.namespace());
        order.add(service.namespace());
        order.add(rootNamespace);
        for (String namespace : order) {
            List<DestinationRule> found = find(namespace, service.hostname(), client);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    /** Whether callers of a namespace may have different rules. */
    boolean selectCallers(String namespace) {
        Namespace rules = namespaces.get(namespace);
        return rules != null
                && rules.byHost.values().stream()
                        .anyMatch(rule -> rule.workloadSelector().isPresent());
    }

    private List<DestinationRule> find(String namespace, String hostname, ProxyFacts client) {
        Namespace rules = namespaces.get(namespace);
        if (rules == null) {
            return List.of();
        }
        List<DestinationRule> exact = usable(rules.byHost.get(hostname), client);
        if (!exact.isEmpty()) {
            return exact;
        }
        for (String pattern : rules.wildcards) {
            if (HostName.matches(pattern, hostname)) {
                List<DestinationRule> found = usable(rules.byHost.get(pattern), client);
                if (!found.isEmpty()) {
                    return found;
                }
            }
        }
        return List.of();
    }

    private List<DestinationRule> usable(List<DestinationRule> rules, ProxyFacts client) {
        List<DestinationRule> usable = new ArrayList<>();
        for (DestinationRule rule : rules) {
            String namespace = rule.meta().namespace();
            boolean visible =
                    Exports.visible(Exports.effective(rule.exportTo(), defaultExportTo), namespace, client.namespace());
            boolean selected = Optional.of(rule)
                    .flatMap(DestinationRule::workloadSelector)
                    .map(selector -> namespace.equals(client.namespace()) && selector.matches(client.labels()))
                    .orElse(true);
            if (visible && selected) {
                usable.add(rule);
            }
        }
        return usable;
    }
}
