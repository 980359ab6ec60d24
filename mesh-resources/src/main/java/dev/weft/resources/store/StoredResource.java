package dev.weft.resources.store;

import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.parse.Positions;

/**
 * An object that is in force.
 *
 * @param positions where its fields stand, in the version that is in force
 * @param order place in the order of creation among objects without a creation time; kept as long as the object exists
 */
@Immutable
public record StoredResource(Resource resource, Positions positions, Standing standing, long order) {
    /** Why this version is the one in force. */
    public enum Standing {
        /** It is what the file says. */
        CURRENT,
        /** A security kind whose mistakes were read in the strictest way. */
        RESTRICTED,
        /** The file says something that cannot be used; this is what it said before. */
        LAST_VALID,
        /** The same, and there was nothing before: the strictest reading of a security kind. */
        STRICTEST
    }

    public ResourceKey key() {
        return resource.key();
    }
}
