package dev.weft.resources.schema;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.ResourceKind;

/** What the table knows of a kind in an API group. */
@Immutable
public sealed interface KindEntry {
    /** It is read; what stands at this place of the object is this message. */
    @Immutable
    record Served(ResourceKind kind, String message, Place place) implements KindEntry {}

    /** It is known, and Weft does not serve it yet. */
    @Immutable
    record Unserved(String kind, String reason) implements KindEntry {}

    /** The group is ours and has no such kind; the names that it has. */
    @Immutable
    record Unknown(ImmutableList<String> known) implements KindEntry {}

    /** The group is none that a mesh reads. */
    @Immutable
    record Foreign() implements KindEntry {}

    /** Where an object keeps what it says. */
    enum Place {
        /** In {@code spec}. */
        SPEC,
        /** Beside {@code metadata}: the older kinds of Kubernetes have no spec. */
        ROOT
    }
}
