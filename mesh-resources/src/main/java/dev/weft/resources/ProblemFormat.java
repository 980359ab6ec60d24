package dev.weft.resources;

import java.util.List;

/** Renders problems for people, one line each: {@code file:line:column field: message (effect)}. */
public final class ProblemFormat {
    private ProblemFormat() {}

    /** For example {@code routes.yaml:12:7 spec.http[0].timout: unknown field, did you mean "timeout"? (the object is not in force)}. */
    public static String format(Problem problem) {
        StringBuilder line = new StringBuilder(problem.location().toString());
        if (!problem.field().isEmpty()) {
            line.append(' ').append(problem.field());
        }
        return line.append(": ")
                .append(problem.message())
                .append(" (")
                .append(problem.effect().text())
                .append(')')
                .toString();
    }

    /** Without the place, for whoever has the object before them: the first problems in one line, and how many more there are. */
    public static String summary(List<Problem> problems, int most) {
        StringBuilder text = new StringBuilder();
        for (Problem problem : problems.subList(0, Math.min(most, problems.size()))) {
            text.append(text.isEmpty() ? "" : "; ")
                    .append(problem.field().isEmpty() ? "" : problem.field() + ": ")
                    .append(problem.message())
                    .append(" (")
                    .append(problem.effect().text())
                    .append(')');
        }
        return problems.size() > most ? text + "; and " + (problems.size() - most) + " more" : text.toString();
    }

    /** As {@link #format}, led by the severity and followed by the object's name. */
    public static String formatLong(Problem problem) {
        String line = problem.severity() + " " + format(problem);
        return problem.resource().isEmpty() ? line : line + " [" + problem.resource() + "]";
    }
}
