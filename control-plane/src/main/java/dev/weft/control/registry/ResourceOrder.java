package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.Resource;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Istio's order of precedence: the oldest object wins. Objects without an age (from files) keep the order in which their source
 * gives them, after those that have one. Pure.
 */
final class ResourceOrder {

    private static final Comparator<Resource> OLDEST_FIRST =
            Comparator.comparing(resource -> resource.meta().creationTimestamp().orElse(Instant.MAX));

    private ResourceOrder() {}

    /** All resources of one kind, the oldest first. */
    static <T extends Resource> ImmutableList<T> oldestFirst(Collection<? extends Resource> resources, Class<T> kind) {
        List<T> ofKind =
                resources.stream().filter(kind::isInstance).map(kind::cast).toList();
        return ImmutableList.sortedCopyOf(OLDEST_FIRST, ofKind);
    }
}
