package dev.weft.resources;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import java.util.Map;

/** Selects by labels: all of them must be there with these values. Without labels it selects everything. */
@Immutable
public record LabelSelector(ImmutableMap<String, String> labels) {
    public boolean matches(Map<String, String> candidate) {
        return candidate.entrySet().containsAll(labels.entrySet());
    }
}
