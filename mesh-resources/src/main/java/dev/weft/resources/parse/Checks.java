package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.FieldPath;
import dev.weft.resources.Problem.Severity;
import dev.weft.resources.ProblemCode;
import dev.weft.resources.SourceLocation;
import dev.weft.resources.schema.Finding;
import java.util.ArrayList;
import java.util.List;

/** Collects what a reader finds wrong with one object. Confined to one thread. */
final class Checks {
    private final Positions positions;
    private final List<Finding> findings = new ArrayList<>();

    Checks(Positions positions) {
        this.positions = positions;
    }

    void invalid(FieldPath path, String message) {
        add(Severity.ERROR, ProblemCode.INVALID_VALUE, path, message);
    }

    void conflict(FieldPath path, String message) {
        add(Severity.ERROR, ProblemCode.CONFLICT, path, message);
    }

    void missing(FieldPath path, String message) {
        add(Severity.ERROR, ProblemCode.MISSING_FIELD, path, message);
    }

    void unsupported(FieldPath path, String message) {
        add(Severity.ERROR, ProblemCode.UNSUPPORTED_VALUE, path, message);
    }

    /** It holds, and hardly does what was meant. */
    void ineffective(FieldPath path, String message) {
        add(Severity.WARNING, ProblemCode.INEFFECTIVE, path, message);
    }

    boolean isSet(FieldPath path) {
        return positions.isSet(path);
    }

    ImmutableList<Finding> findings() {
        return ImmutableList.copyOf(findings);
    }

    private void add(Severity severity, ProblemCode code, FieldPath path, String message) {
        SourceLocation place = positions.locate(path);
        findings.add(new Finding(severity, code, path, place.line(), place.column(), message));
    }
}
