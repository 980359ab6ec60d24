package dev.weft.control.status;

import com.google.errorprone.annotations.Immutable;
import dev.weft.control.cache.Failure;
import dev.weft.resources.Problem;
import java.util.Locale;

/**
 * A problem as the API tells it. The components are the fields of its answer.
 *
 * @param severity {@code error}, {@code warning} or {@code info}
 * @param file relative to the configuration directory; empty where no file is known
 * @param line 0 where unknown
 * @param effect what the mesh does about it
 */
@Immutable
public record ProblemReport(
        String severity,
        String code,
        String kind,
        String namespace,
        String name,
        String file,
        int line,
        int column,
        String field,
        String message,
        String effect) {

    static ProblemReport of(Problem problem) {
        // "VirtualService shop/reviews", or "MeshConfig istio" for what has no namespace.
        String resource = problem.resource();
        int space = resource.indexOf(' ');
        String kind = space < 0 ? resource : resource.substring(0, space);
        String rest = space < 0 ? "" : resource.substring(space + 1);
        int slash = rest.indexOf('/');
        return new ProblemReport(
                problem.severity().name().toLowerCase(Locale.ROOT),
                problem.code().name(),
                kind,
                slash < 0 ? "" : rest.substring(0, slash),
                rest.substring(slash + 1),
                problem.location().file(),
                problem.location().line(),
                problem.location().column(),
                problem.field(),
                problem.message(),
                problem.effect().text());
    }

    static ProblemReport of(Failure failure) {
        return new ProblemReport(
                "error",
                "NOT_ENCODABLE",
                failure.type().shortName(),
                "",
                failure.name(),
                "",
                0,
                0,
                "",
                failure.message(),
                "proxies keep the last good version");
    }
}
