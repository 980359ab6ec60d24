package dev.weft.resources;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.Provenance;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What every object says about itself. The surprising rule: {@code resourceVersion}, {@code generation} and {@code location} take no part in
 * equality, since a moved line or a status update is not a change of what the mesh must do.
 *
 * @param namespace empty for what belongs to the whole mesh
 * @param creationTimestamp set where an API server made the object; objects from files have their order from the store
 * @param resourceVersion empty where the source has none
 * @param generation how often the API server has seen the object's spec change; 0 where the source does not count
 */
@Immutable
public record ResourceMeta(
        ResourceKind kind,
        String apiVersion,
        String namespace,
        String name,
        ImmutableMap<String, String> labels,
        ImmutableMap<String, String> annotations,
        Optional<Instant> creationTimestamp,
        String resourceVersion,
        long generation,
        SourceLocation location) {

    public ResourceMeta {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(location, "location");
    }

    public ResourceKey key() {
        return new ResourceKey(kind, namespace, name);
    }

    /** How the model names the object as the origin of its parts. */
    public Provenance provenance() {
        return Provenance.of(kind.kindName(), namespace, name);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ResourceMeta that
                && kind == that.kind
                && apiVersion.equals(that.apiVersion)
                && namespace.equals(that.namespace)
                && name.equals(that.name)
                && labels.equals(that.labels)
                && annotations.equals(that.annotations)
                && creationTimestamp.equals(that.creationTimestamp);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, namespace, name, labels, annotations);
    }
}
