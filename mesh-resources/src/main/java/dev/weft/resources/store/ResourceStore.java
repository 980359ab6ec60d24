package dev.weft.resources.store;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Problem;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.parse.ParsedFile;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All resources in force, and all problems. A source's adapter holds the current store and replaces it by what {@link #replaceAll} or {@link #apply}
 * gives; the registry reads it. Immutable. The surprising rule: the store depends on its past. A bad version never replaces a good one, of two
 * files that hold one object the first keeps it, and objects keep the order in which they were first seen.
 */
@Immutable
public final class ResourceStore {
    /** Oldest first, as conflicts between objects are decided; times come from an API server, and go before objects that have none. */
    private static final Comparator<StoredResource> CREATION_ORDER = Comparator.<StoredResource, Boolean>comparing(
                    stored -> stored.resource().meta().creationTimestamp().isEmpty())
            .thenComparing((a, b) -> a.resource().meta().creationTimestamp().isEmpty()
                    ? Long.compare(a.order(), b.order())
                    : byTime(a.resource(), b.resource()));

    /** The store before anything was read. Below the order, which its constructor needs. */
    public static final ResourceStore EMPTY =
            new ResourceStore(ImmutableSortedMap.of(), ImmutableMap.of(), ImmutableMap.of(), ImmutableList.of(), 0);

    private final ImmutableSortedMap<String, FileState> files;
    private final ImmutableMap<ResourceKey, StoredResource> resources;
    private final ImmutableMap<ResourceKey, String> owners;
    private final ImmutableListMultimap<ResourceKind, StoredResource> byKind;
    private final ImmutableList<Problem> problems;
    private final long nextOrder;

    ResourceStore(
            ImmutableSortedMap<String, FileState> files,
            ImmutableMap<ResourceKey, StoredResource> resources,
            ImmutableMap<ResourceKey, String> owners,
            ImmutableList<Problem> problems,
            long nextOrder) {
        this.files = files;
        this.resources = resources;
        this.owners = owners;
        this.problems = problems;
        this.nextOrder = nextOrder;
        this.byKind = resources.values().stream()
                .sorted(CREATION_ORDER)
                .collect(ImmutableListMultimap.toImmutableListMultimap(
                        stored -> stored.key().kind(), stored -> stored));
    }

    /** The store after a full load: files that are not among these are gone. */
    public ResourceStore replaceAll(Collection<ParsedFile> loaded) {
        Set<String> gone = new HashSet<>(files.keySet());
        loaded.forEach(file -> gone.remove(file.file()));
        return apply(loaded, gone);
    }

    /** The store after some files changed and some were deleted. */
    public ResourceStore apply(Collection<ParsedFile> changed, Collection<String> deleted) {
        return new StoreTransition(this).run(changed, ImmutableSet.copyOf(deleted));
    }

    /** What is in force under a key. */
    public Optional<StoredResource> find(ResourceKey key) {
        return Optional.ofNullable(resources.get(key));
    }

    /** Everything in force, by key. */
    public ImmutableMap<ResourceKey, StoredResource> resources() {
        return resources;
    }

    /** All resources of a kind, the oldest first. */
    public <T extends Resource> ImmutableList<T> all(Class<T> type) {
        ImmutableList.Builder<T> all = ImmutableList.builder();
        for (ResourceKind kind : byKind.keySet()) {
            List<StoredResource> stored = byKind.get(kind);
            if (type.isInstance(stored.getFirst().resource())) {
                stored.forEach(one -> all.add(type.cast(one.resource())));
            }
        }
        return all.build();
    }

    /** The mesh configuration, or the defaults where nobody wrote one. */
    public MeshConfig meshConfig() {
        return find(MeshConfig.DEFAULT.key())
                .map(stored -> (MeshConfig) stored.resource())
                .orElse(MeshConfig.DEFAULT);
    }

    /** What is wrong, in the order of files and lines. */
    public ImmutableList<Problem> problems() {
        return problems;
    }

    /** What is wrong with one object. */
    public ImmutableList<Problem> problemsOf(ResourceKey key) {
        String name = key.toString();
        return problems.stream()
                .filter(problem -> problem.resource().equals(name))
                .collect(ImmutableList.toImmutableList());
    }

    /** The names of the files that the store knows. */
    public ImmutableSet<String> files() {
        return files.keySet();
    }

    ImmutableSortedMap<String, FileState> fileStates() {
        return files;
    }

    Optional<String> owner(ResourceKey key) {
        return Optional.ofNullable(owners.get(key));
    }

    long nextOrder() {
        return nextOrder;
    }

    private static int byTime(Resource a, Resource b) {
        return Comparator.<Resource, Instant>comparing(
                        resource -> resource.meta().creationTimestamp().orElse(Instant.MAX))
                .thenComparing(resource -> resource.meta().name())
                .thenComparing(resource -> resource.meta().namespace())
                .compare(a, b);
    }
}
