package dev.weft.resources.store;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.Problem;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.parse.Positions;
import java.util.Optional;

/** What one file contributes: its objects in order, and what is wrong with it. */
@Immutable
record FileState(String file, ImmutableList<Held> held, ImmutableList<Problem> problems) {
    Optional<Held> find(ResourceKey key) {
        return held.stream().filter(held -> held.resource().key().equals(key)).findFirst();
    }

    /** One object of the file. */
    @Immutable
    record Held(Resource resource, Positions positions, StoredResource.Standing standing, Claim claim) {}

    /** Whether the file says that the object exists. */
    enum Claim {
        WRITTEN,
        /** It said so before a part of it became unreadable; whoever else has the object takes it over. */
        REMEMBERED
    }
}
