package dev.weft.resources;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;

/** Istio's {@code WorkloadEntry}: a workload that no Pod describes. */
@Immutable
public record WorkloadEntry(ResourceMeta meta, WorkloadSpec spec) implements Resource {
    /** The labels by which selectors find the workload: those of the spec, and over them those of the object itself. */
    public ImmutableMap<String, String> labels() {
        return ImmutableMap.<String, String>builder()
                .putAll(spec.labels())
                .putAll(meta.labels())
                .buildKeepingLast();
    }
}
