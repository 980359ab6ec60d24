package dev.weft.control.registry;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.WorkloadSpec;

/**
 * A workload that the mesh knows: a pod, a {@code WorkloadEntry}, or an endpoint that a {@code ServiceEntry} names.
 *
 * @param name of the object; empty for an inline endpoint
 * @param owner of a pod: what made it, such as its Deployment; else the name again
 * @param labels by which selectors find it
 */
@Immutable
public record Workload(
        Origin origin,
        String namespace,
        String name,
        String owner,
        ImmutableMap<String, String> labels,
        WorkloadSpec spec) {

    /** Who says that there is such a workload. */
    public enum Origin {
        POD,
        WORKLOAD_ENTRY,
        INLINE
    }

    String serviceAccount() {
        return spec.serviceAccount().orElse("");
    }
}
