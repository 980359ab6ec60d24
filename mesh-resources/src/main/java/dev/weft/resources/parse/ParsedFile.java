package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/**
 * What became of one file (or of one object from another source, under a name of its own).
 *
 * @param objects in the order written
 */
@Immutable
public record ParsedFile(String file, ImmutableList<Parsed> objects, Extent extent) {
    /** Whether the file is known to hold everything that its author has in it. */
    public enum Extent {
        WHOLE,
        /** A part could not be read: what the file held before may not be taken for deleted. */
        PARTIAL
    }

    static ParsedFile of(String file, ImmutableList<Parsed> objects) {
        boolean lost = objects.stream()
                .anyMatch(object -> object instanceof Parsed.Refused refused
                        && refused.key().equals(Optional.empty()));
        return new ParsedFile(file, objects, lost ? Extent.PARTIAL : Extent.WHOLE);
    }
}
