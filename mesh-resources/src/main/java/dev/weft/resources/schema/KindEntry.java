package dev.weft.resources.schema;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.ResourceKind;

/** What the table knows of a kind in an API group. */
@Immutable
public sealed interface KindEntry {
    /** It is read; its {@code spec} is this message. */
    @Immutable
    record Served(ResourceKind kind, String message) implements KindEntry {}

    /** It is known, and Weft does not serve it yet. */
    @Immutable
    record Unserved(String kind, String reason) implements KindEntry {}

    /** The group is ours and has no such kind; the names that it has. */
    @Immutable
    record Unknown(ImmutableList<String> known) implements KindEntry {}

    /** The group is none that a mesh reads. */
    @Immutable
    record Foreign() implements KindEntry {}
}
