package dev.weft.control.source;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.Problem;
import dev.weft.resources.Problem.Effect;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.VirtualService;
import dev.weft.resources.analyze.ReferenceCheck;
import dev.weft.resources.store.ResourceStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Holds back an edit that would send traffic nowhere: a {@code VirtualService} whose new version names a host, port or subset that does
 * not exist stays at its last version that led somewhere. It takes effect by itself as soon as what it names is there, so the order in
 * which files are written does not matter. Confined to the thread of its source.
 *
 * <p>Only the edited object is held. If it is the target that was taken away, the rule did not change and there is nothing to go back to.
 */
public final class ReferenceGuard {

    private final String domainSuffix;
    private Map<ResourceKey, VirtualService> resolved = Map.of();

    /** @param domainSuffix of the services' names, usually {@code cluster.local} */
    public ReferenceGuard(String domainSuffix) {
        this.domainSuffix = domainSuffix;
    }

    /** What is in force of {@code store}. */
    public SourceState apply(ResourceStore store) {
        ImmutableList<Problem> references = ReferenceCheck.problems(store, domainSuffix);
        Set<String> dangling = new HashSet<>();
        references.stream()
                .filter(problem -> problem.effect() == Effect.UNREACHABLE)
                .forEach(problem -> dangling.add(problem.resource()));
        Map<ResourceKey, VirtualService> stillResolved = new HashMap<>();
        Set<String> held = new HashSet<>();
        ImmutableList.Builder<Resource> resources = ImmutableList.builder();
        for (Resource resource : store.all(Resource.class)) {
            resources.add(
                    resource instanceof VirtualService rule ? inForce(rule, dangling, stillResolved, held) : resource);
        }
        resolved = stillResolved;
        return new SourceState(resources.build(), problems(store, references, held));
    }

    private VirtualService inForce(
            VirtualService rule,
            Set<String> dangling,
            Map<ResourceKey, VirtualService> stillResolved,
            Set<String> held) {
        VirtualService last = resolved.get(rule.key());
        String name = rule.key().toString();
        if (!dangling.contains(name)) {
            stillResolved.put(rule.key(), rule);
            return rule;
        }
        if (last == null) {
            return rule;
        }
        stillResolved.put(rule.key(), last);
        if (!last.equals(rule)) {
            held.add(name);
        }
        return last;
    }

    private static ImmutableList<Problem> problems(
            ResourceStore store, ImmutableList<Problem> references, Set<String> held) {
        ImmutableList.Builder<Problem> problems = ImmutableList.builder();
        problems.addAll(store.problems());
        for (Problem problem : references) {
            boolean kept = problem.effect() == Effect.UNREACHABLE && held.contains(problem.resource());
            problems.add(kept ? problem.withEffect(Effect.LAST_VALID_KEPT) : problem);
        }
        return problems.build();
    }
}
