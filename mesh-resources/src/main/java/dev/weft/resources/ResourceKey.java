package dev.weft.resources;

import com.google.errorprone.annotations.Immutable;
import java.util.Comparator;
import java.util.Objects;

/** The identity of an object: two objects with one key are two versions of the same thing. */
@Immutable
public record ResourceKey(ResourceKind kind, String namespace, String name) implements Comparable<ResourceKey> {
    private static final Comparator<ResourceKey> ORDER = Comparator.comparing(ResourceKey::kind)
            .thenComparing(ResourceKey::namespace)
            .thenComparing(ResourceKey::name);

    public ResourceKey {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(name, "name");
    }

    @Override
    public int compareTo(ResourceKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return kind.label() + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
    }
}
