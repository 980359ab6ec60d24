package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.Problem;
import dev.weft.resources.Problem.Effect;
import dev.weft.resources.Problem.Severity;
import dev.weft.resources.ProblemCode;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceMeta;
import dev.weft.resources.SourceLocation;
import dev.weft.resources.schema.Finding;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;

/**
 * One object on its way from tree to record.
 *
 * @param findings what the field table found, in {@code metadata} and {@code spec} together
 */
record Subject(ResourceMeta meta, Positions positions, ImmutableList<Finding> findings) {
    boolean hasErrors() {
        return findings.stream().anyMatch(Finding::isError);
    }

    Parsed valid(Resource resource, Collection<Finding> more) {
        return new Parsed.Valid(resource, positions, problems(more, finding -> Effect.NONE));
    }

    Parsed refused(Optional<Resource> substitute, Collection<Finding> more, Function<Finding, Effect> effectOfErrors) {
        return new Parsed.Refused(
                Optional.of(meta.key()), substitute, Optional.empty(), positions, problems(more, effectOfErrors));
    }

    Parsed failedClosed(Resource resource, Collection<Finding> more, Function<Finding, Effect> effectOfErrors) {
        return new Parsed.FailedClosed(resource, positions, problems(more, effectOfErrors));
    }

    private ImmutableList<Problem> problems(Collection<Finding> more, Function<Finding, Effect> effectOfErrors) {
        ImmutableList.Builder<Problem> problems = ImmutableList.builder();
        for (Finding finding : findings) {
            problems.add(problem(finding, effectOfErrors));
        }
        for (Finding finding : more) {
            problems.add(problem(finding, effectOfErrors));
        }
        return problems.build();
    }

    private Problem problem(Finding finding, Function<Finding, Effect> effectOfErrors) {
        boolean ignored = finding.severity() == Severity.WARNING
                && (finding.code() == ProblemCode.UNSUPPORTED_FIELD || finding.code() == ProblemCode.UNSUPPORTED_VALUE);
        Effect effect =
                finding.isError() ? effectOfErrors.apply(finding) : ignored ? Effect.FIELD_IGNORED : Effect.NONE;
        return new Problem(
                finding.severity(),
                finding.code(),
                meta.key().toString(),
                new SourceLocation(positions.file(), finding.line(), finding.column()),
                finding.path().toString(),
                finding.message(),
                effect);
    }
}
