package dev.weft.control.source;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.Problem;
import dev.weft.resources.Resource;

/**
 * All that a source has.
 *
 * @param resources what is in force, each key once; where ages are equal or unknown, in order of precedence
 * @param problems what somebody should look at, by place
 * @param refusedRoutes routes whose newest version is not in force, by name
 */
@Immutable
public record SourceState(
        ImmutableList<Resource> resources, ImmutableList<Problem> problems, ImmutableList<RefusedRoute> refusedRoutes) {
    public static final SourceState EMPTY = new SourceState(ImmutableList.of(), ImmutableList.of());

    /** A state without refused routes, or of a source whose objects have no status. */
    public SourceState(ImmutableList<Resource> resources, ImmutableList<Problem> problems) {
        this(resources, problems, ImmutableList.of());
    }
}
