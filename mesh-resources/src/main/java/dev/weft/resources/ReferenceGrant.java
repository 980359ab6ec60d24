package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/** The Gateway API's {@code ReferenceGrant}: which objects of other namespaces may refer to what in its own. */
@Immutable
public record ReferenceGrant(ResourceMeta meta, ImmutableList<From> from, ImmutableList<To> to) implements Resource {

    /** Objects that may refer; an empty group is the core group. */
    @Immutable
    public record From(String group, String kind, String namespace) {}

    /** Objects that may be referred to; absent: each of the kind. */
    @Immutable
    public record To(String group, String kind, Optional<String> name) {}

    /** Whether the grant lets {@code from} refer to the object {@code name} of a kind in the grant's namespace. */
    public boolean permits(From who, String group, String kind, String name) {
        return from.contains(who)
                && to.stream()
                        .anyMatch(target -> target.group().equals(group)
                                && target.kind().equals(kind)
                                && target.name().map(name::equals).orElse(true));
    }
}
