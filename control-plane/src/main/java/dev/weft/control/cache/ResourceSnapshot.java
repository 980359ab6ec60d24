package dev.weft.control.cache;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.errorprone.annotations.Immutable;
import java.util.EnumMap;
import java.util.Map;

/** Everything that the proxies of one view are to have at one moment. An unchanged type keeps its very object. */
@Immutable
@SuppressWarnings("Immutable") // what the supplier gives depends on nothing that changes
public final class ResourceSnapshot {

    public static final ResourceSnapshot EMPTY = of(ImmutableMap.of());

    private final ImmutableMap<ResourceType, ResourceSet> sets;
    private final Supplier<ResourceSet> names;

    private ResourceSnapshot(ImmutableMap<ResourceType, ResourceSet> sets, Supplier<ResourceSet> names) {
        this.sets = sets;
        this.names = names;
    }

    public static ResourceSnapshot of(Map<ResourceType, ResourceSet> sets) {
        return new ResourceSnapshot(Maps.immutableEnumMap(sets), () -> ResourceSet.EMPTY);
    }

    public ResourceSet of(ResourceType type) {
        return type == ResourceType.NAME_TABLE && !sets.containsKey(type)
                ? names.get()
                : sets.getOrDefault(type, ResourceSet.EMPTY);
    }

    /** With names that are made when the first client asks for them: few proxies answer DNS. */
    ResourceSnapshot withNames(java.util.function.Supplier<ResourceSet> maker) {
        return new ResourceSnapshot(sets, Suppliers.memoize(maker::get));
    }

    public ResourceSnapshot with(ResourceType type, ResourceSet set) {
        Map<ResourceType, ResourceSet> changed = new EnumMap<>(ResourceType.class);
        changed.putAll(sets);
        changed.put(type, set);
        return new ResourceSnapshot(Maps.immutableEnumMap(changed), names);
    }
}
