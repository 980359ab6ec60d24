package dev.weft.resources.schema;

import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.FieldPath;
import dev.weft.resources.Problem;
import dev.weft.resources.ProblemCode;

/** Something wrong at a place in one object, before it is known what the mesh does about it. Lines and columns count from 1. */
@Immutable
public record Finding(
        Problem.Severity severity, ProblemCode code, FieldPath path, int line, int column, String message) {
    public boolean isError() {
        return severity == Problem.Severity.ERROR;
    }
}
