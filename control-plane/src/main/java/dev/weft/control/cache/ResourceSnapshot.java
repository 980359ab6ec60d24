package dev.weft.control.cache;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.errorprone.annotations.Immutable;
import java.util.EnumMap;
import java.util.Map;

/** Everything that the proxies of one view are to have at one moment. An unchanged type keeps its very object. */
@Immutable
public final class ResourceSnapshot {

    public static final ResourceSnapshot EMPTY = new ResourceSnapshot(ImmutableMap.of());

    private final ImmutableMap<ResourceType, ResourceSet> sets;

    private ResourceSnapshot(ImmutableMap<ResourceType, ResourceSet> sets) {
        this.sets = sets;
    }

    public static ResourceSnapshot of(Map<ResourceType, ResourceSet> sets) {
        return new ResourceSnapshot(Maps.immutableEnumMap(sets));
    }

    public ResourceSet of(ResourceType type) {
        return sets.getOrDefault(type, ResourceSet.EMPTY);
    }

    public ResourceSnapshot with(ResourceType type, ResourceSet set) {
        Map<ResourceType, ResourceSet> changed = new EnumMap<>(ResourceType.class);
        changed.putAll(sets);
        changed.put(type, set);
        return of(changed);
    }
}
