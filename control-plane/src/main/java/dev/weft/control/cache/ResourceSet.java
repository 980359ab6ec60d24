package dev.weft.control.cache;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Iterables;
import com.google.errorprone.annotations.Immutable;
import dev.weft.control.cache.EncodedResource.Digest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All resources of one type for one view. Its version is made of the hashes of names and versions, so replicas and restarts agree
 * on it.
 *
 * <p>Two things keep a change of one resource from costing what thousands cost. A set may lie over another one: what a workload serves over what its
 * whole namespace calls. And a set that was made of another one knows what it has changed; it names that one without holding it.
 */
@Immutable
@SuppressWarnings("Immutable") // what the supplier gives depends on nothing that changes
public final class ResourceSet {

    public static final ResourceSet EMPTY = of(List.of());

    private static final Comparator<EncodedResource> BY_NAME = Comparator.comparing(EncodedResource::name);

    /** Under this one: what is not in {@link #own} is here. */
    private final @Nullable ResourceSet under;

    private final ImmutableSortedMap<String, EncodedResource> own;
    private final Supplier<ImmutableSortedMap<String, EncodedResource>> all;
    private final Digest digest;
    private final String version;
    private final Mark mark = new Mark();

    /** The mark of the set that this was made of by {@link #replaced}; of one that lies over another, that of its upper part. */
    private final @Nullable Mark madeOf;

    private final ImmutableSet<String> changed;

    /** What a set is known by when it is gone. */
    @Immutable
    private static final class Mark {}

    private ResourceSet(
            @Nullable ResourceSet under,
            ImmutableSortedMap<String, EncodedResource> own,
            Digest digest,
            @Nullable Mark madeOf,
            ImmutableSet<String> changed) {
        this.under = under;
        this.own = own;
        this.digest = digest;
        this.version = "%016x".formatted(digest.high());
        this.madeOf = madeOf;
        this.changed = changed;
        this.all = under == null
                ? () -> own
                : Suppliers.memoize(() -> {
                    TreeMap<String, EncodedResource> both = new TreeMap<>(under.byName());
                    both.putAll(own);
                    return ImmutableSortedMap.copyOfSorted(both);
                });
    }

    public static ResourceSet of(Iterable<EncodedResource> resources) {
        ImmutableSortedMap.Builder<String, EncodedResource> byName =
                new ImmutableSortedMap.Builder<>(Comparator.<String>naturalOrder());
        Digest sum = Digest.ZERO;
        for (EncodedResource resource : resources) {
            byName.put(resource.name(), resource);
            sum = sum.plus(resource.digest());
        }
        return new ResourceSet(null, byName.buildOrThrow(), sum, null, ImmutableSet.of());
    }

    /** This set with other versions of some resources, or more of them; it knows which. */
    ResourceSet replaced(Map<String, EncodedResource> fresh) {
        if (under != null) {
            throw new AssertionError("a set that lies over another one is made anew");
        }
        TreeMap<String, EncodedResource> resources = new TreeMap<>(own);
        Digest sum = digest;
        for (Map.Entry<String, EncodedResource> one : fresh.entrySet()) {
            EncodedResource last = resources.put(one.getKey(), one.getValue());
            sum = last == null ? sum : sum.minus(last.digest());
            sum = sum.plus(one.getValue().digest());
        }
        return new ResourceSet(
                null, ImmutableSortedMap.copyOfSorted(resources), sum, mark, ImmutableSet.copyOf(fresh.keySet()));
    }

    /** Both together; where a name is in both, the other's counts. */
    ResourceSet with(ResourceSet other) {
        if (other.under != null || under != null) {
            throw new AssertionError("two sets lie over each other, not more");
        }
        if (other.own.isEmpty()) {
            return this;
        }
        Digest sum = digest.plus(other.digest);
        for (String name : other.own.keySet()) {
            EncodedResource hidden = own.get(name);
            sum = hidden == null ? sum : sum.minus(hidden.digest());
        }
        return new ResourceSet(this, other.own, sum, other.mark, ImmutableSet.of());
    }

    /**
     * The names of all resources in which this may differ from {@code earlier}; absent where that is not known without looking at all of
     * them.
     */
    public Optional<ImmutableSet<String>> changedSince(ResourceSet earlier) {
        if (mark == earlier.mark) {
            return Optional.of(ImmutableSet.of());
        }
        if (under != null && earlier.under != null) {
            return madeOf == earlier.madeOf ? under.changedSince(earlier.under) : Optional.empty();
        }
        return under == null && earlier.under == null && madeOf == earlier.mark
                ? Optional.of(changed)
                : Optional.empty();
    }

    public @Nullable EncodedResource find(String name) {
        EncodedResource found = own.get(name);
        return found != null || under == null ? found : under.find(name);
    }

    public boolean contains(String name) {
        return own.containsKey(name) || under != null && under.contains(name);
    }

    /** In the order of their names. */
    public Iterable<EncodedResource> resources() {
        if (under == null) {
            return own.values();
        }
        return Iterables.mergeSorted(
                List.of(
                        Iterables.filter(under.own.values(), resource -> !own.containsKey(resource.name())),
                        own.values()),
                BY_NAME);
    }

    public ImmutableSortedMap<String, EncodedResource> byName() {
        return all.get();
    }

    public String version() {
        return version;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || other instanceof ResourceSet that && digest.equals(that.digest);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(digest.high());
    }

    @Override
    public String toString() {
        return byName().values().toString();
    }
}
