package dev.weft.control.registry;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.WorkloadSpec;

/**
 * A workload that has a name: today a {@code WorkloadEntry}.
 *
 * @param labels by which selectors find it
 */
@Immutable
public record Workload(String namespace, String name, ImmutableMap<String, String> labels, WorkloadSpec spec) {

    String serviceAccount() {
        return spec.serviceAccount().orElse("");
    }
}
