package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.VirtualService;
import dev.weft.resources.host.HostName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The VirtualServices of one scope by the hosts that they name, so that a thousand services do not each ask all of them. Confined to the
 * translation that made it.
 */
final class RulesByHost {
    /** Each rule once, by its place in the scope. */
    private final Map<String, TreeMap<Integer, VirtualService>> exact = new HashMap<>();

    private final List<Pattern> patterns = new ArrayList<>();

    /** A host with a wildcard. */
    private record Pattern(String host, int place, VirtualService rules) {}

    /** One for each list of rules that is asked for, which is known by identity. */
    static final class Memo {
        private final String domainSuffix;
        private final Map<ImmutableList<VirtualService>, RulesByHost> known = new IdentityHashMap<>();

        Memo(String domainSuffix) {
            this.domainSuffix = domainSuffix;
        }

        RulesByHost of(ImmutableList<VirtualService> rules) {
            return known.computeIfAbsent(rules, missing -> new RulesByHost(missing, domainSuffix));
        }
    }

    private RulesByHost(ImmutableList<VirtualService> all, String domainSuffix) {
        for (int place = 0; place < all.size(); place++) {
            VirtualService rules = all.get(place);
            for (String host : rules.hosts()) {
                String expanded = HostName.expand(host, rules.meta().namespace(), domainSuffix);
                if (expanded.startsWith("*")) {
                    patterns.add(new Pattern(expanded, place, rules));
                }
                exact.computeIfAbsent(expanded, missing -> new TreeMap<>()).putIfAbsent(place, rules);
            }
        }
    }

    /** All that name a host, in the order of the scope. */
    Iterable<VirtualService> naming(String hostname) {
        TreeMap<Integer, VirtualService> named = exact.get(hostname);
        if (patterns.isEmpty()) {
            return named == null ? List.of() : named.values();
        }
        TreeMap<Integer, VirtualService> found = named == null ? new TreeMap<>() : new TreeMap<>(named);
        for (Pattern pattern : patterns) {
            if (Hosts.specificity(pattern.host(), hostname) >= 0) {
                found.putIfAbsent(pattern.place(), pattern.rules());
            }
        }
        return found.values();
    }

    /** The one whose host fits best, the first of equals. */
    Optional<VirtualService> best(String hostname) {
        TreeMap<Integer, VirtualService> named = exact.get(hostname);
        if (named != null) {
            return Optional.of(named.firstEntry().getValue());
        }
        Optional<VirtualService> best = Optional.empty();
        int specificity = -1;
        for (Pattern pattern : patterns) {
            int fit = Hosts.specificity(pattern.host(), hostname);
            if (fit > specificity) {
                specificity = fit;
                best = Optional.of(pattern.rules());
            }
        }
        return best;
    }
}
