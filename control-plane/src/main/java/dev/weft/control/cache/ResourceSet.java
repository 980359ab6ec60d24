package dev.weft.control.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.errorprone.annotations.Immutable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All resources of one type for one view. Its version is the hash of names and versions, so replicas and restarts agree
 * on it.
 */
@Immutable
public final class ResourceSet {

    public static final ResourceSet EMPTY = new ResourceSet(ImmutableSortedMap.of());

    private final ImmutableSortedMap<String, EncodedResource> byName;
    private final String version;

    private ResourceSet(ImmutableSortedMap<String, EncodedResource> byName) {
        this.byName = byName;
        this.version = hash(byName);
    }

    public static ResourceSet of(Iterable<EncodedResource> resources) {
        ImmutableSortedMap.Builder<String, EncodedResource> byName =
                new ImmutableSortedMap.Builder<>(Comparator.<String>naturalOrder());
        resources.forEach(resource -> byName.put(resource.name(), resource));
        return new ResourceSet(byName.buildOrThrow());
    }

    /** Both together; where a name is in both, the other's counts. */
    ResourceSet with(ResourceSet other) {
        if (other.byName.isEmpty()) {
            return this;
        }
        Map<String, EncodedResource> both = new HashMap<>(byName);
        both.putAll(other.byName);
        return of(both.values());
    }

    private static String hash(ImmutableSortedMap<String, EncodedResource> resources) {
        Hasher hasher = Hashing.sha256().newHasher();
        resources.forEach((name, resource) ->
                hasher.putInt(name.length()).putString(name, UTF_8).putString(resource.version(), UTF_8));
        return hasher.hash().toString().substring(0, 16);
    }

    public @Nullable EncodedResource find(String name) {
        return byName.get(name);
    }

    public boolean contains(String name) {
        return byName.containsKey(name);
    }

    public ImmutableSortedMap<String, EncodedResource> byName() {
        return byName;
    }

    public String version() {
        return version;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof ResourceSet that && version.equals(that.version) && byName.equals(that.byName);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(version);
    }

    @Override
    public String toString() {
        return byName.values().toString();
    }
}
