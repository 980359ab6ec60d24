package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.PeerAuthentication;
import dev.weft.resources.PeerAuthentication.MtlsMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which {@code PeerAuthentication}s hold for a workload. Istio's rules: that of the workload, of the namespace and of the mesh, at
 * each level the oldest, and a level that leaves the mode unset takes that of the next.
 */
@Immutable
@SuppressWarnings("Immutable") // the multimap is immutable
final class PeerAuthentications {

    private final String rootNamespace;
    private final ImmutableListMultimap<String, PeerAuthentication> byNamespace;

    PeerAuthentications(String rootNamespace, List<PeerAuthentication> oldestFirst) {
        this.rootNamespace = rootNamespace;
        this.byNamespace = oldestFirst.stream()
                .collect(ImmutableListMultimap.toImmutableListMultimap(
                        policy -> policy.meta().namespace(), policy -> policy));
    }

    /** At most three, the most specific first. */
    ImmutableList<PeerAuthentication> of(String namespace, Map<String, String> labels) {
        ImmutableList.Builder<PeerAuthentication> levels = ImmutableList.builder();
        // A selector in the root namespace would be the whole mesh's by place and one workload's by content: Istio
        // ignores it.
        if (!namespace.equals(rootNamespace)) {
            first(namespace, policy -> selects(policy, labels)).ifPresent(levels::add);
            first(namespace, policy -> !hasSelector(policy)).ifPresent(levels::add);
        }
        first(rootNamespace, policy -> !hasSelector(policy)).ifPresent(levels::add);
        return levels.build();
    }

    private Optional<PeerAuthentication> first(
            String namespace, java.util.function.Predicate<PeerAuthentication> wanted) {
        return byNamespace.get(namespace).stream().filter(wanted).findFirst();
    }

    private static boolean hasSelector(PeerAuthentication policy) {
        return policy.selector()
                .filter(selector -> !selector.labels().isEmpty())
                .isPresent();
    }

    private static boolean selects(PeerAuthentication policy, Map<String, String> labels) {
        return hasSelector(policy)
                && policy.selector()
                        .filter(selector -> selector.matches(labels))
                        .isPresent();
    }

    /**
     * What a port of a workload takes.
     *
     * @param levels as {@link #of} gives them
     * @param port of the workload
     */
    static MtlsMode mode(List<PeerAuthentication> levels, int port) {
        for (PeerAuthentication policy : levels) {
            MtlsMode ofPort =
                    hasSelector(policy) ? policy.portLevelMtls().getOrDefault(port, MtlsMode.UNSET) : MtlsMode.UNSET;
            MtlsMode mode = ofPort == MtlsMode.UNSET ? policy.mode() : ofPort;
            if (mode != MtlsMode.UNSET) {
                return mode;
            }
        }
        return MtlsMode.PERMISSIVE;
    }
}
