package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.Problem;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKey;
import java.util.Optional;

/** What became of one object. The resource store decides what stays in force. */
@Immutable
public sealed interface Parsed {
    ImmutableList<Problem> problems();

    /** It is in force as written; there may be warnings. */
    @Immutable
    record Valid(Resource resource, Positions positions, ImmutableList<Problem> problems) implements Parsed {}

    /** A security kind with mistakes inside its rules: it is in force at once, stricter than written. */
    @Immutable
    record FailedClosed(Resource resource, Positions positions, ImmutableList<Problem> problems) implements Parsed {}

    /**
     * It is not in force: its last valid version stays.
     *
     * @param key empty where it could not be told which object was meant; then nothing that the file held before may be taken for deleted
     * @param substitute a security kind's strictest reading, for when there is no valid version yet
     * @param outline for whoever has to be told: of a route, its name and parents, without rules; never in force
     */
    @Immutable
    record Refused(
            Optional<ResourceKey> key,
            Optional<Resource> substitute,
            Optional<Resource> outline,
            Positions positions,
            ImmutableList<Problem> problems)
            implements Parsed {

        Refused withOutline(Resource other) {
            return new Refused(key, substitute, Optional.of(other), positions, problems);
        }
    }

    /** Nothing that Weft reads. */
    @Immutable
    record Skipped(ImmutableList<Problem> problems) implements Parsed {}
}
